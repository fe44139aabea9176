"""Stimulus sets and assemblies as they are written: what Brain-Score and the data plugins read of them."""
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import netCDF4
import numpy as np
import pytest
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly, StimulusMergeAssemblyLoader
from brainscore_core.supported_data_standards.brainio.stimuli import StimulusSet
from brainscore_vision.data.mouse_recordings.loading import load_assembly
from fabricated.packaged_recording import IDS, neurons, package
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brainscore_plugin.data.mouse_recordings.layout import packaged
from brainscore_plugin.recordings import brainio_writer
from brainscore_plugin.recordings.brainio_writer import AssemblyWriter, image_trials
from brainscore_plugin.recordings.packaged_folder import packaged_folder

ABSENT = 'Fetch it: 1 GB, CC BY.'


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
    ours = load_assembly('Test2020', ABSENT)
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
    with Image.open(layout.stimuli / 'scene_02.png') as image:
        assert (image.mode, image.size, image.getpixel((0, 0))) == ('L', (7, 5), 30)


def test_the_same_input_gives_the_same_bytes(home, tmp_path):
    expected = package().read_sidecar()['sha1']
    assert package().read_sidecar()['sha1'] == expected
    code = ('import sys; from brainscore_core.supported_data_standards.brainio import fetch; '
            'from fabricated.packaged_recording import package; fetch._local_data_path = sys.argv[1]; package()')
    other = tmp_path / 'other' / '.brainio'
    subprocess.run([sys.executable, '-W', 'ignore', '-c', code, str(other)], check=True,
                   env={**os.environ, 'PYTHONPATH': str(Path(__file__).parents[1]), 'PYTHONHASHSEED': '123'})
    assert packaged('Test2020', other).read_sidecar()['sha1'] == expected


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sizes=st.lists(st.integers(1, 7), min_size=1, max_size=5), n_bins=st.integers(1, 3), chunk=st.integers(1, 5),
       seed=st.integers(0, 1000))
def test_sessions_come_back_in_order_whatever_their_sizes(home, sizes, n_bins, chunk, seed):
    rng = np.random.default_rng(seed)
    blocks = [rng.normal(size=(3, 4, n, n_bins)).astype(np.float32) for n in sizes]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(brainio_writer, 'CHUNK_BYTES', chunk * 4 * n_bins * 12)
        package(blocks=blocks, bins=[(10 * i, 10 * i + 10) for i in range(n_bins)])
    expected = np.concatenate(blocks, axis=2).reshape(12, sum(sizes), n_bins)
    assert np.array_equal(load_assembly('Test2020', ABSENT).values, expected)
    odd = load_assembly('Test2020', ABSENT, keep=lambda table: table['neuroid_id'].str[1:].astype(int) % 2 == 1)
    assert np.array_equal(odd.values, expected[:, 1::2])


def test_a_missing_presentation_stays_missing(home):
    block = np.ones((3, 4, 2))
    block[1, 2] = np.nan
    package(blocks=[block])
    values = load_assembly('Test2020', ABSENT).values[..., 0]
    assert np.argwhere(np.isnan(values).any(axis=1)).ravel().tolist() == [1 * 4 + 2]


def test_memory_does_not_grow_with_the_number_of_sessions(home):
    import tracemalloc
    responses = np.random.default_rng(0).normal(size=(118, 50, 40)).astype(np.float32)

    def peak(n_sessions):
        tracemalloc.start()
        with packaged_folder('Large', {}) as layout, \
                AssemblyWriter(layout.assembly, image_trials(map(str, range(118)), 50), [(0, 250)]) as writer:
            for session in range(n_sessions):
                writer.append(responses, neurons(40, 40 * session))
        return tracemalloc.get_traced_memory()[1], tracemalloc.stop()

    assert peak(20)[0] < peak(10)[0] + 1e6


def test_responses_are_compressed_in_chunks_of_neurons(home):
    layout = package()
    with netCDF4.Dataset(layout.assembly) as file:
        assert file['data'].filters()['zlib']
        assert file['data'].chunking()[0] == 12
