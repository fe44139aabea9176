import pytest
from brainscore_core.supported_data_standards.brainio import fetch
from brainscore_vision import load_benchmark
from brainscore_vision.benchmarks.mouse_predictivity.variants import VARIANTS

AREAS = ('VISp', 'VISl', 'VISal', 'VISam', 'VISpm', 'VISrl')


@pytest.mark.parametrize('area', AREAS)
@pytest.mark.parametrize('variant', VARIANTS)
def test_benchmark(area, variant):
    benchmark = load_benchmark(f'Siegle2021.{area}-{variant}')
    assert benchmark.identifier == f'Siegle2021.{area}-{variant}'
    assert benchmark.region == benchmark.parent == area
    assert benchmark.neuron_selection == 'nayebi2023'


def test_absent_recordings_are_one_clear_error(tmp_path, monkeypatch):
    monkeypatch.setattr(fetch, '_local_data_path', str(tmp_path))
    with pytest.raises(FileNotFoundError, match='recordings fetch allen-neuropixels'):
        load_benchmark('Siegle2021.VISp-pls').recordings  # noqa: B018
