"""What was open when the viewer was closed, as a small file in the home."""
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from training.atomic import replacing
from training.home import project_home

VERSION = 1  # of the file; those of others are not read
KINDS = {'views': list, 'models': list, 'front': str, 'chosen': list, 'images': list, 'docks': dict}


@dataclass(frozen=True)
class Session:
    """What was open.

    `views` are names of dock widgets in the order in which they were opened, `front` that of the one in front;
    `models` identifiers or files; `chosen` layer and channel, and `images` the name of the images that the models saw
    with the number of the chosen one, each empty if there was none; `docks` the options of each dock widget.
    """
    views: list[str] = field(default_factory=list)
    front: str = ''
    models: list[str] = field(default_factory=list)
    chosen: list = field(default_factory=list)
    images: list = field(default_factory=list)
    docks: dict[str, dict] = field(default_factory=dict)

    @property
    def has_content(self) -> bool:
        """Whether there is anything to see: models, images, a sweep or a run."""
        opened = (options.get(name) for options in self.docks.values() for name in ('sets', 'sweep', 'run'))
        return bool(self.views and (self.models or any(opened)))


def session_file() -> Path:
    """Where the last session is kept."""
    return project_home() / 'viewer-session.json'


def write_session(session: Session) -> Path:
    """Keep a session in the place of the last one; returns its file, which is complete or as it was."""
    path = session_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary:
        temporary.write_text(json.dumps({'version': VERSION, **asdict(session)}, indent=1), encoding='utf-8')
    return path


def read_session() -> Session | None:
    """The last session, or None if there is none.

    Raises
    ------
    ValueError
        If its file is damaged or of another version; OSError if it cannot be read.
    """
    path = session_file()
    if not path.exists():
        return None
    try:
        kept = json.loads(path.read_text(encoding='utf-8'))
        if kept.pop('version') != VERSION:
            raise ValueError('it is of another version')
        for name, kind in KINDS.items():
            if not isinstance(kept[name], kind):
                raise ValueError(f"'{name}' is no {kind.__name__}")
        _check(kept)
        return Session(**kept)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:  # not UTF-8, not JSON, no object
        raise ValueError(f'{path} does not hold a session of the viewer ({error}) and is ignored: the viewer starts '
                         'anew, and replaces it when it is closed.') from error


def _check(kept: dict) -> None:
    """Raise ValueError if what is within the parts is of other kinds than they have."""
    if not all(isinstance(name, str) for name in [*kept['views'], *kept['models']]):
        raise ValueError('views and models are no names')
    if not all(isinstance(options, dict) for options in kept['docks'].values()):
        raise ValueError('the options of a view are no object')
    for pair in (kept['chosen'], kept['images']):
        if pair and [type(part) for part in pair] != [str, int]:
            raise ValueError(f'{pair} is no name and number')
