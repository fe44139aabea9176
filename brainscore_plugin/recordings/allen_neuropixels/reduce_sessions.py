"""Reduces sessions of a Visual Coding Neuropixels cache to their responses to the natural scenes.

Runs in the environment of AllenSDK::

    python reduce_sessions.py CACHE REDUCED    # reads session ids from standard input, answers each in JSON

What it leaves, some megabytes a session, is all that packaging needs, so that a session's NWB file of 2 to 3 GB can go
when it is reduced.
"""
import argparse
import contextlib
import json
import sys
import warnings
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
from cache_manifest import open_by_own_manifest
from session_file import new_file, write_session

SESSION_TYPE = 'brain_observatory_1.1'
AREAS = ('VISp', 'VISl', 'VISal', 'VISam', 'VISpm', 'VISrl')
N_IMAGES, N_TRIALS, N_BINS = 118, 50, 25
BIN_SECONDS = .01
TEMPLATE_SHAPE = (918, 1174)  # pixels
MINIMUM_TRIALS = 25  # of every image: half of those shown; fewer mean another stimulus or a damaged table
FETCH = 'brainscore-mouse recordings fetch allen-neuropixels'

TABLES = {  # columns that AllenSDK or this script needs
    'sessions.csv': ('id', 'specimen_id', 'session_type', 'genotype'),
    'probes.csv': ('id', 'ecephys_session_id', 'name'),
    'channels.csv': ('id', 'ecephys_probe_id', 'probe_vertical_position', 'dorsal_ventral_ccf_coordinate',
                     'ecephys_structure_id', 'ecephys_structure_acronym'),
    'units.csv': ('id', 'ecephys_channel_id', 'quality', 'amplitude_cutoff', 'presence_ratio', 'isi_violations', 'snr',
                  'firing_rate'),
}
METRICS = ('run_pval_ns', 'image_selectivity_ns')
DEPTHS = ('probe_vertical_position', 'dorsal_ventral_ccf_coordinate')  # um
QUALITY_METRICS = ('snr', 'isi_violations', 'presence_ratio', 'amplitude_cutoff', 'firing_rate')


def open_cache(directory: Path):
    """The cache, by AllenSDK, such that it neither asks the network nor removes a file it cannot read.

    Raises
    ------
    FileNotFoundError, ValueError
        If a table is missing or lacks a column.
    """
    for name, columns in TABLES.items():
        path = _existing(directory / name)
        try:
            found = pd.read_csv(path, nrows=0).columns
        except (ValueError, UnicodeDecodeError) as error:
            raise _damaged(path, error) from error
        lacking = [column for column in columns if column not in found]
        if lacking:
            raise ValueError(f"{path} has no column {', '.join(map(repr, lacking))}: it is not the table that was "
                             f"published. Delete it and fetch it again: '{FETCH}'.")
    from allensdk.brain_observatory.ecephys.ecephys_project_cache import EcephysProjectCache

    # With fewer than one try to fetch, AllenSDK reads what there is; else it removes a file that it cannot read
    return open_by_own_manifest(
        lambda manifest: EcephysProjectCache.from_warehouse(manifest=manifest, fetch_tries=0), directory)


def reduce_session(cache, directory: Path, session_id: int, destination: Path) -> Path:
    """Write the responses of one session to `destination`/<id>.h5; a file that is there already is kept.

    Responses are spike counts, shape (118, 50, n_units, 25), in each 10 ms from the onset of each image's trials in
    the order of their showing; NaN where a trial is missing or invalid.

    Parameters
    ----------
    cache : allensdk EcephysProjectCache
        As from :func:`open_cache`.
    directory : pathlib.Path
        Of the cache.
    session_id : int
    destination : pathlib.Path
        Made if absent.

    Raises
    ------
    FileNotFoundError, ValueError
        If a file of the session is missing, damaged, or not what was published; the message names it.
    OSError
        If `destination` cannot be written.
    """
    path = destination / f'{session_id}.h5'
    if path.exists():
        return path
    units = _units(cache, session_id, _unit_metrics(cache, directory, session_id))
    nwb = _existing(directory / f'session_{session_id}' / f'session_{session_id}.nwb')
    _check_nwb(nwb, session_id, units.index)
    with _reading(nwb):
        session = cache.get_session_data(session_id)
        session.api._nwbfile = session.api.nwbfile  # else AllenSDK reads the file anew for every table
        units = units[units['channel_id'].isin(session.channels.index)]
        table = session.stimulus_presentations
    images, trials, starts = presentations(table, nwb)
    with _reading(nwb):
        counts = _spike_counts(session, images, trials, starts, units)
    write_session(path, counts, units, {'session': session_id, 'allensdk': version('allensdk')})
    return path


