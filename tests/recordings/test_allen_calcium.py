"""The Allen calcium recordings: from fabricated caches, which the real AllenSDK reads, to what Brain-Score loads."""
import json
import os
import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import h5py
import numpy as np
import pytest
from brainscore_core.supported_data_standards.brainio import fetch as brainio_fetch
from brainscore_vision import load_dataset
from fabricated.allen_calcium import (
    N_IMAGES,
    N_TRIALS,
    Session,
    make_calcium_cache,
    mean_sweep_response,
    presentation_order,
    write_nwb,
)
from fabricated.bucket import serve_bucket
from PIL import Image

from brainscore_plugin.data.mouse_recordings.layout import packaged
from brainscore_plugin.recordings import allen_environment
from brainscore_plugin.recordings.allen_calcium import recording
from brainscore_plugin.recordings.allen_calcium.recording import Recording
from brainscore_plugin.recordings.fetch import fetch
from brainscore_plugin.recordings.in_allen_environment.session_file import read_session, write_session
from brainscore_plugin.recordings.neuron_reliability import mean_reliability
from brainscore_plugin.recordings.reduced_folder import reduced_file, reduced_folder
from training.home import project_home

TEMPLATES = np.stack([np.full((6, 8), number, np.uint8) for number in range(N_IMAGES)])
SCENES = 'stimulus/presentation/natural_scenes_stimulus'
STACK = 'stimulus/templates/natural_scenes_image_stack/data'
PIPELINE = 'processing/brain_observatory_pipeline'


@pytest.fixture(scope='module', autouse=True)
def allen_without_network(without_network):
    """AllenSDK's environment, in which every request fails."""
    try:
        allen_environment.find_python()
    except FileNotFoundError as error:
        pytest.skip(str(error))


@pytest.fixture
def data_home(tmp_path, monkeypatch):
    home = tmp_path / '.brainio'
    monkeypatch.setattr(brainio_fetch, '_local_data_path', str(home))
    return home


def session(container, area, n_cells, seed=None, **options):
    """Cells that answer to every scene alike but for noise, and strongly to one scene: cell c to scene 17 c + 3."""
    rng = np.random.default_rng(container if seed is None else seed)
    responses = rng.normal(.1, .02, (N_IMAGES, N_TRIALS, n_cells))
    for cell in range(n_cells):
        responses[17 * cell + 3, :, cell] += 1
    return Session(container, area, 'Cux2-CreERT2', 175, responses, **options)


GOOD = [
    session(10, 'VISp', 4, donor='mouse_a', metrics={'p_run_mod_ns': [.2, None, .01, .5], 'p_ns': [.001] * 4}),
    session(20, 'VISl', 3, donor='mouse_a', missing=((3, 49), (3, 48), (117, 0))),
    session(30, 'VISp', 2, donor='mouse_b'),
]
DECOYS = [session(40, 'VISp', 2, stimulus='three_session_A'), session(50, 'VISp', 2, stimulus='three_session_C'),
          session(60, 'VISp', 2, stimulus='three_session_C2'), session(70, 'VISp', 2, failed=True)]


@pytest.fixture(scope='module')
def recorded(tmp_path_factory):
    """A cache with decoys, packaged."""
    directory = tmp_path_factory.mktemp('calcium')
    cache = make_calcium_cache(directory / 'cache', GOOD + DECOYS, TEMPLATES)
    home = directory / '.brainio'
    folders = Recording().package(cache, home)
    return SimpleNamespace(cache=cache, home=home, folders=folders)


@pytest.fixture
def loaded(recorded, monkeypatch):
    monkeypatch.setattr(brainio_fetch, '_local_data_path', str(recorded.home))
    from brainscore_vision.data.deVries2020.recording import load_recordings
    return load_recordings


def test_decoys_are_left_out(recorded):
    sidecar = packaged('deVries2020', recorded.home).read_sidecar()
    assert recorded.folders == [recorded.home / 'deVries2020']
    assert sidecar['sessions'] == ['1010', '1020', '1030']
    assert sidecar['counts'] == {'sessions': 3, 'animals': 2, 'neurons': 9, 'neurons_by_area': {'VISl': 3, 'VISp': 6}}
    assert sidecar['complete']


def test_responses_are_those_of_allensdks_definition(loaded):
    assembly = loaded()
    values = assembly.values[..., 0].reshape(N_IMAGES, N_TRIALS, -1)
    expected = np.concatenate([mean_sweep_response(session) for session in GOOD], axis=2)
    assert np.array_equal(np.isnan(values), np.isnan(expected))
    assert np.nanmax(np.abs(values - expected)) < 1e-4


