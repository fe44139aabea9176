"""A Visual Coding Neuropixels cache in the published format, small, which the real AllenSDK reads without a network.

The spikes of every unit are chosen, so that what must come out of packaging is known. The decoys that packaging must
leave out come along: a session of the other kind, which has shown no natural scenes, blanks full of spikes, and, for
the units that are asked for, whatever their rows say.

The tables and templates are written at once; the NWB files need pynwb and are written by this same file, run as a
script in AllenSDK's environment.
"""
import json
import sys
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

N_IMAGES, N_TRIALS = 118, 50
TEMPLATE_SHAPE = (918, 1174)
SCENE_SECONDS = .25021  # 15 frames of the monitor, as published: a little longer than the window of the responses
WINDOW_SECONDS = .25
PROBES = {'VISam': 'probeA', 'VISpm': 'probeB', 'VISp': 'probeC', 'VISl': 'probeD', 'VISal': 'probeE',
          'VISrl': 'probeF'}
BLANK_SPIKES = 20  # in every blank, so that a blank taken for an image is seen


@dataclass
class Session:
    """One recording session.

    Parameters
    ----------
    id : int
    units : pandas.DataFrame
        A row for each unit; the column area is needed, the others of :func:`unit_table` are filled in.
    counts : numpy.ndarray, int, shape (118, 50, n_units) or (118, 50, 25, n_units)
        Spikes of every unit in the 250 ms, or in every 10 ms, of each image's trials.
    specimen : int
        The mouse; a session has its own unless one is given.
    session_type, genotype : str
    invalid : list of (image, trial, tags)
        Presentations during which an interval is marked invalid with these tags, such as
        ``['EcephysSession', '<id>', 'stimulus']``.
    missing : list of (image, trial)
        Presentations that have not been shown.
    stimulus : str
        Name of the stimulus in the NWB file.
    seed : int
        Of the order of the presentations.
    unsorted : bool
        Whether spikes and presentations lie in the file in another order than that of time, with spikes at -1 s among
        them, as published files have had them (AllenSDK's issues 144 and 1349).
    """
    id: int
    units: pd.DataFrame
    counts: np.ndarray
    specimen: int | None = None
    session_type: str = 'brain_observatory_1.1'
    genotype: str = 'Sst-IRES-Cre/wt;Ai32(RCL-ChR2(H134R)_EYFP)/wt'
    invalid: list = field(default_factory=list)
    missing: list = field(default_factory=list)
    stimulus: str = 'natural_scenes'
    seed: int = 0
    unsorted: bool = False


def unit_table(areas, first_id: int, **columns) -> pd.DataFrame:
    """Good units in these areas, with the columns that differ from one: ids count up from `first_id`."""
    n = len(areas)
    table = pd.DataFrame({
        'id': first_id + np.arange(n), 'area': list(areas), 'quality': 'good', 'amplitude_cutoff': .01,
        'presence_ratio': .99, 'isi_violations': .1, 'snr': 2.5, 'firing_rate': 5.,
        'run_pval_ns': .5, 'image_selectivity_ns': .3, 'vertical_position': 1000 + 20 * np.arange(n)})
    return table.assign(**columns)


def default_templates() -> np.ndarray:
    """118 images of one grey value each, uint8: image k is of the value k + 1."""
    return np.broadcast_to(np.arange(1, N_IMAGES + 1, dtype=np.uint8)[:, None, None], (N_IMAGES, *TEMPLATE_SHAPE))


