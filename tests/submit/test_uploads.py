"""Plugins whose recordings and weights are in Brain-Score's storage, in a copy where the very files stand in for it."""
import json
import re

import numpy as np
import pandas as pd
import pytest
from brainscore_core.supported_data_standards.brainio import fetch

from brainscore_plugin.data.mouse_recordings.layout import packaged
from brainscore_plugin.link import PLUGIN_ROOT, installed_brainscore
from brainscore_plugin.recordings.brainio_writer import AssemblyWriter, image_trials, write_stimuli
from brainscore_plugin.recordings.packaged_folder import packaged_folder
from brainscore_plugin.submit.checks import verify
from brainscore_plugin.submit.fresh_copy import FreshCopy
from brainscore_plugin.submit.own_plugins import lay_plugin, own_plugins
from brainscore_plugin.submit.plugin_module import plugin_module
from brainscore_plugin.submit.storage_files import RECORDING_PARTS, WEIGHTS_PARTS, left_out, storage_files
from brainscore_plugin.submit.uploads import point_at_storage, stand_in, upload_checks
from brainscore_plugin.submit.versions import loaded_from_storage, to_be_uploaded

SCENES = ['allen_ns_000', 'allen_ns_001', 'allen_ns_002']
MODEL = 'alexnet64_simclr_real'
SHIPPED = PLUGIN_ROOT / 'models' / 'alexnet64' / 'weights' / f'{MODEL}.safetensors'


@pytest.fixture(scope='module')
def home(tmp_path_factory):
    """A data home with small recordings packaged, responses and events: 3 scenes x 4 trials, 5 neurons."""
    home = tmp_path_factory.mktemp('home') / '.brainio'
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fetch, '_local_data_path', str(home))
        for identifier in ('deVries2020', 'deVries2020.events'):
            _package(identifier)
        yield home


def _package(identifier):
    with packaged_folder(identifier, {'source': 'test'}) as layout:
        write_stimuli(layout, pd.DataFrame({'stimulus_id': SCENES, 'image_number': range(3)}),
                      [np.full((5, 7), level, np.uint8) for level in (10, 20, 30)])
        with AssemblyWriter(layout.assembly, image_trials(SCENES, 4), [(0, 467)]) as writer:
            writer.append(np.random.default_rng(0).standard_normal((3, 4, 5)), pd.DataFrame({
                'neuroid_id': list('abcde'), 'region': ['VISp'] * 3 + ['VISl'] * 2, 'animal': list('mmnmn'),
                'reliability': [.9, .8, .1, .9, .9], 'p_run_mod_ns': .5, 'p_ns': .001}))


@pytest.fixture(scope='module')
def files(home, tmp_path_factory):
    return storage_files(own_plugins(), tmp_path_factory.mktemp('zips'))


@pytest.fixture(scope='module')
def stored(files):
    """deVries2020 is uploaded, its events are not; what is in no tree is stored anyway."""
    versions = to_be_uploaded({'deVries2020': files['deVries2020']})
    for part in RECORDING_PARTS:
        versions['deVries2020'][part]['version_id'] = 'v1'
    return loaded_from_storage(files, versions)



LOAD = """import sys
import numpy as np
from brainscore_vision import load_dataset, load_model
from brainscore_vision.data.deVries2020.recording import load_recordings
mouse, antolik = load_recordings('VISp', 'none'), load_dataset('Antolik2016')
weights = load_model('alexnet64_simclr_real').activations_model._model.conv1[0].weight
np.savez(sys.argv[1], values=mouse.values, neurons=mouse['neuroid_id'].values, stimuli=mouse['stimulus_id'].values,
         numbers=mouse['image_number'].values, scenes=mouse.attrs['stimulus_set']['stimulus_id'].values,
         antolik=antolik.values, fields=antolik['animal'].values, images=antolik['stimulus_id'].values,
         repetitions=antolik['repetition'].values, weights=weights.detach().numpy())
"""


@pytest.fixture(scope='module')
def copy(files, stored, tmp_path_factory):
    """A Brain-Score with plugins that ask the storage."""
    copy = FreshCopy(tmp_path_factory.mktemp('copy') / 'copy', installed_brainscore())
    for plugin in own_plugins():
        if plugin.type == 'data' or plugin.name == 'alexnet64':
            lay_plugin(plugin, copy.brainscore, left_out(plugin))
    point_at_storage(copy.brainscore, stored)
    stand_in(copy, files, stored)
    return copy


