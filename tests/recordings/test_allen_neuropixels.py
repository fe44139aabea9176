"""Packaging of fabricated Neuropixels caches, read by the real AllenSDK with the network refused."""
import json
import os
import shutil
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
from fabricated.allen_neuropixels import (
    N_IMAGES,
    N_TRIALS,
    Session,
    default_templates,
    make_neuropixels_cache,
    unit_table,
)
from fabricated.bucket import serve_bucket
from PIL import Image

from brainscore_plugin.recordings import allen_environment
from brainscore_plugin.recordings.allen_neuropixels import recording
from brainscore_plugin.recordings.allen_neuropixels.recording import Recording
from brainscore_plugin.recordings.fetch import fetch
from brainscore_plugin.recordings.in_allen_environment.session_file import read_session

REDUCTIONS = Path(__file__).with_name('neuropixels_reductions.py')
FIRST, SECOND, OTHER_STIMULUS = 715093703, 719161530, 721123822
PROBE_D = FIRST * 10 + 3


def first_session() -> Session:
    """Twelve units: five are kept. Units 0 to 2 tell image, trial and bin; 3 is noise; 4 never fires."""
    areas = ['VISp', 'VISp', 'VISl', 'VISpm', 'VISam', 'VISp', 'VISp', 'VISp', 'VISp', 'CA1', 'LGd', 'VISp']
    units = unit_table(areas, 950_000_000)
    units.loc[5, 'quality'] = 'noise'
    units.loc[6, 'amplitude_cutoff'] = .2  # of 0.1 at most
    units.loc[7, 'presence_ratio'] = .9  # of 0.95 at least
    units.loc[8, 'isi_violations'] = .6  # of 0.5 at most
    units.loc[11, 'quality'] = 'noise'
    image, trial, bin_ = np.ogrid[:N_IMAGES, :N_TRIALS, :25]
    counts = np.zeros((N_IMAGES, N_TRIALS, 25, len(units)), int)
    counts[..., 0] = (image == 7 * bin_) + (image == 7 * bin_ + 3)  # each image has its pattern
    counts[:, :, 0, 1] = (image + 1)[..., 0]  # the tag: image k answers k + 1 spikes
    counts[:, :, 24, 2] = (trial + 1 + 0 * image)[..., 0]  # trial j answers j + 1 spikes
    counts[:, :, 3, 3] = np.random.default_rng(0).poisson(2, (N_IMAGES, N_TRIALS))
    return Session(FIRST, units, counts, specimen=699733573, invalid=[
        (3, 7, ['EcephysSession', str(FIRST), 'stimulus']), (10, 0, ['EcephysProbe', str(PROBE_D), 'probeD']),
        (20, 4, ['EcephysSession', str(FIRST), 'all_probes']), (30, 5, ['EcephysSession', str(FIRST), 'optotagging'])])


def second_session() -> Session:
    counts = np.random.default_rng(1).poisson(3, (N_IMAGES, N_TRIALS, 2))
    return Session(SECOND, unit_table(['VISal', 'VISrl'], 950_001_000, run_pval_ns=[.01, np.nan]), counts,
                   specimen=703279284, genotype='wt/wt', missing=[(5, 49), (5, 48)], seed=1, unsorted=True)


def third_session() -> Session:
    """Of the right type, but natural movies were shown."""
    return Session(OTHER_STIMULUS, unit_table(['VISp'], 950_002_000), np.zeros((N_IMAGES, N_TRIALS, 1), int),
                   stimulus='natural_movie_one')


@pytest.fixture(scope='module')
def caches(tmp_path_factory):
    """A good cache, and what one process of AllenSDK made of it and of its damaged copies: (directory, results)."""
    try:
        allen_environment.find_python()
    except FileNotFoundError as error:
        pytest.skip(str(error))
    directory = tmp_path_factory.mktemp('neuropixels')
    good = make_neuropixels_cache(directory / 'good', [first_session(), second_session(), third_session()])
    sessions = pd.read_csv(good / 'sessions.csv')
    keep_type = sessions['id'] != OTHER_STIMULUS
    sessions.assign(session_type=sessions['session_type'].where(keep_type, 'functional_connectivity')).to_csv(
        good / 'sessions.csv', index=False)
    both = [str(FIRST), str(SECOND)]
    tasks = [{'cache': good, 'reduced': good / 'reduced', 'sessions': both},
             {'cache': good, 'reduced': good / 'reduced', 'compare': str(FIRST)},
             {'cache': good, 'reduced': directory / 'killed', 'sessions': both,
              'kill_after': directory / 'killed' / f'{FIRST}.h5'},
             {'cache': good, 'reduced': directory / 'killed', 'sessions': both}]
    for name, (damage, session, _) in FAULTS.items():
        cache = directory / name
        shutil.copytree(good, cache, copy_function=os.link)
        damage(cache)
        tasks.append({'cache': cache, 'reduced': directory / f'{name}-reduced', 'sessions': [str(session)]})
        if 'template' not in name:  # the scenes are read first: as if they were reduced
            (directory / f'{name}-reduced').mkdir()
            (directory / f'{name}-reduced' / 'natural_scenes.h5').touch()
    tasks.append({'cache': good, 'reduced': directory / 'full', 'sessions': both, 'largest_file': 100_000})
    (directory / 'tasks.json').write_text(json.dumps(tasks, default=str))
    lines = list(allen_environment.run(REDUCTIONS, directory / 'tasks.json'))
    names = ['reduced', 'compared', 'killed', 'resumed', *FAULTS, 'full']
    return good, dict(zip(names, lines, strict=True))