def make_neuropixels_cache(directory: Path, sessions: list, templates: np.ndarray | None = None) -> Path:
    """Write the cache, decoy session included; returns `directory`, to be packaged.

    Parameters
    ----------
    directory : pathlib.Path
    sessions : list of Session
    templates : numpy.ndarray, uint8, shape (118, 918, 1174), optional
        By default :func:`default_templates`.
    """
    from brainscore_plugin.recordings import allen_environment
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    decoy = Session(id=max(session.id for session in sessions) + 1, units=unit_table(['VISp'], 900_000_000),
                    counts=np.zeros((N_IMAGES, N_TRIALS, 1), int), session_type='functional_connectivity')
    sessions = [*sessions, decoy]
    _write_tables(directory, sessions)
    _write_templates(directory / 'natural_scene_templates', default_templates() if templates is None else templates)
    _write_metrics(directory, sessions)
    with tempfile.TemporaryDirectory() as folder:
        for session in sessions[:-1]:
            np.save(Path(folder) / f'{session.id}.npy', session.counts)
            (Path(folder) / f'{session.id}.json').write_text(json.dumps(
                {**asdict(session), 'units': session.units.to_dict('list'), 'counts': None}))
        list(allen_environment.run(Path(__file__), folder, directory))
    return directory


def _write_tables(directory: Path, sessions: list) -> None:
    _table([{
        'id': session.id, 'date_of_acquisition': '2019-01-09T00:26:20Z', 'isi_experiment_id': session.id + 1,
        'published_at': '2019-10-03T00:00:00Z', 'specimen_id': _specimen(session),
        'session_type': session.session_type, 'age_in_days': 120., 'sex': 'M', 'genotype': session.genotype,
        'has_nwb': True} for session in sessions]).to_csv(directory / 'sessions.csv')
    _table([probe for session in sessions for probe in _probes(session)]).to_csv(directory / 'probes.csv')
    _table([channel for session in sessions for channel in _channels(session)]).to_csv(directory / 'channels.csv')
    published = ['cluster_id', 'duration', 'halfwidth', 'PT_ratio', 'repolarization_slope', 'recovery_slope',
                 'amplitude', 'spread', 'velocity_above', 'velocity_below', 'L_ratio', 'd_prime', 'nn_hit_rate',
                 'nn_miss_rate', 'isolation_distance', 'max_drift', 'cumulative_drift', 'silhouette_score']
    pd.concat([session.units.assign(
        ecephys_channel_id=_channel_ids(session), local_index=np.arange(len(session.units)),
        epoch_name_quality_metrics='complete_session', epoch_name_waveform_metrics='complete_session',
        **dict.fromkeys(published, 1.)).drop(columns=['area', 'run_pval_ns', 'image_selectivity_ns',
                                                      'vertical_position']).set_index('id')
        for session in sessions]).to_csv(directory / 'units.csv')


def _write_metrics(directory: Path, sessions: list) -> None:
    """Of each session, and of all with natural scenes in one file."""
    of_type = []
    for session in sessions:
        folder = directory / f'session_{session.id}'
        folder.mkdir(exist_ok=True)
        metrics = session.units.rename(columns={'id': 'ecephys_unit_id', 'firing_rate': 'firing_rate_ns'}).set_index(
            'ecephys_unit_id')[['run_pval_ns', 'image_selectivity_ns', 'firing_rate_ns']]
        metrics.to_csv(folder / f'session_{session.id}_analysis_metrics.csv')
        of_type += [metrics] * (session.session_type == 'brain_observatory_1.1')
    pd.concat(of_type).to_csv(directory / 'brain_observatory_1.1_analysis_metrics.csv')


def _write_templates(folder: Path, templates: np.ndarray) -> None:
    folder.mkdir(exist_ok=True)
    for i, template in enumerate(templates):
        Image.fromarray(template).save(folder / f'natural_scene_{i}.tiff', compression='tiff_lzw')


def _table(rows: list) -> pd.DataFrame:
    return pd.DataFrame(rows).set_index('id')


def _specimen(session: Session) -> int:
    return session.id - 10_000 if session.specimen is None else session.specimen


def _probe_names(session: Session) -> list:
    """Probe of each unit; those of other areas are on probe C, below the cortex."""
    return [PROBES.get(area, 'probeC') for area in session.units['area']]


