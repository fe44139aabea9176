import pytest
from brainscore_core.supported_data_standards.brainio import fetch
from brainscore_vision import load_dataset, load_stimulus_set
from brainscore_vision.data.mouse_recordings.layout import packaged
from brainscore_vision.data.mouse_recordings.storage import in_storage
from brainscore_vision.data.Siegle2021.neuron_selection import SELECTIONS

AREAS = {'VISp', 'VISl', 'VISal', 'VISam', 'VISpm', 'VISrl'}
there = pytest.mark.skipif(not packaged('Siegle2021').sidecar.is_file(), reason='Siegle2021 is not packaged')


@pytest.mark.skipif(in_storage('Siegle2021'), reason="fetched from Brain-Score's storage, never absent")
@pytest.mark.parametrize('load', [load_stimulus_set, load_dataset])
def test_absent_recordings_say_how_to_get_them(load, tmp_path, monkeypatch):
    monkeypatch.setattr(fetch, '_local_data_path', str(tmp_path / '.brainio'))
    with pytest.raises(FileNotFoundError, match='recordings fetch allen-neuropixels.*80 GB.*CC BY 4.0'):
        load('Siegle2021')


def test_selections():
    assert set(SELECTIONS) == {'nayebi2023', 'conwell2021', 'domain_rep', 'none'}


@there
def test_stimulus_set():
    stimulus_set = load_stimulus_set('Siegle2021')
    assert list(stimulus_set['stimulus_id']) == [f'allen_ns_{i:03d}' for i in range(118)]


@there
def test_assembly():
    assembly = load_dataset('Siegle2021')
    assert assembly.attrs['stimulus_set_identifier'] == 'Siegle2021'
    assert assembly.sizes['presentation'] == 118 * 50
    assert assembly.sizes['time_bin'] == 1
    assert set(assembly['region'].values) <= AREAS
    assert len(set(assembly['neuroid_id'].values)) == assembly.sizes['neuroid']