def replace(name, content):
    def damage(cache):
        path = Path(cache) / name
        path.unlink()
        path.write_bytes(content if isinstance(content, bytes) else content(path))
    return damage


def remove(*names):
    return lambda cache: [(Path(cache) / name).unlink() for name in names]


def truncate(name, share=.6):
    def damage(cache):
        path = Path(cache) / name
        content = path.read_bytes()
        path.unlink()  # a link: the good cache keeps its file
        path.write_bytes(content[:int(len(content) * share)])
    return damage


def table(name, change):
    def damage(cache):
        path = Path(cache) / name
        changed = change(pd.read_csv(path))
        path.unlink()
        changed.to_csv(path, index=False)
    return damage


def hdf5(name, change):
    def damage(cache):
        path = Path(cache) / name
        content = path.read_bytes()
        path.unlink()
        path.write_bytes(content)
        with h5py.File(path, 'r+') as file:
            change(file)
    return damage


def scene(i, image):
    def damage(cache):
        path = Path(cache) / 'natural_scene_templates' / f'natural_scene_{i}.tiff'
        path.unlink()
        Image.fromarray(image).save(path)
    return damage


def another_kind(path):
    with h5py.File(path, 'w') as file:
        file['weights'] = np.ones(3)
    return path.read_bytes()


def as_scenes(file):
    """The presentations of one image vanish from the stimulus."""
    frames = file['intervals/natural_scenes_presentations/frame']
    frames[:] = np.where(frames[:] == 17, -1, frames[:])


NWB, METRICS = f'session_{FIRST}/session_{FIRST}.nwb', f'session_{FIRST}/session_{FIRST}_analysis_metrics.csv'
FETCH = 'brainscore-mouse recordings fetch allen-neuropixels'
FAULTS = {  # name: (damage, session, what the error says)
    'no sessions table': (remove('sessions.csv'), FIRST, 'sessions.csv is missing'),
    'units without id': (table('units.csv', lambda t: t.drop(columns='id')), FIRST, "units.csv has no column 'id'"),
    'empty channels': (replace('channels.csv', b''), FIRST, 'channels.csv is damaged'),
    'no quality': (table('units.csv', lambda t: t.drop(columns='quality')), FIRST, "units.csv has no column 'quality'"),
    'only noise': (table('units.csv', lambda t: t.assign(quality='noise')), FIRST, f'no unit of session {FIRST}'),
    'no metrics': (remove(METRICS, 'brain_observatory_1.1_analysis_metrics.csv'), FIRST,
                   'brain_observatory_1.1_analysis_metrics.csv is there'),
    'metrics lack a column': (table(METRICS, lambda t: t.drop(columns='run_pval_ns')), FIRST,
                              'has no column run_pval_ns'),
    'metrics truncated': (replace(METRICS, b''), FIRST, f'session_{FIRST}_analysis_metrics.csv is damaged'),
    'no nwb': (remove(NWB), FIRST, f'session_{FIRST}.nwb is missing'),
    'nwb truncated': (truncate(NWB), FIRST, f'session_{FIRST}.nwb is damaged'),
    'nwb is a page of errors': (replace(NWB, b'<html>404</html>'), FIRST, f'session_{FIRST}.nwb is damaged'),
    'hdf5 of another kind': (replace(NWB, another_kind), FIRST, f'session_{FIRST}.nwb is damaged'),
    'nwb without units': (hdf5(NWB, lambda f: f.pop('units')), FIRST, f'session_{FIRST}.nwb is damaged'),
    'nwb without spikes': (hdf5(NWB, lambda f: f['units'].pop('spike_times')), FIRST,
                           f'session_{FIRST}.nwb is damaged'),
    'nwb of another session': (replace(NWB, lambda path: path.parents[1].joinpath(
        f'session_{SECOND}', f'session_{SECOND}.nwb').read_bytes()), FIRST, f'holds session {SECOND}'),
    'units of another release': (table('units.csv', lambda t: t.assign(id=t['id'] + 20)), FIRST, 'lacks 5 units'),
    'an image is missing': (hdf5(NWB, as_scenes), FIRST, 'has shown image 17 0 times, too few: expected 50 trials'),
    'another stimulus': (table('sessions.csv', lambda t: t), OTHER_STIMULUS, 'has no natural scenes but'),
    'template missing': (remove('natural_scene_templates/natural_scene_5.tiff'), FIRST,
                         'natural_scene_5.tiff is missing'),
    'template truncated': (truncate('natural_scene_templates/natural_scene_3.tiff', .1), FIRST,
                           'natural_scene_3.tiff is damaged'),
    'template of another size': (scene(1, np.zeros((304, 608), np.uint8)), FIRST,
                                 'natural_scene_1.tiff is an image of'),
    'template of 16 bits': (scene(0, np.zeros((918, 1174), np.uint16)), FIRST, 'natural_scene_0.tiff is an image of'),
}