def _probe_id(session: Session, name: str) -> int:
    return session.id * 10 + 'ABCDEF'.index(name[-1])


def _probes(session: Session) -> list:
    return [{'id': _probe_id(session, name), 'ecephys_session_id': session.id, 'lfp_sampling_rate': 2500.,
             'name': name, 'phase': '3a', 'sampling_rate': 30_000., 'has_lfp_data': True, 'air_channel_index': 373,
             'surface_channel_index': 342, 'lfp_temporal_subsampling_factor': 2.}
            for name in sorted(set(_probe_names(session)))]


def _channel_ids(session: Session) -> np.ndarray:
    return session.id * 1000 + np.arange(len(session.units))


def _channels(session: Session) -> list:
    """A channel for each unit."""
    return [{'id': channel, 'ecephys_probe_id': _probe_id(session, probe), 'local_index': i,
             'probe_horizontal_position': 43, 'probe_vertical_position': unit.vertical_position,
             'anterior_posterior_ccf_coordinate': 8000., 'dorsal_ventral_ccf_coordinate': 1000. + i,
             'left_right_ccf_coordinate': 9000., 'ecephys_structure_id': 385.,
             'ecephys_structure_acronym': unit.area}
            for i, (channel, probe, unit) in enumerate(zip(_channel_ids(session), _probe_names(session),
                                                           session.units.itertuples()))]


def presentation_times(session: Session) -> pd.DataFrame:
    """The presentations in their order: start_time and stop_time in seconds, frame (-1 is the blank), trial."""
    shown = pd.DataFrame({'frame': np.repeat(np.arange(-1, N_IMAGES), N_TRIALS),
                          'trial': np.tile(np.arange(N_TRIALS), N_IMAGES + 1)})
    # each image's trials in their order, the images of one trial shuffled
    order = np.random.default_rng(session.seed).random(len(shown))
    shown = shown.assign(order=order).sort_values(['trial', 'order'], ignore_index=True).drop(columns='order')
    shown['start_time'] = 100 + SCENE_SECONDS * np.arange(len(shown))
    shown['stop_time'] = shown['start_time'] + SCENE_SECONDS
    absent = pd.MultiIndex.from_frame(shown[['frame', 'trial']]).isin([tuple(pair) for pair in session.missing])
    return shown[~absent]


def spike_times(session: Session) -> list:
    """Spike times of each unit in seconds, ascending: the counts that were asked for, evenly spread in each bin."""
    counts = session.counts if session.counts.ndim == 4 else session.counts[:, :, None]  # image, trial, bin, unit
    n_bins, n_units = counts.shape[2:]
    counts = np.concatenate([np.zeros((1, *counts.shape[1:]), int), counts])
    counts[0, :, 0] = BLANK_SPIKES
    shown = presentation_times(session)
    counts = counts[shown['frame'] + 1, shown['trial']]  # presentation, bin, unit
    width = WINDOW_SECONDS / n_bins
    starts = (shown['start_time'].to_numpy()[:, None] + width * np.arange(n_bins)).ravel()
    times = []
    for i in range(n_units):
        n = counts[:, :, i].ravel()
        k = np.arange(n.sum()) - np.repeat(np.cumsum(n) - n, n)
        # .37: never on the edge of a 10-ms bin
        times.append(np.repeat(starts, n) + width * (k + .37) / np.repeat(n, n))
    return times


