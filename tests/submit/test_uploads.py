"""Recordings that have been uploaded: the loaders of a pull request fetch them by version and SHA-1."""
import json

import numpy as np
import pandas as pd
import pytest
from brainscore_core.supported_data_standards.brainio import fetch
from brainscore_vision.data.deVries2020.recording import load_recordings

from brainscore_plugin.data.mouse_recordings.layout import packaged
from brainscore_plugin.link import installed_brainscore
from brainscore_plugin.recordings.brainio_writer import AssemblyWriter, image_trials, write_stimuli
from brainscore_plugin.recordings.packaged_folder import packaged_folder
from brainscore_plugin.submit.checks import verify
from brainscore_plugin.submit.fresh_copy import FreshCopy
from brainscore_plugin.submit.own_plugins import lay_plugin, own_plugins
from brainscore_plugin.submit.uploads import (
    BUCKET,
    local_files,
    point_at_storage,
    read_versions,
    upload_checks,
    uploadable,
)

SCENES = ['allen_ns_000', 'allen_ns_001', 'allen_ns_002']
SHA1 = '0' * 40


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


@pytest.fixture
def versions(home):
    return {'deVries2020': {'bucket': f'{BUCKET}/deVries2020', **{
        file: {'version_id': 'v1', 'sha1': sha1} for file, (_, _, sha1) in local_files('deVries2020').items()}}}


@pytest.fixture(scope='module')
def data_tree(tmp_path_factory):
    """The plugins as they are, without models."""
    tree = tmp_path_factory.mktemp('tree')
    for plugin in own_plugins():
        if plugin.type != 'models':
            lay_plugin(plugin, tree)
    return tree


# what Brain-Score's processes see of an uploaded recording, and then the tests of its plugin
LOAD_AND_TEST = """import sys
import numpy as np
import pytest
from brainscore_vision.data.deVries2020.recording import load_recordings
mouse = load_recordings('VISp', 'none')
np.savez(sys.argv[1], values=mouse.values, neurons=mouse['neuroid_id'].values, stimuli=mouse['stimulus_id'].values,
         numbers=mouse['image_number'].values, scenes=mouse.attrs['stimulus_set']['stimulus_id'].values)
sys.exit(pytest.main(['-q', '-p', 'no:cacheprovider', sys.argv[2]]))
"""


def test_uploaded_recordings_load_as_local_ones_do(home, versions, data_tree, tmp_path):
    local = load_recordings('VISp', 'none')
    copy = FreshCopy(tmp_path / 'copy', installed_brainscore())
    copy.add(data_tree)
    point_at_storage(copy.brainscore, versions)
    verify(upload_checks(versions, copy))  # seeds the copy's data home with the files, by SHA-1
    tests = copy.python('-c', LOAD_AND_TEST, tmp_path / 'uploaded.npz', copy.brainscore / 'data/deVries2020/test.py',
                        BRAINIO_HOME=str(copy.folder / '.brainio'), PYTEST_DISABLE_PLUGIN_AUTOLOAD='1')
    assert tests.returncode == 0, tests.stdout + tests.stderr
    uploaded = np.load(tmp_path / 'uploaded.npz', allow_pickle=True)
    expected = {'values': local.values, 'neurons': local['neuroid_id'].values, 'stimuli': local['stimulus_id'].values,
                'numbers': local['image_number'].values,
                'scenes': local.attrs['stimulus_set']['stimulus_id'].values}
    assert len(expected['neurons']) == 3
    assert set(expected) == set(uploaded)
    for name in expected:
        assert np.array_equal(expected[name], uploaded[name]), name
    assert ' passed' in tests.stdout
    assert '2 skipped' in tests.stdout  # deVries2020 is never absent now; deVries2020.events is not uploaded


def test_a_sha1_other_than_that_of_the_packaged_file_fails(home, versions, tmp_path, capsys):
    versions['deVries2020']['stimuli_zip']['sha1'] = SHA1

    class Copy:
        folder = tmp_path
    with pytest.raises(RuntimeError, match='1 of 3 checks failed'):
        verify(upload_checks(versions, Copy))
    assert '✗ recordings from the storage: stimuli_zip of deVries2020' in capsys.readouterr().out


def test_what_is_not_uploaded_is_named_with_its_sha1s(home):
    (line,) = (line for line in verify(upload_checks({}, None)) if 'still to be uploaded' in line)
    for path in (packaged('deVries2020').assembly, packaged('deVries2020').stimuli_zip):
        sha1 = packaged('deVries2020').read_sidecar()['sha1'][path.name]
        assert f'{path.name} SHA-1 {sha1}' in line
    assert 'Siegle2021: SHA-1 not known, it is not packaged here' in line


def test_names_in_the_storage_have_no_points(home):
    """Brain-Score asks for them so."""
    names = [name for _, name, _ in local_files('deVries2020.events').values()]
    assert names == ['assy_deVries2020_events.nc', 'stimulus_deVries2020_events.csv', 'stimulus_deVries2020_events.zip']


def entry(**changes):
    return {'bucket': 'b/c', 'assembly': {'version_id': 'v', 'sha1': SHA1}, **changes}


@pytest.mark.parametrize(('content', 'says'), [
    ('no json', 'expected JSON'),
    ([], 'expected JSON'),
    ({'deVries2020': {'bucket': 'b'}}, 'has bucket; expected bucket, assembly'),
    ({'deVries2020': 'b'}, 'has b; expected'),
    ({'deVries2020': entry(stimuli_csv='b')}, 'expected JSON'),
    ({'deVries2020': entry(assembly={'version_id': 'v', 'sha1': 'short'})}, 'sha1, 40 hexadecimal digits'),
    ({'deVries2020': entry(assembly={'sha1': SHA1})}, 'expected version_id and sha1'),
    ({'deVries2020': entry(weights={})}, 'has bucket, assembly, weights'),
    ({'SimulatedMouse': entry()}, "'SimulatedMouse' is not a recording that can be uploaded; these are deVries2020"),
    ({'Willeke2022.21067-10-18': entry()}, 'must not be uploaded: the licence'),
    ({'Willeke2022': entry()}, 'must not be uploaded: the licence'),
    ({'Conwell2021': entry()}, 'must not be uploaded: no licence'),
])
def test_an_invalid_file_of_versions_says_why(tmp_path, content, says):
    path = tmp_path / 'versions.json'
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    with pytest.raises(ValueError, match=says):
        read_versions(path)


def test_what_can_be_uploaded_is_registered():
    assert uploadable() == ['deVries2020', 'deVries2020.events', 'Siegle2021', 'Siegle2021.binned']