def test_image_k_meets_template_k(loaded):
    assembly = loaded()
    scenes = assembly['stimulus_id'].values[::N_TRIALS]
    responses = np.nanmean(assembly.values[..., 0].reshape(N_IMAGES, N_TRIALS, -1), axis=1)
    for cell, scene in zip(assembly['neuroid_id'].values, scenes[responses.argmax(axis=0)]):
        number = 17 * (int(cell) % 1000) + 3
        assert scene == f'allen_ns_{number:03d}'
        with Image.open(assembly.attrs['stimulus_set'].get_stimulus(scene)) as image:
            assert image.getpixel((0, 0)) == number


def test_presentations_that_were_not_shown_are_missing(loaded):
    assembly = loaded('VISl')
    missing = assembly.isel(presentation=np.isnan(assembly.values).all(axis=(1, 2)))
    shown = zip(missing['stimulus_id'].values.tolist(), missing['repetition'].values.tolist())
    # trials count what was shown, so that the last ones are missing
    assert list(shown) == [('allen_ns_003', 48), ('allen_ns_003', 49), ('allen_ns_117', 49)]


def test_neuroid_coordinates(loaded):
    assembly = loaded('VISp')
    first = {name: assembly[name].values[0] for name in ('neuroid_id', 'animal', 'region', 'session_id', 'depth',
                                                        'container_id', 'cre_line', 'p_run_mod_ns')}
    assert first == {'neuroid_id': '10000', 'animal': 'mouse_a', 'region': 'VISp', 'session_id': 1010, 'depth': 175,
                     'container_id': 10, 'cre_line': 'Cux2-CreERT2', 'p_run_mod_ns': .2}
    assert np.isnan(assembly['p_run_mod_ns'].values[1])
    assert (assembly['reliability'].values > .9).all()
    for name in ('image_selectivity', 'reliability_ns', 'p_ns'):
        assert (assembly[name].values == .001).all()


def test_selections_leave_the_neurons_counted_by_hand(loaded, capsys):
    # reliable are all; running modulates cell 2 of mouse a and every cell with p = 0.001, that is, of the others
    assert loaded('VISp', 'conwell2021')['neuroid_id'].values.tolist() == ['10000', '10001', '10003']
    assert loaded('VISp', 'nayebi2023').sizes['neuroid'] == 3
    # mouse a has 4, mouse b 2 cells: the upper quartile is 3.5
    assert loaded('VISp', 'domain_rep').sizes['neuroid'] == 4
    assert loaded('VISp', 'none').sizes['neuroid'] == 6
    with pytest.raises(ValueError, match="selection 'nayebi2023' leaves no neuron of VISl"):
        loaded('VISl', 'nayebi2023')
    with pytest.raises(ValueError, match="No neurons of 'VISam' were recorded; choose one of VISl, VISp"):
        loaded('VISam')
    assert 'VISp          3        1           6           2' in capsys.readouterr().out


def test_packaging_again_gives_the_same_bytes(recorded, monkeypatch):
    monkeypatch.setattr(Recording, 'sessions', lambda self, cache: ['1010', '1020', '1030'])
    before = packaged('deVries2020', recorded.home).read_sidecar()['sha1']
    Recording().package(recorded.cache, recorded.home)
    assert packaged('deVries2020', recorded.home).read_sidecar()['sha1'] == before


def test_events_are_packaged_beside(recorded, monkeypatch):
    monkeypatch.setattr(Recording, 'sessions', lambda self, cache: ['1010', '1020', '1030'])
    Recording().package(recorded.cache, recorded.home, kind='events')
    monkeypatch.setattr(brainio_fetch, '_local_data_path', str(recorded.home))
    events = load_dataset('deVries2020.events').values[:, 0, 0].reshape(N_IMAGES, N_TRIALS)
    order = presentation_order(GOOD[0])
    position = order.index((3, 0))
    following = GOOD[0].responses[(*order[position + 1], 0)] if order[position + 1][0] >= 0 else 0
    assert events[3, 0] == pytest.approx((GOOD[0].responses[3, 0, 0] + max(following, 0)) / 2, abs=1e-5)


def edit(change):
    """A fault of a session: `change` is called with its open NWB file."""
    def cause(path):
        with h5py.File(path, 'r+') as file:
            change(file)
    return cause


