"""A cache of Allen Visual Coding's calcium recordings in the published formats, with responses that are known.

What is written follows AllenSDK 2.16.2 as it reads: manifest 1.3, JSON tables, NWB 1 files in plain HDF5.
"""
import json
from dataclasses import dataclass, field
from pathlib import Path

import h5py
import numpy as np

N_IMAGES, N_TRIALS = 118, 50
SWEEP = 7  # frames of a presentation, at 30 Hz
FIRST = 100  # frame of the first presentation
BASELINE_FLUORESCENCE, NEUROPIL, NEUROPIL_R = 200., 40., .5

_METRICS = ('p_ns', 'p_run_mod_ns', 'image_sel_ns', 'reliability_ns', 'run_mod_ns', 'peak_dff_ns', 'time_to_peak_ns',
            'pref_image_ns')


@dataclass
class Session:
    """One ``three_session_B`` session, or a decoy of another kind.

    Parameters
    ----------
    container : int
        Its id; the session's is `session_id`, by default container + 1000.
    area, cre_line : str
    depth : int
        µm.
    responses : numpy.ndarray, shape (118, 50, n_cells)
        Level of the fluorescence during each presentation, relative to the baseline: 0.2 is 20 % above it.
    donor : str
        The animal; by default one for each container.
    metrics : dict
        Published metrics of the cells, name -> n_cells values (None for NaN); others get harmless ones.
    stimulus : str
        ``three_session_B``, or A or C for a decoy.
    failed : bool
        Whether its container failed quality control.
    missing : tuple of (int, int)
        Presentations (image, trial) that were never shown.
    n_frames : int
        Length of the recording if it is to be longer than the presentations.
    """
    container: int
    area: str
    cre_line: str
    depth: int
    responses: np.ndarray
    donor: str = ''
    metrics: dict = field(default_factory=dict)
    stimulus: str = 'three_session_B'
    failed: bool = False
    missing: tuple = ()
    n_frames: int = 0

    def __post_init__(self):
        self.donor = self.donor or f'donor_{self.container}'

    @property
    def session_id(self) -> int:
        return self.container + 1000

    @property
    def cells(self) -> np.ndarray:
        return self.container * 1000 + np.arange(self.responses.shape[2])


def make_calcium_cache(directory: Path, sessions: list, templates: np.ndarray, seed: int = 0) -> Path:
    """Write a cache.

    Parameters
    ----------
    directory : pathlib.Path
        Made if absent.
    sessions : list of Session
    templates : numpy.ndarray, uint8, shape (118, height, width)
        The natural scenes; published ones have 918 x 1174 pixels.
    seed : int
        Of the order of presentation, which differs between sessions.

    Returns
    -------
    pathlib.Path
        `directory`.
    """
    for name in ('ophys_experiment_data', 'ophys_experiment_events'):
        (directory / name).mkdir(parents=True, exist_ok=True)
    _write_json(directory / 'experiment_containers.json', [_container(session) for session in sessions])
    _write_json(directory / 'ophys_experiments.json', [_experiment(session) for session in sessions])
    _write_json(directory / 'stimulus_mappings.json', [{'item': 'tuning_plot', 'item_type': 'T', 'level': 'R'}])
    _write_json(directory / 'cell_specimens.json', [cell for session in sessions for cell in _cells(session)])
    for session in sessions:
        write_nwb(directory / 'ophys_experiment_data' / f'{session.session_id}.nwb', session, templates, seed)
        if session.stimulus == 'three_session_B':
            levels = _trace(session, presentation_order(session, seed))
            np.savez_compressed(directory / 'ophys_experiment_events' / f'{session.session_id}_events.npz',
                                ev=np.maximum(levels, 0).astype(np.float32))
    return directory


def presentation_order(session: Session, seed: int = 0) -> list:
    """Presentations (image, trial) in the order shown; image -1 is the blank. Trials count in time."""
    rng = np.random.default_rng([seed, session.container])
    frames = rng.permutation(np.repeat(np.arange(-1, N_IMAGES), N_TRIALS))
    seen = dict.fromkeys(range(-1, N_IMAGES), 0)
    order = []
    for frame in frames.tolist():
        if (frame, seen[frame]) not in session.missing:
            order.append((frame, seen[frame]))
        seen[frame] += 1
    return order


def mean_sweep_response(session: Session, seed: int = 0) -> np.ndarray:
    """What AllenSDK's analysis yields, by hand, %: (118, 50, n_cells), NaN where a presentation is missing.

    Mean over a presentation and the one after it, relative to the four before it.
    """
    order = presentation_order(session, seed)
    level = 1 + np.stack([np.zeros(session.responses.shape[2]) if image < 0 else session.responses[image, trial]
                          for image, trial in order])
    level = np.concatenate([np.ones((4, level.shape[1])), level, np.ones((1, level.shape[1]))])
    expected = np.full(session.responses.shape, np.nan)
    shown = dict.fromkeys(range(-1, N_IMAGES), 0)
    for i, (image, _) in enumerate(order):
        if image >= 0:
            expected[image, shown[image]] = 100 * (level[i + 4:i + 6].mean(0) / level[i:i + 4].mean(0) - 1)
        shown[image] += 1
    return expected


