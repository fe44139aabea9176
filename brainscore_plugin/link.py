"""Make this project's plugins visible to an unmodified Brain-Score by links in its plugin folders.

Brain-Score looks for a plugin by reading the ``__init__.py`` of every folder in
``brainscore_vision/{models,benchmarks,metrics,data}``, following symbolic links. One link a plugin is therefore all
that an installed Brain-Score needs, wheel or editable clone alike.
"""
import contextlib
import importlib.util
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from training.home import project_home

PLUGIN_TYPES = ('data', 'metrics', 'benchmarks', 'models')
PLUGIN_ROOT = Path(__file__).resolve().parent
_COPY_MARK = '.copied-by-brainscore-mouse'  # tells a copy of ours from anyone else's folder
REGISTERED_MARK = '.registered-with-brainscore-mouse'  # in the folder of a model that its user registered
_REGISTRATION = re.compile(r"""(\w+)_registry\[['"]([^'"]+)['"]\]""")


@dataclass(frozen=True)
class Plugin:
    """One plugin folder: its type (``models``, …), directory and the identifiers it registers."""
    type: str
    directory: Path

    @property
    def name(self) -> str:
        return self.directory.name

    @property
    def identifiers(self) -> list[str]:
        lines = (self.directory / '__init__.py').read_text(encoding='utf-8').splitlines()
        return list(dict.fromkeys(match[2] for line in lines for match in _REGISTRATION.finditer(line)))


def plugins() -> list[Plugin]:
    """Every plugin of this project, in the order data, metrics, benchmarks, models; then the models of its user."""
    own = [Plugin(type_, init.parent) for type_ in PLUGIN_TYPES
           for init in sorted((PLUGIN_ROOT / type_).glob('[A-Za-z]*/__init__.py'))]
    registered = [Plugin('models', mark.parent)
                  for mark in sorted(registered_models().glob(f'[a-z]*/{REGISTERED_MARK}'))]
    return own + registered


def registered_models() -> Path:
    """Folder of the models that a user registered, in the project's home (:func:`training.home.project_home`)."""
    return project_home().resolve() / 'models'


def installed_brainscore() -> Path:
    """Folder of the installed ``brainscore_vision``, found without importing it.

    Raises
    ------
    FileNotFoundError
        If Brain-Score is not installed beside this package.
    """
    spec = importlib.util.find_spec('brainscore_vision')
    if spec is None or spec.origin is None:
        raise FileNotFoundError('brainscore_vision is not installed in this environment: '
                                "run 'uv pip install brainscore-vision \"boto3>=1.34\"' and try again.")
    return Path(spec.origin).parent


def brainscore_of(view: Path | None) -> Path:
    """Folder ``brainscore_vision`` of a view that was made before (see :func:`make_view`), or the installed one.

    Raises
    ------
    FileNotFoundError
        If the folder is not a view, or Brain-Score is not installed.
    """
    if view is None:
        return installed_brainscore()
    brainscore = view.resolve() / 'brainscore_vision'
    if not brainscore.is_dir():
        raise FileNotFoundError(f"{view} holds no view of Brain-Score: 'brainscore-mouse link --view {view}' makes it.")
    return brainscore


def link(brainscore: Path) -> dict[Path, str]:
    """Link every plugin into `brainscore`, a folder ``brainscore_vision``, and remove our links that lead nowhere.

    Doing it again changes nothing. Where the system refuses symbolic links (Windows without the right to make
    them) the folders are copied.

    Parameters
    ----------
    brainscore : pathlib.Path
        The installed ``brainscore_vision`` or that of a view (see :func:`make_view`).

    Returns
    -------
    dict
        Path of each plugin's folder in Brain-Score -> 'linked' or 'copied'.

    Raises
    ------
    FileExistsError
        If a folder that is not ours has the name of one of our plugins; nothing has been changed then.
    PermissionError
        If Brain-Score's folders cannot be written; nothing has been changed then.
    """
    places = {brainscore / plugin.type / plugin.name: plugin for plugin in plugins()}
    foreign = [place for place in places if os.path.lexists(place) and not _is_ours(place)]
    if foreign:
        raise FileExistsError(f'{foreign[0]} is in the way: it is not a link of brainscore-mouse, so it is left alone. '
                              'Move or remove it, then link again.')
    missing = {place: plugin for place, plugin in places.items() if not _is_current(place, plugin)}
    for place in missing:
        if not os.access(place.parent, os.W_OK):
            raise PermissionError(f'{place.parent} cannot be written. Link into a view instead: '
                                  "'brainscore-mouse link --view DIR' makes DIR, a folder to put on PYTHONPATH.")
    _prune(brainscore)
    for place, plugin in missing.items():
        _remove(place)
        _place(plugin.directory, place)
    return {place: 'copied' if (place / _COPY_MARK).exists() else 'linked' for place in places}