def put(name, value):
    def change(file):
        del file[name]
        file.create_dataset(name, data=value)
    return edit(change)


def remove(name):
    return edit(lambda file: file.pop(name))


def damage_a_template(path):
    with h5py.File(path) as file:
        start = file[STACK].id.get_chunk_info(0).byte_offset
    content = bytearray(path.read_bytes())
    content[start:start + 40] = bytes(40)
    path.write_bytes(content)


def show_once_more(file):
    file[SCENES]['data'][:] = np.where(file[SCENES]['data'][()] == -1, 5, file[SCENES]['data'][()])


def events_of(path):
    return path.parents[1] / 'ophys_experiment_events' / f'{path.stem}_events.npz'


FAULTS_OF_SESSIONS = {
    'truncated NWB': (lambda path: path.write_bytes(path.read_bytes()[:50_000]), 'nwb cannot be used .*truncated'),
    'no HDF5 file': (lambda path: path.write_text('<html>404</html>'), 'nwb cannot be used .*signature not found'),
    'HDF5 of another kind': (lambda path: h5py.File(path, 'w').close(),
                             "nwb cannot be used .*'stimulus' doesn't exist"),
    'missing file': (lambda path: path.unlink(), 'nwb is missing: fetch again'),
    'missing traces': (remove(f'{PIPELINE}/Fluorescence/imaging_plane_1_demixed_signal/data'),
                       'cannot be used .*demixed_signal|cannot be used .*data'),
    'missing cell ids': (remove(f'{PIPELINE}/ImageSegmentation/cell_specimen_ids'), "'cell_specimen_ids'"),
    'no natural scenes': (remove(SCENES), 'Unable to locate stimulus: natural_scenes'),
    'no templates': (remove('stimulus/templates/natural_scenes_image_stack'), 'natural_scenes_image_stack'),
    'unreadable template': (damage_a_template, 'cannot be used'),
    'one template too few': (put(STACK, TEMPLATES[:117]), r'templates of shape \(117, 6, 8\); expected 118'),
    '16-bit templates': (put(STACK, TEMPLATES.astype(np.uint16)), 'uint16 templates'),
    'templates of another order': (put(STACK, TEMPLATES[::-1]), 'templates are not those of the other sessions'),
    'an unknown image': (edit(lambda file: file[f'{SCENES}/data'].__setitem__(0, 118)),
                         'image 118 is shown; expected images 0 to 117'),
    'an image too often': (edit(show_once_more), 'image 5 is shown 100 times; expected at most 50'),
    'cells without ids': (put(f'{PIPELINE}/ImageSegmentation/cell_specimen_ids', np.arange(1)),
                          'fluorescence of 2 cells and ids of 1'),
    'damaged events': (lambda path: events_of(path).write_bytes(events_of(path).read_bytes()[:99]),
                       'its events, .* are damaged'),
    'pickled events': (lambda path: np.savez(events_of(path), ev=np.array([{}], dtype=object)),
                       'its events, .* are damaged'),
}


@pytest.fixture(scope='module')
def reductions(tmp_path_factory):
    """A cache in which every session but the first and the last two has another fault, reduced."""
    names = ['fine before', *FAULTS_OF_SESSIONS, 'lost frames', 'rows in any order', 'fine after']
    sessions = {name: session(100 + number, 'VISp', 2) for number, name in enumerate(names)}
    cache = make_calcium_cache(tmp_path_factory.mktemp('faults') / 'cache', list(sessions.values()), TEMPLATES)
    nwb = {name: cache / 'ophys_experiment_data' / f'{faulty.session_id}.nwb' for name, faulty in sessions.items()}
    for name, (cause, _) in FAULTS_OF_SESSIONS.items():
        cause(nwb[name])
    with h5py.File(nwb['lost frames'], 'r+') as file:
        file[f'{PIPELINE}/Fluorescence/imaging_plane_1_demixed_signal/data'][0, 3000:3020] = np.nan
        file[f'{PIPELINE}/Fluorescence/imaging_plane_1_demixed_signal/data'][1] = 7.
        file[f'{PIPELINE}/Fluorescence/imaging_plane_1_neuropil_response/data'][1] = 0.
    with h5py.File(nwb['rows in any order'], 'r+') as file:
        rows = np.random.default_rng(0).permutation(len(file[SCENES]['data']))
        for name in ('data', 'frame_duration'):
            file[SCENES][name][:] = file[SCENES][name][:][rows]
    answers = Recording().reduce(cache, [str(faulty.session_id) for faulty in sessions.values()])
    return SimpleNamespace(answers=dict(zip(names, answers)), sessions=sessions, cache=cache)


