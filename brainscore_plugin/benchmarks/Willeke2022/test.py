import pytest
from brainscore_core.supported_data_standards.brainio import fetch
from brainscore_vision import load_benchmark


@pytest.mark.parametrize('variant', ['pls', 'pls_pooled', 'rdm'])
def test_benchmark(variant):
    benchmark = load_benchmark(f'Willeke2022.VISp-{variant}')
    assert benchmark.identifier == f'Willeke2022.VISp-{variant}'
    assert benchmark.region == benchmark.parent == 'VISp'


def test_absent_recordings_are_one_clear_error(tmp_path, monkeypatch):
    monkeypatch.setattr(fetch, '_local_data_path', str(tmp_path))
    with pytest.raises(FileNotFoundError, match='recordings fetch sensorium2022'):
        load_benchmark('Willeke2022.VISp-pls').recordings  # noqa: B018
