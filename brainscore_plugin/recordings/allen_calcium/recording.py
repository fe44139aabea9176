"""What was published, how it is fetched, and how its sessions become Brain-Score's assemblies."""
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from brainscore_plugin.data.mouse_recordings.layout import packaged
from brainscore_plugin.recordings import allen_environment
from brainscore_plugin.recordings.allen_calcium import IDENTIFIER
from brainscore_plugin.recordings.brainio_writer import AssemblyWriter
from brainscore_plugin.recordings.catalogue import NAMES
from brainscore_plugin.recordings.download import Bucket, Remote
from brainscore_plugin.recordings.natural_scenes import write_scenes
from brainscore_plugin.recordings.packaged_folder import check_data_home, packaged_folder
from brainscore_plugin.recordings.published_recording import ALLEN_SCENES, SELECTED, PublishedRecording
from brainscore_plugin.recordings.reduced_folder import reduced_file, reduced_folder
from brainscore_plugin.recordings.reduced_sessions import reduce_all, write_sessions

BUCKET = Bucket('https://allen-brain-observatory.s3.us-west-2.amazonaws.com', 'visual-coding-2p/')
INDEX = ('experiment_containers.json', 'ophys_experiments.json', 'cell_specimens.json', 'stimulus_mappings.json')
SCRIPT = Path(__file__).with_name('reduce_sessions.py')
TIME_BIN = (0, 467)  # ms: two presentations, over which AllenSDK averages
IDENTIFIERS = {'dff': IDENTIFIER, 'events': f'{IDENTIFIER}.events'}
RESPONSES = {'dff': 'mean dF/F (%) over 14 frames from onset, relative to the 28 before, as AllenSDK 2.16.2 '
                    'NaturalScenes.mean_sweep_response',
             'events': 'mean magnitude of events over 14 frames from onset'}


class Recording(PublishedRecording):
    """The 506 sessions ``three_session_B``, in which the 118 natural scenes were shown in 50 trials each."""
    identifier = IDENTIFIER
    name = NAMES[identifier]
    identifiers = tuple(IDENTIFIERS.values())
    title = 'Allen Visual Coding, two-photon calcium imaging'
    licence = 'Allen Institute terms of use (non-commercial, with citation); on DANDI 000728 CC BY 4.0'
    citation = 'de Vries et al. (2020), Nature Neuroscience 23:138-151, https://doi.org/10.1038/s41593-019-0550-9'
    homepage = 'https://observatory.brain-map.org/visualcoding'
    n_sessions = 506
    download_bytes = 150_000_000_000
    packaged_bytes = 900_000_000
    reduced_bytes = 2_500_000  # 79 neurons x 5,900 presentations, compressed, of both kinds
    kinds = tuple(IDENTIFIERS)
    scripts = (SCRIPT, SCRIPT.with_name('calcium_responses.py'), *allen_environment.SHARED)
    stimulus_facts: ClassVar = ALLEN_SCENES
    data_facts: ClassVar = {
        'datatype': 'calcium', 'data_publicly_available': True,
        'pre_processing': 'mean dF/F, single trials, baseline of 933 ms before',
        'extra_notes': f'two-photon calcium imaging; {SELECTED}'}

    def index(self) -> list[Remote]:
        listed = BUCKET.files()
        # AllenSDK asks the Allen Institute's API for any that the bucket lacks
        return [listed[name] for name in INDEX if name in listed]

    def sessions(self, cache: Path) -> list[str]:
        if not (cache / 'ophys_experiments.json').is_file():
            raise FileNotFoundError(f'{cache} is not a cache of {self.name}: it has no ophys_experiments.json.')
        return [line['session'] for line in allen_environment.run(SCRIPT, 'sessions', cache)]

    @cached_property
    def _published(self) -> dict[str, Remote]:
        return BUCKET.files('ophys_experiment_data/') | BUCKET.files('ophys_experiment_events/')

    def files(self, session: str) -> list[Remote]:
        nwb, events = f'ophys_experiment_data/{session}.nwb', f'ophys_experiment_events/{session}_events.npz'
        if nwb not in self._published:
            raise FileNotFoundError(f'{BUCKET.url}/{BUCKET.prefix}{nwb} is not published (any more).')
        return [self._published[name] for name in (nwb, events) if name in self._published]

    def is_reduced(self, cache: Path, session: str) -> bool:
        return _reduced(cache, 'dff', session).is_file()

    def reduce(self, cache: Path, sessions: Iterable[str]) -> Iterator[dict]:
        return allen_environment.run(SCRIPT, 'reduce', cache, reduced_folder(cache), lines=sessions)

    def package(self, cache: Path, home: Path | None = None, partial: bool = False,
                kind: str | None = None) -> list[Path]:
        kind = self.chosen_kind(kind)
        fetched = [path.stem for path in (cache / 'ophys_experiment_data').glob('*.nwb')]
        reduced, complete = reduce_all(self, cache, fetched, partial)
        paths = _existing(cache, kind, reduced)
        check_data_home(home, 2 * sum(path.stat().st_size for path in paths), f'Packaging {self.name}')
        recipe = {'recording': self.name, 'responses': RESPONSES[kind], 'source': self.homepage,
                  'licence': self.licence, 'sessions': reduced, 'complete': complete}
        with packaged_folder(IDENTIFIERS[kind], recipe, home) as layout, \
                AssemblyWriter(layout.assembly, write_scenes(layout, cache), [TIME_BIN]) as writer:
            recipe['counts'] = write_sessions(writer, paths)
        return [packaged(IDENTIFIERS[kind], home).directory]


def _existing(cache: Path, kind: str, sessions: list[str]) -> list[Path]:
    """The reduced files of sessions; FileNotFoundError if some were reduced without responses of this kind."""
    paths = [_reduced(cache, kind, session) for session in sessions]
    lacking = [path for path in paths if not path.is_file()]
    if lacking:
        raise FileNotFoundError(
            f'{len(lacking)} of {len(paths)} sessions have no {kind}, the first is {lacking[0].stem}: put their files '
            f'into {cache / "ophys_experiment_events"}, delete {reduced_folder(cache)} and package again.')
    return paths


def _reduced(cache: Path, kind: str, session: str) -> Path:
    return reduced_file(cache, kind, f'{session}.h5')