class TestReduction:
    @pytest.fixture(scope='class')
    def reduced(self, caches):
        good, _ = caches
        return read_session(good / 'reduced' / f'{FIRST}.h5')

    def test_keeps_the_good_units_of_the_six_areas(self, reduced):
        _, units, _ = reduced
        assert list(units['neuroid_id']) == [str(950_000_000 + i) for i in range(5)]
        assert list(units['region']) == ['VISp', 'VISp', 'VISl', 'VISpm', 'VISam']

    def test_image_k_answers_as_image_k(self, reduced):
        counts, _, _ = reduced
        window = counts.sum(axis=3)
        assert np.array_equal(np.nanmedian(window[:, :, 1], axis=1), np.arange(1, N_IMAGES + 1))
        assert np.nanmin(window[:, :, 1], axis=1) == pytest.approx(np.nanmax(window[:, :, 1], axis=1))

    def test_spikes_are_in_their_bin(self, reduced):
        counts, _, _ = reduced
        expected = first_session().counts[..., 0].mean(axis=1)
        assert np.array_equal(np.nanmean(counts[:, :, 0], axis=1), expected)

    def test_invalid_presentations_are_missing_and_not_invented(self, reduced):
        counts, _, _ = reduced
        given = first_session().counts.transpose(0, 1, 3, 2)[:, :, :5].astype(float)
        # which of an image's trials was invalid is not known: the last is missing
        given[3] = np.concatenate([np.delete(given[3], 7, axis=0), np.full((1, 5, 25), np.nan)])
        given[10, 0, 2] = np.nan  # probe D alone, which is in VISl
        given[20, 4] = np.nan
        assert np.array_equal(counts, given, equal_nan=True)

    def test_trials_that_were_not_shown_are_missing(self, caches):
        counts, _, _ = read_session(caches[0] / 'reduced' / f'{SECOND}.h5')
        missing = np.isnan(counts).any(axis=(2, 3))
        assert list(map(tuple, np.argwhere(missing))) == [(5, 48), (5, 49)]

    def test_spikes_and_presentations_in_another_order_than_that_of_time_are_counted_right(self, caches):
        counts, _, _ = read_session(caches[0] / 'reduced' / f'{SECOND}.h5')
        window, shown = counts.sum(axis=3), ~np.isnan(counts).any(axis=(2, 3))
        assert np.array_equal(window[shown], second_session().counts[shown])

    def test_metrics_are_joined(self, caches):
        _, units, _ = read_session(caches[0] / 'reduced' / f'{SECOND}.h5')
        assert units['run_pval_ns'].tolist() == pytest.approx([.01, np.nan], nan_ok=True)
        assert units[['animal', 'session_id', 'cre_line', 'genotype', 'probe']].iloc[0].tolist() == [
            '703279284', str(SECOND), 'none', 'wt/wt', 'probeE']
        assert set(units.columns) >= {
            'probe_vertical_position', 'dorsal_ventral_ccf_coordinate', 'snr', 'isi_violations', 'presence_ratio',
            'amplitude_cutoff', 'firing_rate', 'image_selectivity_ns'}

    def test_equals_allensdk(self, caches):
        assert caches[1]['compared'] == {'equal': True, 'units': True}

    def test_a_kill_costs_one_session_at_most(self, caches):
        good, results = caches
        assert results['killed'] == {'survived': [f'{FIRST}.h5']}
        assert results['resumed'] == {'sessions': [{'session': str(FIRST)}, {'session': str(SECOND)}], 'error': None}
        for session in (FIRST, SECOND):
            assert (good.parent / 'killed' / f'{session}.h5').read_bytes() == (
                good / 'reduced' / f'{session}.h5').read_bytes()

    def test_a_full_disk_is_a_clear_error_and_leaves_nothing_half_written(self, caches):
        assert 'make room' in caches[1]['full']['error']
        assert list((caches[0].parent / 'full').iterdir()) == []

    @pytest.mark.parametrize('name', FAULTS)
    def test_faults_are_clear_errors(self, caches, name):
        good, results = caches
        damage, session, says = FAULTS[name]
        error = results[name]['error'] or results[name]['sessions'][0]['error']
        assert says in error
        assert FETCH in error or name == 'another stimulus'
        assert not (good.parent / f'{name}-reduced' / f'{session}.h5').exists()


