import pytest
from brainscore_core.supported_data_standards.brainio import fetch
from brainscore_vision import data_registry, load_dataset, load_stimulus_set, stimulus_set_registry
from brainscore_vision.benchmark_helpers.cache_contract import assert_stimulus_identifier_is_cacheable
from brainscore_vision.data.Willeke2022.recording import IDENTIFIER, MICE


def test_every_mouse_is_registered():
    identifiers = {f'{IDENTIFIER}.{mouse}' for mouse in MICE}
    assert identifiers <= set(data_registry)
    assert {IDENTIFIER, *identifiers} <= set(stimulus_set_registry)
    assert_stimulus_identifier_is_cacheable(IDENTIFIER)


@pytest.mark.parametrize(('load', 'identifier'), [(load_dataset, f'{IDENTIFIER}.{MICE[0]}'),
                                                  (load_stimulus_set, IDENTIFIER)])
def test_absent_recordings_are_one_clear_error(load, identifier, tmp_path, monkeypatch):
    monkeypatch.setattr(fetch, '_local_data_path', str(tmp_path))
    with pytest.raises(FileNotFoundError, match='recordings fetch sensorium2022'):
        load(identifier)
