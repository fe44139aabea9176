"""Allen Brain Observatory, Visual Coding: two-photon calcium imaging (de Vries et al. 2020)."""
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

import pandas as pd

import brainscore_plugin.data as data_plugins
from brainscore_plugin.recordings import allen_environment
from brainscore_plugin.recordings.catalogue import Published
from brainscore_plugin.recordings.download import Bucket
from brainscore_plugin.recordings.files import AssemblyWriter, check_room, image_trials, publishing, write_stimuli
from brainscore_plugin.recordings.reduced import read_templates, reduce_all, write_sessions

BUCKET = Bucket('https://allen-brain-observatory.s3.us-west-2.amazonaws.com', 'visual-coding-2p/')
INDEX = ('experiment_containers.json', 'ophys_experiments.json', 'cell_specimens.json', 'stimulus_mappings.json')
SCRIPT = Path(data_plugins.__path__[0]) / 'deVries2020' / 'data_packaging' / 'reduce_sessions.py'
N_IMAGES, N_TRIALS = 118, 50
TIME_BIN = (0, 467)  # ms: two presentations, over which AllenSDK averages
IDENTIFIERS = {'dff': 'deVries2020', 'events': 'deVries2020.events'}
RESPONSES = {'dff': 'mean dF/F (%) over 14 frames from onset, relative to the 28 before, as AllenSDK 2.16.2 '
                    'NaturalScenes.mean_sweep_response',
             'events': 'mean magnitude of events over 14 frames from onset'}


class Recording(Published):
    """The 506 sessions ``three_session_B``, whose mice saw the 118 natural scenes 50 times."""
    name = 'allen-calcium'
    identifiers = tuple(IDENTIFIERS.values())
    title = 'Allen Visual Coding, two-photon calcium imaging'
    licence = 'Allen Institute terms of use (non-commercial, with citation); on DANDI 000728 CC BY 4.0'
    homepage = 'https://observatory.brain-map.org/visualcoding'
    n_sessions = 506
    download_bytes = 150_000_000_000
    packaged_bytes = 900_000_000
    reduced_bytes = 2_500_000  # 79 neurons x 5,900 presentations, compressed, of both kinds
    kinds = tuple(IDENTIFIERS)

    def index(self) -> list:
        listed = BUCKET.files()
        # AllenSDK asks the Allen Institute's API for any that the bucket lacks
        return [listed[name] for name in INDEX if name in listed]

    def sessions(self, cache: Path) -> list:
        require_cache(cache, 'ophys_experiments.json')
        return [line['session'] for line in allen_environment.run(SCRIPT, 'sessions', cache)]

    @cached_property
    def _published(self) -> dict:
        return BUCKET.files('ophys_experiment_data/') | BUCKET.files('ophys_experiment_events/')

    def files(self, session: str) -> list:
        nwb, events = _files(session)
        if nwb not in self._published:
            raise FileNotFoundError(f'{BUCKET.url}/{BUCKET.prefix}{nwb} is not published (any more).')
        return [self._published[name] for name in (nwb, events) if name in self._published]

    def is_reduced(self, cache: Path, session: str) -> bool:
        return _reduced(cache, 'dff', session).is_file()

    def reduce(self, cache: Path, sessions: Iterable[str]) -> Iterator[dict]:
        return allen_environment.run(SCRIPT, 'reduce', cache, cache / 'reduced', lines=sessions)

    def package(self, cache: Path, home: Path | None = None, partial: bool = False, kind: str | None = None) -> list:
        kind = kind or self.kinds[0]
        if kind not in self.kinds:
            raise ValueError(f"{self.name} has no responses '{kind}': choose one of {', '.join(self.kinds)}.")
        fetched = [path.stem for path in (cache / 'ophys_experiment_data').glob('*.nwb')]
        ready, complete = reduce_all(self, cache, fetched, partial)
        paths = [_reduced(cache, kind, session) for session in ready]
        lacking = [path for path in paths if not path.is_file()]
        if lacking:
            raise FileNotFoundError(f'{len(lacking)} of {len(paths)} sessions lack their {kind}, first {lacking[0]}: '
                                    f'put the files into {cache / "ophys_experiment_events"}, delete '
                                    f'{cache / "reduced"} and package again.')
        recipe = {'recording': self.name, 'responses': RESPONSES[kind], 'source': self.homepage,
                  'licence': self.licence, 'sessions': ready, 'complete': complete}
        with publishing(IDENTIFIERS[kind], recipe, home) as layout:
            check_room(layout.directory, 2 * sum(path.stat().st_size for path in paths), f'Packaging {self.name}')
            scenes = pd.DataFrame({'stimulus_id': [f'allen_ns_{number:03d}' for number in range(N_IMAGES)],
                                   'image_number': range(N_IMAGES)})
            write_stimuli(layout, scenes, read_templates(cache))
            with AssemblyWriter(layout.assembly, image_trials(scenes['stimulus_id'], N_TRIALS), [TIME_BIN]) as writer:
                recipe['counts'] = write_sessions(writer, paths)
        return [layout.directory.with_name(IDENTIFIERS[kind])]


def require_cache(cache: Path, file: str) -> None:
    """Raise FileNotFoundError unless `cache` holds the file that every cache of its kind holds."""
    if not (cache / file).is_file():
        raise FileNotFoundError(f'{cache} is no cache of these recordings: {file} is missing.')


def _files(session: str) -> tuple:
    return f'ophys_experiment_data/{session}.nwb', f'ophys_experiment_events/{session}_events.npz'


def _reduced(cache: Path, kind: str, session: str) -> Path:
    return cache / 'reduced' / kind / f'{session}.h5'