def write_nwb(path: Path, session: Session, templates: np.ndarray, seed: int = 0) -> None:
    """Write the NWB 1 file of a session."""
    order = presentation_order(session, seed)
    levels = _trace(session, order)
    n_cells, n_frames = levels.shape
    fluorescence = BASELINE_FLUORESCENCE * (1 + levels)
    times = np.arange(n_frames) / 30.
    starts = FIRST + SWEEP * np.arange(len(order))
    with h5py.File(path, 'w') as file:
        def text(name: str, value: str) -> None:
            file[name] = np.bytes_(value)

        for name, value in {
            'general/session_type': session.stimulus, 'general/session_id': str(session.session_id),
            'general/experiment_container_id': str(session.container), 'general/specimen_name': session.donor,
            'general/fov': '400x400', 'general/subject/age': '120 days', 'general/subject/sex': 'M',
            'general/subject/genotype': f'{session.cre_line}/wt',
            'general/optophysiology/imaging_plane_1/imaging depth': f'{session.depth} microns',
            'general/optophysiology/imaging_plane_1/location': session.area,
            'general/optophysiology/imaging_plane_1/indicator': 'GCaMP6f',
            'general/optophysiology/imaging_plane_1/excitation_lambda': '910.0 nanometers',
            'session_start_time': '2016-01-01T00:00:00',
        }.items():
            text(name, value)
        file['general/generated_by'] = np.array([b'pipeline', b'3.0'])

        pipeline = file.create_group('processing/brain_observatory_pipeline')

        def traces(name: str, values: np.ndarray) -> None:
            pipeline.create_dataset(name, data=values.astype(np.float32), compression=1, shuffle=True)

        pipeline['ImageSegmentation/cell_specimen_ids'] = session.cells
        pipeline['ImageSegmentation/roi_ids'] = session.cells + 7
        neuropil = np.full(levels.shape, NEUROPIL)
        traces('Fluorescence/imaging_plane_1/data', fluorescence)
        traces('Fluorescence/imaging_plane_1_demixed_signal/data', fluorescence + NEUROPIL_R * NEUROPIL)
        traces('Fluorescence/imaging_plane_1_neuropil_response/data', neuropil)
        pipeline['Fluorescence/imaging_plane_1_neuropil_response/r'] = np.full(n_cells, NEUROPIL_R, np.float32)
        traces('DfOverF/imaging_plane_1/data', levels)
        for name in ('Fluorescence', 'DfOverF'):
            pipeline[f'{name}/imaging_plane_1/timestamps'] = times
        pipeline['BehavioralTimeSeries/running_speed/data'] = np.where(np.arange(n_frames) // 200 % 2, 5., 0.)
        pipeline['BehavioralTimeSeries/running_speed/timestamps'] = times

        shown = file.create_group('stimulus/presentation')
        shown['spontaneous_stimulus/data'] = np.array([1, -1])
        shown['spontaneous_stimulus/frame_duration'] = np.array([[0, FIRST - 1], [0, FIRST - 1]])
        if session.stimulus == 'three_session_B':
            shown['natural_scenes_stimulus/data'] = np.array([image for image, _ in order], np.int32)
            shown['natural_scenes_stimulus/frame_duration'] = np.stack([starts, starts + SWEEP], 1).astype(np.int32)
            file.create_dataset('stimulus/templates/natural_scenes_image_stack/data', data=templates, compression=1)


def _trace(session: Session, order: list) -> np.ndarray:
    """Level of every frame relative to the baseline, (n_cells, n_frames): that of the presentation on the screen."""
    levels = np.stack([np.zeros(session.responses.shape[2]) if image < 0 else session.responses[image, trial]
                       for image, trial in order], axis=1)
    after = max(FIRST, session.n_frames - FIRST - SWEEP * len(order))
    return np.pad(np.repeat(levels, SWEEP, axis=1), ((0, 0), (FIRST, after)))


def _specimen(session: Session) -> dict:
    return {'id': session.container + 5, 'name': f'{session.cre_line}-{session.donor}', 'donor_id': 1, 'donor': {
        'external_donor_name': session.donor, 'date_of_birth': '2015-09-01T00:00:00Z', 'transgenic_lines': [
            {'name': session.cre_line, 'transgenic_line_type_name': 'driver'},
            {'name': 'Ai93(TITL-GCaMP6f)', 'transgenic_line_type_name': 'reporter'}]}}


def _container(session: Session) -> dict:
    return {'id': session.container, 'imaging_depth': session.depth, 'failed': session.failed,
            'targeted_structure': {'acronym': session.area}, 'specimen': _specimen(session)}


def _experiment(session: Session) -> dict:
    return {'id': session.session_id, 'imaging_depth': session.depth, 'stimulus_name': session.stimulus,
            'targeted_structure': {'acronym': session.area}, 'specimen': _specimen(session),
            'experiment_container_id': session.container, 'date_of_acquisition': '2016-01-01T00:00:00Z',
            'experiment_container': {'id': session.container, 'failed': session.failed}, 'fail_eye_tracking': True}


def _cells(session: Session) -> list:
    return [{'cell_specimen_id': int(cell), 'experiment_container_id': session.container,
             'failed_experiment_container': session.failed, 'specimen_id': session.container + 5,
             'area': session.area, 'imaging_depth': session.depth, 'donor_full_genotype': session.cre_line,
             'tld1_name': session.cre_line, 'tuning_plot': '/a/plot.png',
             **{name: session.metrics.get(name, [.001] * (i + 1))[i] for name in _METRICS}}
            for i, cell in enumerate(session.cells)]


def _write_json(path: Path, rows: list) -> None:
    path.write_text(json.dumps(rows))
