import pytest
from brainscore_core.supported_data_standards.brainio import fetch
from brainscore_vision import load_dataset, load_stimulus_set
from brainscore_vision.benchmark_helpers.cache_contract import assert_stimulus_identifier_is_cacheable


@pytest.mark.parametrize('load', [load_dataset, load_stimulus_set])
def test_absent_matrices_are_one_clear_error(load, tmp_path, monkeypatch):
    monkeypatch.setattr(fetch, '_local_data_path', str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r'recordings fetch allen-rsm.*4 MB.*non-commercial.*recordings pack'):
        load('Conwell2021')


def test_the_name_of_the_stimulus_set_can_be_cached():
    assert_stimulus_identifier_is_cacheable('Conwell2021')
