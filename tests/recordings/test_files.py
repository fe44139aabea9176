"""Writing, publishing, verifying and loading recordings: the files themselves, without any recording."""
import errno
import multiprocessing
import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import netCDF4
import numpy as np
import pandas as pd
import pytest
from brainscore_core.supported_data_standards.brainio import fetch
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly, StimulusMergeAssemblyLoader
from brainscore_core.supported_data_standards.brainio.stimuli import StimulusSet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brainscore_plugin.data.mouse_recordings.layout import packaged
from brainscore_plugin.recordings import files
from brainscore_plugin.recordings.files import AssemblyWriter, check_room, image_trials, publishing, write_stimuli
from brainscore_plugin.recordings.verify import verify

IDS = ['scene_00', 'scene_01', 'scene_02']
N_TRIALS = 4
TABLE = pd.DataFrame({'stimulus_id': IDS, 'brightness': [.1, .2, .3]})
PICTURES = [np.full((5, 7), level, np.uint8) for level in (10, 20, 30)]


@pytest.fixture
def home(tmp_path, monkeypatch):
    home = tmp_path / '.brainio'
    monkeypatch.setattr(fetch, '_local_data_path', str(home))
    return home


def neurons(n, start=0, area='VISp'):
    return pd.DataFrame({'neuroid_id': [f'n{start + i}' for i in range(n)], 'region': area, 'animal': 'mouse1',
                         'session_id': 7, 'reliability': np.linspace(0, 1, n)})


def package(identifier='Test2020', blocks=None, recipe=None, bins=((0, 250),)):
    """Package blocks of responses (3, 4, n_neurons[, n_bins]); returns the layout of the result."""
    blocks = [np.arange(3 * 4 * 2, dtype=float).reshape(3, 4, 2)] if blocks is None else blocks
    with publishing(identifier, {'source': 'test'} if recipe is None else recipe) as layout:
        write_stimuli(layout, TABLE, PICTURES)
        with AssemblyWriter(layout.assembly, image_trials(IDS, N_TRIALS), list(bins)) as writer:
            start = 0
            for block in blocks:
                writer.append(block, neurons(block.shape[2], start))
                start += block.shape[2]
    return packaged(identifier)


def load(identifier='Test2020', **options):
    from brainscore_vision.data.mouse_recordings.loading import load_assembly
    return load_assembly(identifier, 'Fetch it: 1 GB, CC BY.', **options)


def test_brainscores_own_loader_reads_what_was_written(home):
    layout = package()
    stimuli = StimulusSet.from_files(layout.stimuli_csv, layout.stimuli)
    assembly = StimulusMergeAssemblyLoader(cls=NeuroidAssembly, file_path=layout.assembly, stimulus_set=stimuli,
                                           stimulus_set_identifier='Test2020').load()
    assert assembly.dims == ('presentation', 'neuroid', 'time_bin')
    assert assembly.values.ravel().tolist() == list(range(24))
    assert assembly['stimulus_id'].values.tolist() == np.repeat(IDS, 4).tolist()
    assert assembly['repetition'].values.tolist() == [0, 1, 2, 3] * 3
    assert assembly['brightness'].values.tolist() == np.repeat([.1, .2, .3], 4).tolist()
    assert assembly['neuroid_id'].values.tolist() == ['n0', 'n1']


def test_our_loader_gives_what_brainscores_gives(home):
    layout = package()
    ours = load()
    stimuli = StimulusSet.from_files(layout.stimuli_csv, layout.stimuli)
    theirs = StimulusMergeAssemblyLoader(cls=NeuroidAssembly, file_path=layout.assembly, stimulus_set=stimuli,
                                         stimulus_set_identifier='Test2020').load()
    assert isinstance(ours, NeuroidAssembly)
    assert set(ours.coords) == set(theirs.coords)
    assert np.array_equal(ours.values, theirs.values)
    for name in ('stimulus_id', 'repetition', 'neuroid_id', 'region', 'reliability', 'brightness', 'time_bin_end'):
        assert ours[name].values.tolist() == theirs[name].values.tolist()
    assert ours.attrs['stimulus_set'].identifier == 'Test2020'


def test_stimuli_are_8_bit_pngs_in_a_zip_and_unpacked(home):
    from PIL import Image
    layout = package()
    with zipfile.ZipFile(layout.stimuli_zip) as archive:
        assert archive.namelist() == [f'{name}.png' for name in IDS]
        assert archive.read('scene_01.png') == (layout.stimuli / 'scene_01.png').read_bytes()
    with Image.open(layout.stimuli / 'scene_02.png') as picture:
        assert (picture.mode, picture.size, picture.getpixel((0, 0))) == ('L', (7, 5), 30)


