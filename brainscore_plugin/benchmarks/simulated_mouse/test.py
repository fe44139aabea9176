import pytest
from brainscore_vision import load_benchmark, score


@pytest.mark.parametrize('area', ['VISp', 'VISl'])
def test_benchmark(area):
    benchmark = load_benchmark(f'SimulatedMouse.{area}-pls')
    assert benchmark.identifier == f'SimulatedMouse.{area}-pls'
    assert benchmark.region == benchmark.parent == area
    assert benchmark.ceiling.item() == pytest.approx(.98, abs=.01)


# to the third digit: the last bits of a regression differ between processors
@pytest.mark.parametrize(('model', 'area', 'expected'), [
    ('gabor_oracle', 'VISp', .726), ('pixels64', 'VISp', .092), ('random_features', 'VISp', .005),
])
def test_score(model, area, expected):
    assert score(model, f'SimulatedMouse.{area}-pls').item() == pytest.approx(expected, abs=.001)
