import pytest
from brainscore_vision import load_benchmark, load_model, score
from brainscore_vision.benchmarks.mouse_predictivity.variants import VARIANTS


@pytest.mark.parametrize('area', ['VISp', 'VISl'])
@pytest.mark.parametrize('variant', VARIANTS)
def test_benchmark(area, variant):
    benchmark = load_benchmark(f'SimulatedMouse.{area}-{variant}')
    assert benchmark.identifier == f'SimulatedMouse.{area}-{variant}'
    assert benchmark.region == benchmark.parent == area


@pytest.mark.parametrize('area', ['VISp', 'VISl'])
def test_the_median_neuron_is_as_reliable_as_a_real_one(area):
    # Spearman-Brown of a split-half correlation of 0.41
    assert load_benchmark(f'SimulatedMouse.{area}-pls').ceiling.item() == pytest.approx(2 * .41 / 1.41, abs=.06)


@pytest.fixture(scope='module')
def pls():
    """One benchmark for all models: what other animals would get is computed once."""
    return load_benchmark('SimulatedMouse.VISp-pls')


# to the third digit: the last bits of a regression differ between processors
@pytest.mark.parametrize(('model', 'expected'), [
    ('gabor_oracle', .417), ('pixels64', .143), ('random_features', -.023),
])
def test_score(model, expected, pls):
    assert pls(load_model(model)).item() == pytest.approx(expected, abs=.001)


def test_the_pooled_measure_takes_chance_for_a_model():
    assert score('random_features', 'SimulatedMouse.VISp-pls_pooled').item() > .5


@pytest.mark.parametrize(('area', 'expected'), [('VISp', .153), ('VISl', .163)])
def test_rdm_score(area, expected):
    assert score('gabor_oracle', f'SimulatedMouse.{area}-rdm').item() == pytest.approx(expected, abs=.001)
