"""The files that go to Brain-Score's storage: which, under what names, and that they are the very ones."""
import zipfile

import numpy as np
import pandas as pd
import pytest
from brainscore_core.supported_data_standards.brainio import fetch

from brainscore_plugin.data.mouse_recordings.layout import packaged, sha1_of
from brainscore_plugin.link import PLUGIN_ROOT, Plugin
from brainscore_plugin.recordings.brainio_writer import write_stimuli
from brainscore_plugin.recordings.packaged_folder import packaged_folder
from brainscore_plugin.submit.own_plugins import own_plugins
from brainscore_plugin.submit.storage_files import left_out, storage_files, storage_parts

ANTOLIK = Plugin('data', PLUGIN_ROOT / 'data' / 'Antolik2016')
ALEXNETS = Plugin('models', PLUGIN_ROOT / 'models' / 'alexnet64')


def test_what_can_be_uploaded():
    parts = storage_parts()
    recordings = [identifier for identifier, found in parts.items() if found[0] == 'assembly']
    assert set(recordings) == {'Antolik2016', 'Antolik2016.training', 'deVries2020', 'deVries2020.events',
                               'Siegle2021', 'Siegle2021.binned'}
    assert len(parts) - len(recordings) == len(list((ALEXNETS.directory / 'weights').glob('*.safetensors'))) > 0


def test_weights_have_a_folder_each_as_brainscore_keeps_them(tmp_path):
    files = storage_files([ALEXNETS], tmp_path)
    file = files['alexnet64_simclr_real']['weights']
    assert file.path == ALEXNETS.directory / 'weights' / 'alexnet64_simclr_real.safetensors'
    assert f'{file.bucket}/{file.name}' == ('brainscore-storage/brainscore-vision/models/alexnet64_simclr_real/'
                                            'alexnet64_simclr_real.safetensors')
    assert (file.sha1, file.size) == (sha1_of(file.path), file.path.stat().st_size)


def test_images_that_lie_in_a_plugin_are_zipped_and_are_the_same_bytes_each_time(tmp_path):
    once, again = (storage_files([ANTOLIK], tmp_path / name)['Antolik2016'] for name in ('once', 'again'))
    assert once['stimuli_zip'].sha1 == again['stimuli_zip'].sha1 == sha1_of(once['stimuli_zip'].path)
    layout = packaged('Antolik2016', ANTOLIK.directory / 'recordings')
    with zipfile.ZipFile(once['stimuli_zip'].path) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            path.name: path.read_bytes() for path in layout.stimuli.iterdir()}
    assert once['assembly'].path == layout.assembly


def test_names_in_the_storage_have_no_points(tmp_path, monkeypatch):
    """Brain-Score asks for them so."""
    monkeypatch.setattr(fetch, '_local_data_path', str(tmp_path / '.brainio'))
    with packaged_folder('deVries2020.events', {'source': 'test'}) as layout:
        write_stimuli(layout, pd.DataFrame({'stimulus_id': ['a']}), [np.zeros((2, 2), np.uint8)])
        layout.assembly.touch()
    files = storage_files([Plugin('data', PLUGIN_ROOT / 'data' / 'deVries2020')], tmp_path)
    assert list(files) == ['deVries2020.events']
    assert [file.name for file in files['deVries2020.events'].values()] == [
        'assy_deVries2020_events.nc', 'stimulus_deVries2020_events.csv', 'stimulus_deVries2020_events.zip']


@pytest.mark.parametrize(('name', 'folders'), [
    ('Antolik2016', ['recordings']), ('TwinMouse', []), ('alexnet64', ['weights']), ('alexnet64_seeds', [])])
def test_what_is_stored_is_left_out_of_the_tree(name, folders):
    (plugin,) = (plugin for plugin in own_plugins() if plugin.name == name and plugin.type in ('data', 'models'))
    assert left_out(plugin) == folders