def _write_nwb(directory: Path, session: Session) -> None:
    from datetime import UTC, datetime

    import pynwb
    from allensdk.brain_observatory.ecephys.nwb import EcephysSpecimen
    from allensdk.brain_observatory.ecephys.nwb_util import (
        add_ecephys_electrodes,
        add_probe_to_nwbfile,
        add_ragged_data_to_dynamic_table,
    )
    nwb = pynwb.NWBFile(session_description='fabricated', identifier=str(session.id), session_id=str(session.id),
                        session_start_time=datetime(2019, 1, 9, tzinfo=UTC), institution='fabricated',
                        stimulus_notes=session.session_type)
    nwb.subject = EcephysSpecimen(
        specimen_name=f'{session.genotype[:3]}-{_specimen(session)}', subject_id=str(_specimen(session)),
        age_in_days=120., age='P120D', genotype=session.genotype, strain='C57BL/6J', sex='M', species='Mus musculus',
        description='fabricated')
    channels = pd.DataFrame(_channels(session)).rename(columns={
        'ecephys_probe_id': 'probe_id', 'local_index': 'probe_channel_number',
        'ecephys_structure_acronym': 'structure_acronym'}).assign(valid_data=True, filtering='none', impedance=np.nan)
    for probe in _probes(session):
        _, _, group = add_probe_to_nwbfile(nwb, probe['id'], 30_000., 1250., True, probe['name'])
        add_ecephys_electrodes(nwb, channels[channels['probe_id'] == probe['id']].to_dict('records'), group)

    units = session.units.drop(columns=['area', 'run_pval_ns', 'image_selectivity_ns', 'vertical_position'])
    units = units.assign(peak_channel_id=_channel_ids(session), local_index=np.arange(len(units)),
                         cluster_id=np.arange(len(units))).set_index('id')
    nwb.units = pynwb.misc.Units.from_dataframe(units, name='units')
    times, rng = dict(zip(units.index, spike_times(session))), np.random.default_rng(0)
    if session.unsorted:
        times = {unit: rng.permutation(np.append(of_unit, [-1., -1.])) for unit, of_unit in times.items()}
    add_ragged_data_to_dynamic_table(nwb.units, times, 'spike_times', 's')
    add_ragged_data_to_dynamic_table(nwb.units, {unit: np.ones_like(t) for unit, t in times.items()},
                                     'spike_amplitudes', 'V')
    add_ragged_data_to_dynamic_table(nwb.units, {unit: np.zeros(3) for unit in times}, 'waveform_mean', 'V')

    shown = presentation_times(session)
    if session.unsorted:
        shown = shown.sample(frac=1, random_state=0)
    _add_presentations(nwb, session.stimulus, shown.assign(stimulus_block=2.), frame=shown['frame'].astype(float))
    other = pd.DataFrame({'start_time': [10., 10.25, 10.5], 'stop_time': [10.25, 10.5, 10.75], 'stimulus_block': 1.})
    _add_presentations(nwb, 'static_gratings', other, orientation=[0., 30., 60.])
    _add_presentations(nwb, 'spontaneous', pd.DataFrame({'start_time': [0.], 'stop_time': [10.],
                                                         'stimulus_block': np.nan}))
    at = shown.set_index(['frame', 'trial'])
    for image, trial, tags in session.invalid:
        start = at.loc[(image, trial), 'start_time']
        nwb.add_invalid_time_interval(start_time=start + .05, stop_time=start + .1, tags=tags)
    path = directory / f'session_{session.id}' / f'session_{session.id}.nwb'
    with pynwb.NWBHDF5IO(str(path), 'w') as io:
        io.write(nwb)


def _add_presentations(nwb, name: str, shown: pd.DataFrame, **parameters) -> None:
    import pynwb
    table = shown[['start_time', 'stop_time', 'stimulus_block']].assign(
        stimulus_name=name, stimulus_index=0, **parameters).reset_index(drop=True)
    nwb.add_time_intervals(pynwb.epoch.TimeIntervals.from_dataframe(table, name=f'{name}_presentations'))


if __name__ == '__main__':
    for path in sorted(Path(sys.argv[1]).glob('*.json')):
        given = json.loads(path.read_text())
        _write_nwb(Path(sys.argv[2]), Session(**{
            **given, 'units': pd.DataFrame(given['units']), 'counts': np.load(path.with_suffix('.npy'))}))