def test_the_same_input_gives_the_same_bytes(home, tmp_path):
    expected = package().read_sidecar()['sha1']
    assert package().read_sidecar()['sha1'] == expected
    code = 'import sys, test_files; test_files.fetch._local_data_path = sys.argv[1]; test_files.package()'
    other = tmp_path / 'other' / '.brainio'
    subprocess.run([sys.executable, '-W', 'ignore', '-c', code, str(other)], check=True,
                   env={**os.environ, 'PYTHONPATH': str(Path(__file__).parent), 'PYTHONHASHSEED': '123'})
    assert packaged('Test2020', other).read_sidecar()['sha1'] == expected


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sizes=st.lists(st.integers(1, 7), min_size=1, max_size=5), n_bins=st.integers(1, 3), chunk=st.integers(1, 5),
       seed=st.integers(0, 1000))
def test_sessions_come_back_in_order_whatever_their_sizes(home, sizes, n_bins, chunk, seed):
    rng = np.random.default_rng(seed)
    blocks = [rng.normal(size=(3, 4, n, n_bins)).astype(np.float32) for n in sizes]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, 'CHUNK_BYTES', chunk * 4 * n_bins * 12)
        package(blocks=blocks, bins=[(10 * i, 10 * i + 10) for i in range(n_bins)])
    expected = np.concatenate(blocks, axis=2).reshape(12, sum(sizes), n_bins)
    assert np.array_equal(load().values, expected)
    odd = load(keep=lambda table: table['neuroid_id'].str[1:].astype(int) % 2 == 1)
    assert np.array_equal(odd.values, expected[:, 1::2])


def test_a_missing_presentation_stays_missing(home):
    block = np.ones((3, 4, 2))
    block[1, 2] = np.nan
    package(blocks=[block])
    values = load().values[..., 0]
    assert np.argwhere(np.isnan(values).any(axis=1)).ravel().tolist() == [1 * 4 + 2]


def test_memory_does_not_grow_with_the_number_of_sessions(home):
    import tracemalloc
    responses = np.random.default_rng(0).normal(size=(118, 50, 40)).astype(np.float32)

    def peak(n_sessions):
        tracemalloc.start()
        with publishing('Large', {}) as layout, \
                AssemblyWriter(layout.assembly, image_trials(map(str, range(118)), 50), [(0, 250)]) as writer:
            for session in range(n_sessions):
                writer.append(responses, neurons(40, 40 * session))
        return tracemalloc.get_traced_memory()[1], tracemalloc.stop()

    assert peak(20)[0] < peak(10)[0] + 1e6


def sidecar_and_files(layout):
    return {path: path.read_bytes() for path in layout.directory.rglob('*') if path.is_file()}


FAULTS_OF_PACKAGING = {
    'a repeated stimulus': (lambda layout: write_stimuli(layout, TABLE.replace('scene_01', 'scene_00'), PICTURES),
                            ValueError, "'scene_00' occurs twice"),
    'too few pictures': (lambda layout: write_stimuli(layout, TABLE, PICTURES[:2]), ValueError, '2 pictures for 3'),
    'too many pictures': (lambda layout: write_stimuli(layout, TABLE, PICTURES + PICTURES), ValueError,
                          'more than 3 pictures for 3'),
    'a 16-bit picture': (lambda layout: write_stimuli(layout, TABLE, [p.astype(np.uint16) for p in PICTURES]),
                         ValueError, 'scene_00.png is uint16'),
    'an RGBA picture': (lambda layout: write_stimuli(layout, TABLE, [np.zeros((5, 7, 4), np.uint8)] * 3), ValueError,
                        r'\(5, 7, 4\)'),
    'no neurons': (lambda layout: write(layout, []), ValueError, 'no neurons'),
    'missing repeats': (lambda layout: write(layout, [(np.ones((3, 3, 2)), neurons(2))]), ValueError,
                        r'\(3, 3, 2\) are not 12 presentations x 2 neurons'),
    'fewer neurons than rows': (lambda layout: write(layout, [(np.ones((3, 4, 2)), neurons(3))]), ValueError,
                                '3 neurons'),
    'other columns': (lambda layout: write(layout, [(np.ones((3, 4, 2)), neurons(2)),
                                                    (np.ones((3, 4, 2)), neurons(2, 2).drop(columns='region'))]),
                      ValueError, 'those before had'),
    'a full disk': (lambda layout: fail(OSError(errno.ENOSPC, 'No space left on device')), OSError, 'disk is full'),
    'a stop by the user': (lambda layout: fail(KeyboardInterrupt('^C')), KeyboardInterrupt, r'\^C'),
}


def write(layout, sessions):
    with AssemblyWriter(layout.assembly, image_trials(IDS, N_TRIALS), [(0, 250)]) as writer:
        for responses, table in sessions:
            writer.append(responses, table)


def fail(error):
    raise error


