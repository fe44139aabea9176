"""What was published, how it is fetched, and how its sessions become Brain-Score's assemblies."""
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import ClassVar

import pandas as pd
from tqdm import tqdm

from brainscore_plugin.data.mouse_recordings.layout import packaged
from brainscore_plugin.recordings import allen_environment
from brainscore_plugin.recordings.allen_neuropixels import IDENTIFIER
from brainscore_plugin.recordings.brainio_writer import AssemblyWriter
from brainscore_plugin.recordings.catalogue import NAMES
from brainscore_plugin.recordings.download import Bucket, Remote
from brainscore_plugin.recordings.in_allen_environment.session_file import read_session
from brainscore_plugin.recordings.natural_scenes import write_scenes
from brainscore_plugin.recordings.neuron_reliability import mean_reliability
from brainscore_plugin.recordings.packaged_folder import check_data_home, packaged_folder
from brainscore_plugin.recordings.published_recording import ALLEN_SCENES, SELECTED, PublishedRecording
from brainscore_plugin.recordings.reduced_folder import reduced_file, reduced_folder
from brainscore_plugin.recordings.reduced_sessions import counts, reduce_all

BUCKET = Bucket('https://allen-brain-observatory.s3.us-west-2.amazonaws.com',
                'visual-coding-neuropixels/ecephys-cache/')
SCRIPT = Path(__file__).with_name('reduce_sessions.py')
SESSION_TYPE = 'brain_observatory_1.1'
INDEX = ('sessions.csv', 'probes.csv', 'channels.csv', 'units.csv', f'{SESSION_TYPE}_analysis_metrics.csv')
N_BINS, BIN_MS = 25, 10
BIN_HALVINGS = 100  # of the trials, for the reliability of each bin: 25 times as many numbers as for the window
IN_WINDOW, IN_BINS = 'Siegle2021', 'Siegle2021.binned'
TIME_BINS = {IN_WINDOW: [(0, N_BINS * BIN_MS)],
             IN_BINS: [(BIN_MS * i, BIN_MS * (i + 1)) for i in range(N_BINS)]}  # ms


class Recording(PublishedRecording):
    """The 32 sessions in which the 118 natural scenes were shown in 50 trials each."""
    identifier = IDENTIFIER
    name = NAMES[identifier]
    identifiers = tuple(TIME_BINS)
    title = 'Allen Visual Coding, Neuropixels'
    licence = 'Allen Institute terms of use (non-commercial, with citation); on DANDI 000021 CC BY 4.0'
    citation = 'Siegle, Jia, Durand et al. (2021), Nature 592:86-92, https://doi.org/10.1038/s41586-020-03171-x'
    homepage = 'https://portal.brain-map.org/explore/circuits/visual-coding-neuropixels'
    n_sessions = 32
    download_bytes = 80_000_000_000
    packaged_bytes = 500_000_000
    reduced_bytes = 10_000_000  # 260 neurons x 5,900 presentations x 25 bins, compressed
    kinds = ('spikes',)
    scripts = (SCRIPT, *allen_environment.SHARED)
    stimulus_facts: ClassVar = ALLEN_SCENES
    data_facts: ClassVar = {
        'datatype': 'spikes', 'data_publicly_available': True,
        'pre_processing': 'spike counts, single trials, default quality filters of AllenSDK',
        'extra_notes': f'Neuropixels; {SELECTED}'}

    def index(self) -> list[Remote]:
        listed = BUCKET.files()
        # any that the bucket lacks is named when a session is reduced
        return [*(listed[name] for name in INDEX if name in listed), *BUCKET.files('natural_scene_templates/').values()]

    def sessions(self, cache: Path) -> list[str]:
        path = cache / 'sessions.csv'
        if not path.is_file():
            raise FileNotFoundError(f'{cache} is not a cache of {self.name}: it has no sessions.csv.')
        try:
            table = pd.read_csv(path).sort_values('id')
            return [str(i) for i in table.loc[table['session_type'] == SESSION_TYPE, 'id']]
        except (ValueError, KeyError) as error:
            raise ValueError(f'{path} is damaged ({error}): delete it and fetch again.') from error

    def files(self, session: str) -> list[Remote]:
        path = _nwb(session)
        published = BUCKET.files(f'session_{session}/')
        if path not in published:
            raise FileNotFoundError(f'{BUCKET.url}/{BUCKET.prefix}{path} is not published (any more).')
        return [published[path]]

    def is_reduced(self, cache: Path, session: str) -> bool:
        return _reduced(cache, session).is_file()

    def reduce(self, cache: Path, sessions: Iterable[str]) -> Iterator[dict]:
        return allen_environment.run(SCRIPT, cache, reduced_folder(cache), lines=sessions)

    def package(self, cache: Path, home: Path | None = None, partial: bool = False,
                kind: str | None = None) -> list[Path]:
        self.chosen_kind(kind)
        fetched = [session for session in self.sessions(cache) if (cache / _nwb(session)).is_file()]
        reduced, complete = reduce_all(self, cache, fetched, partial)
        paths = [_reduced(cache, session) for session in reduced]
        check_data_home(home, 2 * sum(path.stat().st_size for path in paths), f'Packaging {self.name}')
        recipe = {'recording': self.name, 'responses': 'spike counts', 'source': self.homepage,
                  'units': "those that pass AllenSDK's default quality filters", 'licence': self.licence,
                  'sessions': reduced, 'complete': complete}
        _write(cache, paths, {name: {**recipe, 'time_bins_ms': bins} for name, bins in TIME_BINS.items()}, home)
        return [packaged(name, home).directory for name in self.identifiers]


def _write(cache: Path, paths: list[Path], recipes: dict[str, dict], home: Path | None) -> None:
    """Write both assemblies at once, so that each reduced session is read once; adds the counts to the recipes."""
    with packaged_folder(IN_WINDOW, recipes[IN_WINDOW], home) as window, \
            packaged_folder(IN_BINS, recipes[IN_BINS], home) as bins:
        presentations = write_scenes(window, cache)
        with AssemblyWriter(window.assembly, presentations, TIME_BINS[IN_WINDOW]) as of_window, \
                AssemblyWriter(bins.assembly, presentations, TIME_BINS[IN_BINS]) as of_bins:
            for path in tqdm(paths, desc='package', unit='session', disable=None):
                _append(path, of_window, of_bins)
        for recipe in recipes.values():
            recipe['counts'] = counts(of_window.neurons)


def _append(path: Path, of_window: AssemblyWriter, of_bins: AssemblyWriter) -> None:
    """Write a session's spike counts with the reliability in the window and, for the selection that asks, every bin."""
    spikes, neurons, _ = read_session(path)  # (images, trials, neurons, bins)
    in_window = spikes.sum(axis=3)
    of_each_bin = mean_reliability(spikes, BIN_HALVINGS)
    neurons = neurons.assign(reliability=mean_reliability(in_window), **{
        f'reliability_{BIN_MS * i}ms': of_each_bin[:, i] for i in range(N_BINS)})
    of_window.append(in_window, neurons)
    of_bins.append(spikes, neurons)


def _nwb(session: str) -> str:
    return f'session_{session}/session_{session}.nwb'


def _reduced(cache: Path, session: str) -> Path:
    return reduced_file(cache, f'{session}.h5')
