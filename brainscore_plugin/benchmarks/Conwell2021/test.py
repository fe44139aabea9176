import pytest
from brainscore_core.supported_data_standards.brainio import fetch
from brainscore_vision import load_benchmark
from brainscore_vision.benchmarks.Conwell2021.benchmark import COMPARISONS

AREAS = ('VISp', 'VISl', 'VISal', 'VISam', 'VISpm', 'VISrl')


@pytest.mark.parametrize('area', AREAS)
@pytest.mark.parametrize('variant', COMPARISONS)
def test_benchmark(area, variant):
    benchmark = load_benchmark(f'Conwell2021.{area}-{variant}')
    assert benchmark.identifier == f'Conwell2021.{area}-{variant}'
    assert benchmark.region == benchmark.parent == area
    assert benchmark.metric.comparison == COMPARISONS[variant]


def test_absent_matrices_are_one_clear_error(tmp_path, monkeypatch):
    monkeypatch.setattr(fetch, '_local_data_path', str(tmp_path))
    with pytest.raises(FileNotFoundError, match='recordings fetch allen-rsm'):
        load_benchmark('Conwell2021.VISp-rdm').recordings  # noqa: B018