@pytest.mark.parametrize('fault', FAULTS_OF_SESSIONS)
def test_a_faulty_session_is_named_with_what_is_wrong(fault, reductions):
    answer = reductions.answers[fault]
    assert re.search(FAULTS_OF_SESSIONS[fault][1], answer['error']), answer['error']
    assert 'fetch again' in answer['error']
    assert not Recording().is_reduced(reductions.cache, answer['session'])


def test_the_sessions_around_faulty_ones_are_reduced(reductions):
    for name in ('fine before', 'fine after'):
        assert reductions.answers[name] == {'session': str(reductions.sessions[name].session_id), 'neurons': 2}
    left = {path.name for path in (reductions.cache / 'reduced').rglob('*') if path.is_file()}
    fine = [reductions.sessions[name].session_id
            for name in ('fine before', 'lost frames', 'rows in any order', 'fine after')]
    assert left == {'natural_scenes.h5', *(f'{number}.h5' for number in fine)}


def test_presentations_may_lie_in_the_file_in_any_order(reductions):
    """AllenSDK's issue 144."""
    shuffled = reductions.sessions['rows in any order']
    responses, _, _ = read_session(reductions.cache / 'reduced' / 'dff' / f'{shuffled.session_id}.h5')
    expected = mean_sweep_response(shuffled)
    assert np.nanmax(np.abs(responses - expected)) < 1e-4
    assert np.array_equal(np.isnan(responses), np.isnan(expected))


def test_frames_that_are_not_finite_are_missing_and_constant_cells_unreliable(reductions):
    lost = reductions.sessions['lost frames']
    responses, neurons, _ = read_session(reductions.cache / 'reduced' / 'dff' / f'{lost.session_id}.h5')
    # presentations whose 28 frames before or 14 frames after onset reach into frames 3000 to 3019
    onsets = 100 + 7 * np.arange(5950)
    affected = (onsets + 14 > 3000) & (onsets - 28 < 3020)
    blanks = np.array([image < 0 for image, _ in presentation_order(lost)])
    assert np.isnan(responses[..., 0]).sum() == (affected & ~blanks).sum()
    assert not np.isnan(responses[..., 1]).any()
    reliability = mean_reliability(responses)
    assert reliability[0] > .9
    assert np.isnan(reliability[1])


def test_faulty_sessions_stop_packaging_and_partial_packages_the_others(reductions, data_home, monkeypatch):
    numbers = [str(faulty.session_id) for faulty in reductions.sessions.values()]
    monkeypatch.setattr(Recording, 'sessions', lambda self, cache: numbers)
    monkeypatch.setattr(Recording, 'reduce', lambda self, cache, sessions: [
        {'session': number, 'error': 'its file is damaged'} for number in sessions])
    with pytest.raises(RuntimeError, match='16 of 21 sessions failed, all others are reduced. Session 1101: its file'):
        Recording().package(reductions.cache)
    Recording().package(reductions.cache, partial=True)
    assert len(packaged('deVries2020').read_sidecar()['sessions']) == 4
    shutil.rmtree(packaged('deVries2020').directory)
    shutil.rmtree(reductions.cache / 'ophys_experiment_data')
    with pytest.raises(FileNotFoundError, match='17 of 21 sessions .* first is 1101: .*recordings fetch .*--partial'):
        Recording().package(reductions.cache)
    assert not (data_home / 'deVries2020').exists()
    Recording().package(reductions.cache, partial=True)
    sidecar = packaged('deVries2020').read_sidecar()
    assert len(sidecar['sessions']) == 4
    assert not sidecar['complete']


def reduced_cache(tmp_path, monkeypatch):
    """A cache of two sessions that are reduced already."""
    import pandas as pd
    for number in (1, 2):
        table = pd.DataFrame({'neuroid_id': [str(number)], 'region': 'VISp', 'animal': 'a',
                              'session_id': number})
        write_session(tmp_path / 'reduced' / 'dff' / f'{number}.h5',
                      np.random.default_rng(0).normal(size=(N_IMAGES, N_TRIALS, 1)), table, {})
    with h5py.File(tmp_path / 'reduced' / 'natural_scenes.h5', 'w') as file:
        file['templates'] = TEMPLATES
    monkeypatch.setattr(Recording, 'sessions', lambda self, cache: ['1', '2'])
    return tmp_path