@pytest.mark.parametrize('fault', FAULTS_OF_PACKAGING)
def test_a_fault_while_packaging_is_a_clear_error_and_leaves_what_was_packaged(fault, home):
    cause, error, message = FAULTS_OF_PACKAGING[fault]
    before = sidecar_and_files(package())
    with pytest.raises(error, match=message), publishing('Test2020', {}) as layout:
        cause(layout)
    assert sidecar_and_files(packaged('Test2020')) == before
    assert {path.name for path in home.iterdir()} <= {'Test2020', '.Test2020.lock'}


def test_a_full_disk_is_recognised_behind_the_error_of_the_netcdf_library(home, monkeypatch):
    monkeypatch.setattr(files, '_is_full', lambda directory: True)
    with pytest.raises(OSError, match='disk is full.*BRAINIO_HOME'), publishing('Test2020', {}):
        raise RuntimeError('NetCDF: HDF error')


def test_two_packagers_at_once(home):
    with publishing('Test2020', {}) as layout:
        with pytest.raises(RuntimeError, match='being packaged by another process'), publishing('Test2020', {}):
            pass
        assert layout.directory.is_dir()
        layout.stimuli_csv.write_text('of the first')
    assert packaged('Test2020').stimuli_csv.read_text() == 'of the first'


def package_and_hang(home, ready):
    fetch._local_data_path = str(home)
    with publishing('Test2020', {}) as layout:
        layout.assembly.write_text('half')
        ready.set()
        signal.pause()


def test_a_packager_that_is_killed_leaves_nothing_that_matters(home):
    before = sidecar_and_files(package())
    ready = multiprocessing.get_context('fork').Event()
    packager = multiprocessing.get_context('fork').Process(target=package_and_hang, args=(home, ready))
    packager.start()
    assert ready.wait(20)
    os.kill(packager.pid, signal.SIGKILL)
    packager.join()
    assert sidecar_and_files(packaged('Test2020')) == before
    assert package().damage() == []
    assert {path.name for path in home.iterdir()} == {'Test2020', '.Test2020.lock'}


def test_a_packager_that_is_killed_between_two_renames_loses_nothing(home):
    layout = package()
    before = sidecar_and_files(layout)
    layout.directory.rename(layout.directory.with_name('.Test2020.former'))
    with pytest.raises(ValueError, match='stop'), publishing('Test2020', {}):
        fail(ValueError('stop'))
    assert sidecar_and_files(layout) == before


def test_room_is_checked_before_work_begins(tmp_path):
    with pytest.raises(OSError, match=r'Fetching needs 1000000000.0 GB, and .* GB free'):
        check_room(tmp_path / 'not' / 'there', 10 ** 18, 'Fetching')


DAMAGES = {
    'changed assembly': (lambda layout: flip(layout.assembly), 'assy_Test2020.nc has changed'),
    'truncated assembly': (lambda layout: truncate(layout.assembly), 'assy_Test2020.nc has changed'),
    'missing picture': (lambda layout: (layout.stimuli / 'scene_01.png').unlink(), 'scene_01.png is missing'),
    'changed table': (lambda layout: layout.stimuli_csv.write_text('stimulus_id,filename\n'), 'csv has changed'),
    'damaged sidecar': (lambda layout: layout.sidecar.write_text('{"sha1": '), 'Test2020.json is damaged'),
    'another sidecar': (lambda layout: layout.sidecar.write_text('{"sha1": 3}'), 'Test2020.json is damaged'),
}


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 255
    path.write_bytes(content)


def truncate(path):
    path.write_bytes(path.read_bytes()[:len(path.read_bytes()) // 2])


@pytest.mark.parametrize('damage', DAMAGES)
def test_verify_names_the_damaged_file(damage, home):
    cause, message = DAMAGES[damage]
    assert verify('Test2020', home=package().directory.parent)[0]['source'] == 'test'
    cause(packaged('Test2020'))
    with pytest.raises(ValueError, match=message):
        verify('Test2020')


@pytest.mark.parametrize(('damage', 'message'), [('truncated assembly', 'assy_Test2020.nc has changed'),
                                                 ('missing picture', 'scene_01.png is missing'),
                                                 ('changed table', 'csv has changed')])
def test_loading_names_the_damaged_file(damage, message, home):
    package()
    DAMAGES[damage][0](packaged('Test2020'))
    with pytest.raises(ValueError, match=f'{message}.*Package Test2020 again'):
        load()


def test_absent_recordings_say_how_to_get_them(home):
    with pytest.raises(FileNotFoundError, match=r'Nowhere2020 are not in .*\. Fetch it: 1 GB, CC BY\.'):
        load('Nowhere2020')
    with pytest.raises(FileNotFoundError, match='Nowhere2020 is not packaged'):
        verify('Nowhere2020')


def test_responses_are_compressed_in_chunks_of_neurons(home):
    layout = package()
    with netCDF4.Dataset(layout.assembly) as file:
        assert file['data'].filters()['zlib']
        assert file['data'].chunking()[0] == 12