@pytest.mark.slow
def test_fetching_reduces_a_session_before_the_next_and_deletes_it(caches, tmp_path, monkeypatch):
    source, cache = tmp_path / 'published', tmp_path / 'cache'
    shutil.copytree(caches[0], source, copy_function=os.link, ignore=shutil.ignore_patterns('reduced'))
    (cache / 'reduced').mkdir(parents=True)
    shutil.copy(caches[0] / 'reduced' / f'{FIRST}.h5', cache / 'reduced')
    with serve_bucket(source, 'visual-coding-neuropixels/ecephys-cache/', monkeypatch) as server:
        monkeypatch.setattr(recording, 'BUCKET', server.bucket)
        fetch('allen-neuropixels', cache)
        assert [path for path in server.requests if path.endswith('.nwb')] == [f'session_{SECOND}/session_{SECOND}.nwb']
    assert not list(cache.rglob('*.nwb'))
    assert (cache / 'reduced' / f'{SECOND}.h5').read_bytes() == (
        caches[0] / 'reduced' / f'{SECOND}.h5').read_bytes()


class TestPackage:
    @pytest.fixture(scope='class')
    def home(self, caches, tmp_path_factory):
        home = tmp_path_factory.mktemp('packaged') / '.brainio'
        Recording().package(caches[0], home)
        return home

    def test_decoys_are_left_out(self, home):
        sidecar = json.loads((home / 'Siegle2021' / 'Siegle2021.json').read_text())
        assert sidecar['sessions'] == [str(FIRST), str(SECOND)]
        assert sidecar['counts'] == {'sessions': 2, 'animals': 2, 'neurons': 7, 'neurons_by_area': {
            'VISp': 2, 'VISl': 1, 'VISpm': 1, 'VISam': 1, 'VISal': 1, 'VISrl': 1}}
        assert sidecar['complete'] is True

    def test_images_are_the_templates(self, home):
        folder = home / 'Siegle2021' / 'stimulus_Siegle2021'
        for i in (0, 5, 117):
            assert np.array_equal(np.asarray(Image.open(folder / f'allen_ns_{i:03d}.png')), default_templates()[i])

    def test_the_same_bytes_again(self, caches, home, tmp_path):
        Recording().package(caches[0], tmp_path)
        for name in ('Siegle2021', 'Siegle2021.binned'):
            again, before = (json.loads((folder / name / f'{name}.json').read_text())['sha1']
                             for folder in (tmp_path, home))
            assert again == before

    def test_missing_sessions_are_named(self, caches, tmp_path):
        shutil.copytree(caches[0], tmp_path / 'cache', copy_function=os.link)
        remove(f'reduced/{SECOND}.h5', f'session_{SECOND}/session_{SECOND}.nwb')(tmp_path / 'cache')
        with pytest.raises(FileNotFoundError, match=f'1 of 2 sessions .* first is {SECOND}: .*fetch allen-neuropixels'):
            Recording().package(tmp_path / 'cache', tmp_path / 'home')
        partial, _ = Recording().package(tmp_path / 'cache', tmp_path / 'home', partial=True)
        assert json.loads((partial / 'Siegle2021.json').read_text())['sessions'] == [str(FIRST)]

    @pytest.mark.parametrize(('damage', 'says'), [
        (truncate(f'reduced/{FIRST}.h5'), f'{FIRST}.h5 is damaged'),
        (replace(f'reduced/{FIRST}.h5', b'not HDF5'), f'{FIRST}.h5 is damaged'),
        (truncate('reduced/natural_scenes.h5'), 'natural_scenes.h5 is damaged'),
        (remove('sessions.csv'), 'it has no sessions.csv'),
        (replace('sessions.csv', b'id,age\n1,2\n'), 'sessions.csv is damaged'),
    ], ids=['truncated', 'another file', 'scenes', 'no table', 'another table'])
    def test_faults_are_clear_errors_and_leave_what_was_packaged(self, caches, home, tmp_path, damage, says):
        shutil.copytree(caches[0], tmp_path / 'cache', copy_function=os.link)
        damage(tmp_path / 'cache')
        before = {path: path.stat().st_mtime_ns for path in home.rglob('*') if path.is_file()}
        with pytest.raises((OSError, ValueError), match=says):
            Recording().package(tmp_path / 'cache', home)
        assert {path: path.stat().st_mtime_ns for path in before} == before
        assert not list(home.glob('.*.packaging'))