def flip_a_byte(path):
    with h5py.File(path) as file:
        chunk = file['responses'].id.get_chunk_info(0)
    content = bytearray(path.read_bytes())
    content[chunk.byte_offset + chunk.size // 2] ^= 1
    path.write_bytes(content)


FAULTS_OF_REDUCED = {
    'truncated': (lambda path: path.write_bytes(path.read_bytes()[:900]), '2.h5 is damaged'),
    'wrong checksum': (flip_a_byte, '2.h5 is damaged'),
    'of another format': (lambda path: h5py.File(path, 'r+').attrs.__setitem__('format', 'x'), "format 'x'"),
    'a dataset less': (lambda path: h5py.File(path, 'r+').pop('responses'), '2.h5 is damaged'),
    'of another session': (lambda path: shutil.copy(path.with_name('1.h5'), path), 'Neuron 1 occurs in two sessions'),
}


@pytest.mark.parametrize('fault', FAULTS_OF_REDUCED)
def test_a_faulty_reduced_session(fault, tmp_path, data_home, monkeypatch):
    cause, message = FAULTS_OF_REDUCED[fault]
    cache = reduced_cache(tmp_path / 'cache', monkeypatch)
    Recording().package(cache)
    before = packaged('deVries2020').assembly.read_bytes()
    cause(cache / 'reduced' / 'dff' / '2.h5')
    with pytest.raises(ValueError, match=message):
        Recording().package(cache)
    assert packaged('deVries2020').assembly.read_bytes() == before


@pytest.mark.parametrize('cause', [Path.unlink, lambda path: path.write_text('?'),
                                   lambda path: h5py.File(path, 'w').close()])
def test_scenes_that_cannot_be_read(cause, tmp_path, data_home, monkeypatch):
    cache = reduced_cache(tmp_path, monkeypatch)
    cause(cache / 'reduced' / 'natural_scenes.h5')
    with pytest.raises(ValueError, match='natural_scenes.h5 is damaged .*: delete .*reduced and package again'):
        Recording().package(cache)
    assert not (data_home / 'deVries2020').exists()


def test_faults_of_the_call(tmp_path, data_home, monkeypatch):
    with pytest.raises(FileNotFoundError, match='is not a cache of allen-calcium: it has no ophys_experiments.json'):
        Recording().package(tmp_path)
    cache = reduced_cache(tmp_path, monkeypatch)
    with pytest.raises(ValueError, match="no responses 'spikes': choose one of dff, events"):
        Recording().package(cache, kind='spikes')
    with pytest.raises(FileNotFoundError, match='2 of 2 sessions have no events, the first is 1'):
        Recording().package(cache, kind='events')


METADATA = {
    'ophys_experiments.json': ('sessions', 'ophys_experiments.json is damaged'),
    'cell_specimens.json': ('cell_metrics', 'cell_specimens.json is damaged'),
    'stimulus_mappings.json': ('cell_metrics', 'lacks a table of metadata.*cannot be asked for it .*: fetch again'),
}
DRIVER = """
import json, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import reduce_sessions
for cache, function in json.loads(sys.argv[2]):
    try:
        getattr(reduce_sessions, function)(Path(cache))
        print(json.dumps({'error': None}))
    except ValueError as error:
        print(json.dumps({'error': str(error)}))
"""


@pytest.fixture(scope='module')
def metadata_errors(tmp_path_factory):
    directory, calls = tmp_path_factory.mktemp('metadata'), []
    for name, (function, _) in METADATA.items():
        cache = make_calcium_cache(directory / name, [], TEMPLATES)
        content = '[{"id":'
        (cache / name).write_text(content)
        if name == 'stimulus_mappings.json':
            (cache / name).unlink()
        calls.append((str(cache), function))
    driver = directory / 'driver.py'
    driver.write_text(DRIVER)
    errors = allen_environment.run(driver, recording.SCRIPT.parent, json.dumps(calls))
    return dict(zip(METADATA, [answer['error'] for answer in errors]))


@pytest.mark.parametrize('file', METADATA)
def test_damaged_metadata_are_named(file, metadata_errors):
    assert re.search(METADATA[file][1], metadata_errors[file]), metadata_errors[file]


FOREIGN_MANIFESTS = {  # of another computer, of another release, no manifest at all
    'windows': json.dumps({'manifest': [{'key': 'BASEDIR', 'type': 'dir', 'spec': 'C:\\Users\\me\\allen'},
                                        {'type': 'manifest_version', 'value': '1.3'}]}),
    'old': json.dumps({'manifest': [{'key': 'BASEDIR', 'type': 'dir', 'spec': '.'},
                                    {'type': 'manifest_version', 'value': '0.1'}]}),
    'damaged': '{"manifest": ['}


@pytest.fixture(scope='module')
def metadata_beside_foreign_manifests(tmp_path_factory):
    directory = tmp_path_factory.mktemp('manifests')
    caches = {name: make_calcium_cache(directory / name, [], TEMPLATES) for name in FOREIGN_MANIFESTS}
    for name, cache in caches.items():
        (cache / 'manifest.json').write_text(FOREIGN_MANIFESTS[name])
    before = {name: {path.name for path in cache.rglob('*')} for name, cache in caches.items()}
    driver = directory / 'driver.py'
    driver.write_text(DRIVER)
    answers = allen_environment.run(driver, recording.SCRIPT.parent,
                                    json.dumps([(str(cache), 'sessions') for cache in caches.values()]))
    errors = dict(zip(caches, [answer['error'] for answer in answers]))
    return {name: (errors[name], before[name] ^ {path.name for path in cache.rglob('*')})
            for name, cache in caches.items()}


@pytest.mark.parametrize('manifest', FOREIGN_MANIFESTS)
def test_a_manifest_of_another_computer_or_release_is_of_no_consequence(manifest, metadata_beside_foreign_manifests):
    error, changed = metadata_beside_foreign_manifests[manifest]
    assert error is None
    assert changed == set()  # no folder of that name, no manifest of ours


def test_a_cache_that_cannot_be_written_is_reduced_into_the_home(tmp_path, monkeypatch):
    cache = tmp_path / 'cache'
    (cache / 'reduced' / 'dff').mkdir(parents=True)
    (cache / 'reduced' / 'dff' / '1.h5').touch()
    assert reduced_folder(cache) == cache / 'reduced'
    monkeypatch.setattr(os, 'access', lambda path, mode: not Path(path).is_relative_to(cache))
    elsewhere = reduced_folder(cache)
    assert elsewhere.is_relative_to(project_home())
    assert reduced_file(cache, 'dff', '1.h5') == cache / 'reduced' / 'dff' / '1.h5'  # what it has reduced is used
    assert reduced_file(cache, 'dff', '2.h5') == elsewhere / 'dff' / '2.h5'
    assert reduced_folder(tmp_path / 'other' / 'cache') != elsewhere


def test_fetching_reduces_and_deletes_and_goes_on_where_it_was_stopped(recorded, tmp_path, monkeypatch):
    published = tmp_path / 'published'
    shutil.copytree(recorded.cache, published, ignore=shutil.ignore_patterns('reduced', 'manifest.json'))
    cache = tmp_path / 'cache'
    monkeypatch.setattr(Recording, 'sessions', lambda self, cache: ['1010', '1020', '1030'])
    with serve_bucket(published, 'visual-coding-2p/', monkeypatch) as server:
        monkeypatch.setattr(recording, 'BUCKET', server.bucket)
        server.fail_on('1020.nwb')
        with pytest.raises(OSError, match='1020.nwb cannot be fetched.*run the same command again'):
            fetch('allen-calcium', cache)
        assert Recording().is_reduced(cache, '1010')
        server.fail_on(None)
        server.requests.clear()
        fetch('allen-calcium', cache)
        assert not [path for path in server.requests if '1010' in path]
    assert not list((cache / 'ophys_experiment_data').glob('*'))
    Recording().package(cache, tmp_path / '.brainio')
    assert packaged('deVries2020', tmp_path / '.brainio').read_sidecar()['sha1'] == packaged(
        'deVries2020', recorded.home).read_sidecar()['sha1']


@pytest.mark.slow
def test_responses_equal_allensdks_and_are_a_hundred_times_faster(tmp_path):
    nwb = tmp_path / 'session.nwb'
    write_nwb(nwb, session(10, 'VISp', 3), TEMPLATES)
    driver = tmp_path / 'driver.py'
    driver.write_text(Path(__file__).with_name('allensdk_comparison.py').read_text())
    (answer,) = allen_environment.run(driver, recording.SCRIPT.parent, nwb)
    assert answer['difference'] < 1e-4
    assert answer['ratio'] > 100