def reduce_templates(cache, directory: Path, destination: Path) -> Path:
    """Write the 118 images to `destination`/natural_scenes.h5, dataset templates, uint8 (118, 918, 1174).

    Raises
    ------
    FileNotFoundError, ValueError
        If an image is missing, cannot be read, or is not an 8-bit image of that size; the message names it.
    """
    path = destination / 'natural_scenes.h5'
    if path.exists():
        return path
    templates = np.empty((N_IMAGES, *TEMPLATE_SHAPE), np.uint8)
    for i in range(N_IMAGES):
        file = _existing(directory / 'natural_scene_templates' / f'natural_scene_{i}.tiff')
        try:
            template = cache.get_natural_scene_template(i)
        except RuntimeError as error:
            raise _damaged(file, error) from error
        if template.shape != TEMPLATE_SHAPE or template.dtype != np.uint8:
            raise ValueError(f'{file} is an image of {template.shape} {template.dtype}; expected {TEMPLATE_SHAPE} '
                             f"uint8. Delete it and fetch it again: '{FETCH}'.")
        templates[i] = template
    with new_file(path) as file:
        file.create_dataset('templates', data=templates, chunks=(1, *TEMPLATE_SHAPE), compression=1, fletcher32=True)
    return path


def _units(cache, session_id: int, metrics: pd.DataFrame) -> pd.DataFrame:
    """The session's units of the six areas that pass AllenSDK's default quality filters, by identifier."""
    units = cache.get_units()
    units = units[(units['ecephys_session_id'] == session_id)
                  & units['ecephys_structure_acronym'].isin(AREAS)].sort_index()
    if units.empty:
        raise ValueError(f"units.csv has no unit of session {session_id} that lies in {', '.join(AREAS)} and is of "
                         f"good quality. Delete it and fetch it again: '{FETCH}'.")
    metrics = metrics.reindex(units.index)
    return pd.DataFrame({
        'neuroid_id': units.index.astype(str), 'region': units['ecephys_structure_acronym'],
        'animal': units['specimen_id'].astype(str), 'session_id': units['ecephys_session_id'].astype(str),
        'probe': units['name'], 'probe_id': units['ecephys_probe_id'], 'channel_id': units['ecephys_channel_id'],
        'genotype': units['genotype'],
        'cre_line': units['genotype'].str.extract('([^;/]*Cre[^;/]*)', expand=False).fillna('none'),
        **{name: units[name].astype(float) for name in (*DEPTHS, *QUALITY_METRICS)},
        **{name: metrics[name].astype(float) for name in METRICS}})


def _check_nwb(path: Path, session_id: int, units: pd.Index) -> None:
    """Raise ValueError unless the file is whole, of this session, and has these units."""
    try:
        with h5py.File(path) as file:
            identifier = file['identifier'].asstr()[()]
            lacking = units.difference(file['units/id'][:])
            file['units/spike_times'], file['units/spike_times_index']
    except (OSError, KeyError) as error:
        raise _damaged(path, error) from error
    if identifier != str(session_id):
        raise ValueError(f"{path} holds session {identifier}. Delete it and fetch the session again: '{FETCH}'.")
    if len(lacking):
        raise ValueError(f'{path} lacks {len(lacking)} units of units.csv, such as {lacking[0]}: the two are of '
                         f"different releases. Delete both and fetch them again: '{FETCH}'.")


def _unit_metrics(cache, directory: Path, session_id: int) -> pd.DataFrame:
    """AllenSDK 2.16.2 does not merge the analysis metrics into a session's units: they are joined here."""
    of_session = directory / f'session_{session_id}' / f'session_{session_id}_analysis_metrics.csv'
    of_type = directory / f'{SESSION_TYPE}_analysis_metrics.csv'
    path = of_session if of_session.exists() else of_type
    if not path.exists():
        raise FileNotFoundError(f"Neither {of_session} nor {of_type} is there: fetch either: '{FETCH}'.")
    try:
        metrics = (cache.get_unit_analysis_metrics_for_session(session_id, annotate=False) if path == of_session else
                   cache.get_unit_analysis_metrics_by_session_type(SESSION_TYPE, annotate=False))
    except ValueError as error:
        raise _damaged(path, error) from error
    lacking = [name for name in METRICS if name not in metrics]
    if lacking:
        raise ValueError(f"{path} has no column {', '.join(lacking)}. Delete it and fetch it again: '{FETCH}'.")
    return metrics


