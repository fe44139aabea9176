"""Allen Visual Coding, Neuropixels: sessions of type brain_observatory_1.1 (Siegle et al. 2021)."""
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

import brainscore_plugin.data as data_plugins
from brainscore_plugin.data.mouse_recordings.data_packaging.session_file import read_session
from brainscore_plugin.recordings import allen_environment
from brainscore_plugin.recordings.catalogue import Published
from brainscore_plugin.recordings.download import Bucket
from brainscore_plugin.recordings.files import AssemblyWriter, check_room, image_trials, publishing, write_stimuli
from brainscore_plugin.recordings.reduced import counts, mean_reliability, read_templates, reduce_all

BUCKET = Bucket('https://allen-brain-observatory.s3.us-west-2.amazonaws.com',
                'visual-coding-neuropixels/ecephys-cache/')
SCRIPT = Path(data_plugins.__path__[0]) / 'Siegle2021' / 'data_packaging' / 'reduce_sessions.py'
SESSION_TYPE = 'brain_observatory_1.1'
INDEX = ('sessions.csv', 'probes.csv', 'channels.csv', 'units.csv', f'{SESSION_TYPE}_analysis_metrics.csv')
N_IMAGES, N_TRIALS, N_BINS, BIN_MS = 118, 50, 25, 10
BIN_HALVINGS = 100  # of the trials, for the reliability of each bin: 25 times as many numbers as for the window
WINDOW, BINNED = 'Siegle2021', 'Siegle2021.binned'


class Recording(Published):
    """The 32 sessions whose mice saw the 118 natural scenes 50 times."""
    name = 'allen-neuropixels'
    identifiers = (WINDOW, BINNED)
    title = 'Allen Visual Coding, Neuropixels'
    licence = 'Allen Institute terms of use (non-commercial, with citation); on DANDI 000021 CC BY 4.0'
    homepage = 'https://portal.brain-map.org/explore/circuits/visual-coding-neuropixels'
    n_sessions = 32
    download_bytes = 80_000_000_000
    packaged_bytes = 500_000_000
    reduced_bytes = 10_000_000  # 260 units x 5,900 presentations x 25 bins, compressed
    kinds = ('spikes',)

    def index(self) -> list:
        listed = BUCKET.files()
        # any that the bucket lacks is named when a session is reduced
        return [*(listed[name] for name in INDEX if name in listed), *BUCKET.files('natural_scene_templates/').values()]

    def sessions(self, cache: Path) -> list:
        path = cache / 'sessions.csv'
        if not path.is_file():
            raise FileNotFoundError(f'{cache} is no cache of these recordings: sessions.csv is missing.')
        try:
            table = pd.read_csv(path).sort_values('id')
            return [str(i) for i in table.loc[table['session_type'] == SESSION_TYPE, 'id']]
        except (ValueError, KeyError) as error:
            raise ValueError(f'{path} is damaged ({error}): delete it and fetch again.') from error

    def files(self, session: str) -> list:
        path = _nwb(session)
        published = BUCKET.files(f'session_{session}/')
        if path not in published:
            raise FileNotFoundError(f'{BUCKET.url}/{BUCKET.prefix}{path} is not published (any more).')
        return [published[path]]

    def is_reduced(self, cache: Path, session: str) -> bool:
        return _reduced(cache, session).is_file()

    def reduce(self, cache: Path, sessions: Iterable[str]) -> Iterator[dict]:
        return allen_environment.run(SCRIPT, cache, cache / 'reduced', lines=sessions)

    def package(self, cache: Path, home: Path | None = None, partial: bool = False, kind: str | None = None) -> list:
        if kind not in (None, *self.kinds):
            raise ValueError(f"{self.name} has no responses '{kind}', only {self.kinds[0]}.")
        fetched = [session for session in self.sessions(cache) if (cache / _nwb(session)).is_file()]
        ready, complete = reduce_all(self, cache, fetched, partial)
        recipe = {'recording': self.name, 'responses': 'spike counts', 'source': self.homepage,
                  'units': "those that pass AllenSDK's default quality filters", 'licence': self.licence,
                  'sessions': ready, 'complete': complete}
        window, bins = [(0, N_BINS * BIN_MS)], [(BIN_MS * i, BIN_MS * (i + 1)) for i in range(N_BINS)]
        recipes = {WINDOW: {**recipe, 'time_bins_ms': window}, BINNED: {**recipe, 'time_bins_ms': bins}}
        paths = [_reduced(cache, session) for session in ready]
        with publishing(WINDOW, recipes[WINDOW], home) as whole, publishing(BINNED, recipes[BINNED], home) as binned:
            check_room(whole.directory, 2 * sum(path.stat().st_size for path in paths), f'Packaging {self.name}')
            scenes = pd.DataFrame({'stimulus_id': [f'allen_ns_{i:03d}' for i in range(N_IMAGES)],
                                   'image_number': np.arange(N_IMAGES)})
            write_stimuli(whole, scenes, read_templates(cache))
            presentations = image_trials(scenes['stimulus_id'], N_TRIALS)
            with AssemblyWriter(whole.assembly, presentations, window) as of_window, \
                    AssemblyWriter(binned.assembly, presentations, bins) as of_bins:
                for path in tqdm(paths, desc='package', unit='session', disable=None):
                    _append(path, of_window, of_bins)
            for of_assembly in recipes.values():
                of_assembly['counts'] = counts(of_window.neurons)
        return [layout.directory.with_name(layout.identifier) for layout in (whole, binned)]


def _append(path: Path, of_window: AssemblyWriter, of_bins: AssemblyWriter) -> None:
    """Write a session's spike counts with the reliability of the window and, for a filter that asks, of every bin."""
    spikes, units, _ = read_session(path)  # (images, trials, units, bins)
    in_window = spikes.sum(axis=3)
    of_each_bin = mean_reliability(spikes, BIN_HALVINGS)
    units = units.assign(reliability=mean_reliability(in_window), **{
        f'reliability_{BIN_MS * i}ms': of_each_bin[:, i] for i in range(N_BINS)})
    of_window.append(in_window, units)
    of_bins.append(spikes, units)


def _nwb(session: str) -> str:
    return f'session_{session}/session_{session}.nwb'


def _reduced(cache: Path, session: str) -> Path:
    return cache / 'reduced' / f'{session}.h5'