def test_what_is_stored_loads_as_what_lies_in_the_plugin_does(copy, home, tmp_path, monkeypatch):
    run = copy.python('-c', LOAD, tmp_path / 'stored.npz')
    assert run.returncode == 0, run.stderr
    monkeypatch.setattr(fetch, '_local_data_path', str(home))
    monkeypatch.setattr('sys.argv', ['', str(tmp_path / 'here.npz')])
    exec(LOAD, {})
    expected, found = (np.load(tmp_path / name, allow_pickle=True) for name in ('here.npz', 'stored.npz'))
    assert len(expected['neurons']) == 3
    assert set(expected) == set(found)
    for name in expected:
        assert np.array_equal(expected[name], found[name], equal_nan=name in ('values', 'antolik')), name
    assert not list(copy.brainscore.glob('models/alexnet64/weights'))
    assert not list(copy.brainscore.glob('data/Antolik2016/recordings'))


def test_plugins_pass_their_tests_by_what_is_stored(copy):
    run = copy.python('-m', 'pytest', '-q', '-p', 'no:cacheprovider', copy.brainscore / 'data/deVries2020/test.py',
                      copy.brainscore / 'data/Antolik2016/test.py', copy.brainscore / 'models/alexnet64/test.py',
                      '-k', 'not recorded and not primate and not no_two_models', PYTEST_DISABLE_PLUGIN_AUTOLOAD='1')
    # deVries2020 is never absent now, but its events are not uploaded; Antolik2016 has no files of its own
    assert re.search(r'^\d+ passed, 3 skipped', run.stdout, re.MULTILINE), run.stdout[-2000:]


def test_weights_other_than_those_that_were_submitted_are_refused_and_removed(copy, monkeypatch):
    monkeypatch.setenv('BRAINSCORE_HOME', str(copy.weights_home))
    weights = plugin_module(copy.brainscore / 'models' / 'alexnet64' / 'weights.py')
    assert weights.weights_file(MODEL).read_bytes() == SHIPPED.read_bytes()
    (place,) = copy.weights_home.rglob(f'{MODEL}.safetensors')
    place.unlink()
    place.write_bytes(b'other weights')
    with pytest.raises(RuntimeError, match=rf'{MODEL}\.safetensors had the SHA-1 .*, expected .*, and was removed'):
        weights.weights_file(MODEL)
    assert not place.exists()


def lines_of(capsys, *arguments):
    with pytest.raises(RuntimeError):
        verify(upload_checks(*arguments))
    return capsys.readouterr().out


def test_a_sha1_other_than_that_of_the_file_fails(files, stored, capsys):
    changed = json.loads(json.dumps(stored))
    changed['deVries2020']['stimuli_zip']['sha1'] = changed[MODEL]['weights']['sha1'] = '0' * 40
    assert '✗ recordings from the storage: stimuli_zip of deVries2020' in lines_of(
        capsys, files, changed, None, RECORDING_PARTS)
    assert f'✗ weights from the storage: weights of {MODEL}: the file gives' in lines_of(
        capsys, files, changed, None, WEIGHTS_PARTS)


def test_what_is_said_to_be_uploaded_but_is_not_here_cannot_be_verified(stored, capsys):
    assert 'deVries2020 is not packaged here' in lines_of(
        capsys, {}, {'deVries2020': stored['deVries2020']}, None, RECORDING_PARTS)


def test_a_line_says_how_far_the_storage_was_tried(files, stored):
    (line,) = verify(upload_checks(files, stored, None, WEIGHTS_PARTS))
    size = sum(parts['weights'].size for parts in files.values() if 'weights' in parts) / 1e6
    assert f'{size:.1f} MB, by SHA-1, from a stand-in with the very files; that they are there' in line


def test_what_is_not_uploaded_is_named_with_its_sha1s(files, home):
    (line,) = (line for line in verify(upload_checks(files, {}, None, RECORDING_PARTS)) if 'still to be' in line)
    for path in (packaged('deVries2020').assembly, packaged('deVries2020').stimuli_zip):
        sha1 = packaged('deVries2020').read_sidecar()['sha1'][path.name]
        assert f'{path.name} SHA-1 {sha1}' in line
    assert 'Siegle2021: SHA-1 not known, it is not packaged here' in line