def presentations(table: pd.DataFrame, nwb: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Image, trial and start (s) of each valid presentation of an image, from AllenSDK's table of presentations.

    The blank (frame -1) and the presentations that AllenSDK has marked as invalid are left out; an image's trials
    are numbered in the order of their showing.

    Raises
    ------
    ValueError
        If it is not the stimulus that was published.
    """
    scenes = table[table['stimulus_name'] == 'natural_scenes'].sort_values('start_time')
    if scenes.empty:
        raise ValueError(f"{nwb} has no natural scenes but {', '.join(sorted(set(table['stimulus_name'])))}: it is not "
                         f'of type {SESSION_TYPE}.')
    images = scenes['frame'].astype(float).to_numpy()
    if not np.isin(images, np.arange(-1, N_IMAGES)).all():
        raise ValueError(f'{nwb} numbers its natural scenes {images.min():g} to {images.max():g}, not -1 (the blank) '
                         f'to {N_IMAGES - 1}: it is not the stimulus that was published.')
    starts, images = scenes['start_time'].to_numpy()[images >= 0], images[images >= 0].astype(int)
    n_shown = np.bincount(images, minlength=N_IMAGES)
    for wrong, problem in [(n_shown.argmin(), 'too few'), (n_shown.argmax(), 'too many')]:
        if not MINIMUM_TRIALS <= n_shown[wrong] <= N_TRIALS:
            raise ValueError(f'{nwb} has shown image {wrong} {n_shown[wrong]} times, {problem}: expected {N_TRIALS} '
                             f"trials, of which some may be invalid. Delete it and fetch the session again: '{FETCH}'.")
    return images, pd.Series(images).groupby(images).cumcount().to_numpy(), starts


def _spike_counts(session, images, trials, starts, units: pd.DataFrame) -> np.ndarray:
    """Spikes in each bin, (118, 50, n_units, 25); of spikes in the order of time AllenSDK counts as many.

    Its presentationwise_spike_counts gives the same for them, and numbers out of nowhere for others, for it searches.
    That method holds the spikes, amplitudes and waveforms of all units in memory, several times over; this reads the
    spike times of one unit after another.
    """
    from allensdk.brain_observatory.ecephys.ecephys_session import build_spike_histogram, build_time_window_domain

    edges = build_time_window_domain(np.arange(N_BINS + 1) * BIN_SECONDS, starts)
    table = session.api.nwbfile.units
    row = {unit: i for i, unit in enumerate(table.id[:])}
    counts = np.full((N_IMAGES, N_TRIALS, len(units), N_BINS), np.nan, np.float32)
    for i, unit in enumerate(units.index):
        spikes = {unit: np.sort(table['spike_times'][row[unit]])}  # some published ones are not, AllenSDK's issue 1349
        counts[images, trials, i] = build_spike_histogram(edges, spikes, [unit])[:, :, 0]
    for lost, first, last in _lost_spikes(session.invalid_times, units):
        shown = (starts < last) & (starts + N_BINS * BIN_SECONDS > first)
        for image, trial in zip(images[shown], trials[shown]):
            counts[image, trial, lost] = np.nan
    return counts


def _lost_spikes(invalid_times: pd.DataFrame, units: pd.DataFrame) -> Iterator[tuple]:
    """Intervals in which probes have lost spikes: (mask of units, start, end). AllenSDK only reports these.

    Their tags are [scope, identifier, label]. Of those with the label 'stimulus' AllenSDK has marked the
    presentations; 'optotagging' concerns no spikes that are counted here.
    """
    for interval in invalid_times.itertuples():
        scope, identifier, label = (str(tag) for tag in interval.tags)
        if label == 'all_probes':
            yield np.ones(len(units), bool), interval.start_time, interval.stop_time
        elif scope == 'EcephysProbe':
            yield (units['probe_id'].astype(str) == identifier).to_numpy(), interval.start_time, interval.stop_time


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing: fetch it: '{FETCH}'.")
    return path


@contextlib.contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # AllenSDK, hdmf and h5py raise whatever they meet
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> ValueError:
    return ValueError(f"{path} is damaged ({type(error).__name__}: {error}). Delete it and fetch it again: '{FETCH}'.")


def main(cache: Path, reduced: Path, sessions: Iterable[str]) -> None:
    """Print a line of JSON for each session: {"session": ID}, with "error" where it failed."""
    warnings.simplefilter('ignore')  # of AllenSDK's libraries about one another
    allen = open_cache(cache)
    reduce_templates(allen, cache, reduced)
    for line in sessions:
        answer = {'session': line.strip()}
        try:
            reduce_session(allen, cache, int(line), reduced)
        except (FileNotFoundError, ValueError) as error:
            answer['error'] = str(error)
        print(json.dumps(answer), flush=True)


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('cache', type=Path)
    parser.add_argument('reduced', type=Path)
    given = parser.parse_args()
    try:
        main(given.cache, given.reduced, sys.stdin)
    except (OSError, ValueError) as error:
        sys.exit(str(error))