def unlink(brainscore: Path) -> list[Path]:
    """Remove every link and copy of ours from `brainscore`; returns the paths removed, leaves all else alone.

    Raises
    ------
    PermissionError
        If a folder of theirs cannot be written; nothing has been removed then.
    """
    ours = [place for type_ in PLUGIN_TYPES for place in sorted((brainscore / type_).iterdir()) if _is_ours(place)]
    locked = [place.parent for place in ours if not os.access(place.parent, os.W_OK)]
    if locked:
        raise PermissionError(f'{locked[0]} cannot be written, so that nothing was unlinked: whoever installed '
                              "Brain-Score there can do it. For a view of your own: 'brainscore-mouse unlink --view "
                              "DIR'.")
    for place in ours:
        _remove(place)
    return ours


def unlink_model(brainscore: Path, name: str) -> None:
    """Remove our link or copy of one model from `brainscore`, if there is one."""
    place = brainscore / 'models' / name
    if _is_ours(place):
        _remove(place)


def is_live(plugin: Plugin, brainscore: Path) -> bool:
    """Whether `brainscore` sees this very plugin, or a copy of it."""
    place = brainscore / plugin.type / plugin.name
    return _is_current(place, plugin) or (place / _COPY_MARK).is_file()


def make_view(directory: Path, brainscore: Path) -> Path:
    """Make a folder that shows the installed Brain-Score, for one whose own folders cannot be written.

    ``directory/brainscore_vision`` holds links to everything in `brainscore`; only its plugin folders are real, so
    that ours can be linked beside its own. Python sees it instead of the installation if `directory` is on
    ``PYTHONPATH``.

    Parameters
    ----------
    directory : pathlib.Path
        Made if absent; a view made before is brought up to date.
    brainscore : pathlib.Path
        The installed ``brainscore_vision``.

    Returns
    -------
    pathlib.Path
        ``directory/brainscore_vision``, to be given to :func:`link`.

    Raises
    ------
    FileExistsError
        If ``directory/brainscore_vision`` exists and is not a view.
    """
    view = directory / 'brainscore_vision'
    if view.exists() and not (view / '__init__.py').is_symlink():
        raise FileExistsError(f'{view} exists and is not a view made by brainscore-mouse. Name another folder.')
    for type_ in PLUGIN_TYPES:
        (view / type_).mkdir(parents=True, exist_ok=True)
    shown = [entry for folder in (brainscore, *(brainscore / type_ for type_ in PLUGIN_TYPES))
             for entry in folder.iterdir() if entry.name != '__pycache__']
    for entry in shown:
        place = view / entry.relative_to(brainscore)
        if entry.name in PLUGIN_TYPES and entry.parent == brainscore or _is_ours(entry):
            continue
        if not os.path.lexists(place):
            with contextlib.suppress(FileExistsError):  # another process makes the view at the same time
                place.symlink_to(entry)
    return view


def _is_ours(place: Path) -> bool:
    if place.is_symlink():
        target = Path(os.readlink(place))
        # by its end, so that links of an installation that has moved or gone are known too
        return (target.parts[-3:] == ('brainscore_plugin', *place.parts[-2:])
                or target.parent == registered_models() or (target / REGISTERED_MARK).is_file())
    return (place / _COPY_MARK).is_file()


def _is_current(place: Path, plugin: Plugin) -> bool:
    return place.is_symlink() and place.exists() and place.resolve() == plugin.directory.resolve()


def _prune(brainscore: Path) -> None:
    for type_ in PLUGIN_TYPES:
        for place in (brainscore / type_).iterdir():
            if place.is_symlink() and not place.exists() and _is_ours(place):
                place.unlink(missing_ok=True)


def _remove(place: Path) -> None:
    if place.is_symlink():
        place.unlink(missing_ok=True)
    elif place.exists():
        shutil.rmtree(place)


def _place(source: Path, place: Path) -> None:
    try:
        place.symlink_to(source, target_is_directory=True)
    except FileExistsError:  # another process links at the same time
        if not place.is_symlink():
            raise
    except OSError:
        unfinished = place.with_name(f'.{place.name}')  # Brain-Score passes over names with a leading dot
        _remove(unfinished)
        shutil.copytree(source, unfinished, ignore=shutil.ignore_patterns('__pycache__'))
        (unfinished / _COPY_MARK).touch()
        unfinished.rename(place)
