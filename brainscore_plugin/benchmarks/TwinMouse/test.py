import numpy as np
import pytest
from brainscore_vision import load_benchmark, load_metric, load_model
from brainscore_vision.benchmarks.mouse_predictivity.variants import VARIANTS
from brainscore_vision.data.TwinMouse.recording import twin_populations
from brainscore_vision.metrics.noise_corrected_pls.predictivity import predictivity
from brainscore_vision.metrics.noise_corrected_pls.protocol import Protocol


@pytest.fixture(scope='module')
def benchmark():
    return load_benchmark('TwinMouse.VISp-pls')


@pytest.mark.parametrize('variant', VARIANTS)
def test_benchmark(variant):
    benchmark = load_benchmark(f'TwinMouse.VISp-{variant}')
    assert benchmark.identifier == f'TwinMouse.VISp-{variant}'
    assert benchmark.region == benchmark.parent == 'VISp'


def test_one_mouse_cannot_say_what_another_would_get(benchmark):
    assert benchmark.inter_animal_consistency is None


def test_the_median_neuron_is_as_reliable_as_a_real_one(benchmark):
    # Spearman-Brown of a split-half correlation of 0.41
    assert benchmark.ceiling.item() == pytest.approx(2 * .41 / 1.41, abs=.06)


def test_truth_pixels_and_chance_in_this_order(benchmark):
    oracle, pixels, chance = (benchmark(load_model(model)) for model in ('twin_oracle', 'pixels64', 'random_features'))
    assert oracle.item() > pixels.item() + 2 * pixels.attrs['error'] > pixels.item() > 2 * pixels.attrs['error']
    assert abs(chance.item()) < 2.5 * chance.attrs['error']
    population = twin_populations()[0]
    noise_free = predictivity(population.outputs, population.rates()[:, None].repeat(2, axis=1),
                              population.neurons['animal'].to_numpy(), Protocol(trial_halves=1)).raw
    assert oracle.item() == pytest.approx(np.nanmean(noise_free), abs=.05)


def test_a_label_that_scenes_share_by_chance_predicts_nothing(benchmark):
    """Scenes share no source: whatever else groups them, knowing the group of a scene says nothing of its neurons."""
    recordings = benchmark.recordings
    source = load_model('pixels64')
    _, features = benchmark.features(source)
    labelled, scores = next(iter(features.values())), []
    rng = np.random.default_rng(0)
    for _ in range(4):
        codes = rng.standard_normal((11, 100))[rng.integers(11, size=118)]
        few = labelled.isel(neuroid=slice(100))
        scores.append(float(load_metric('noise_corrected_pls', protocol=Protocol(image_splits=4, trial_halves=1))(
            few.copy(data=codes), recordings)))
    assert abs(np.mean(scores)) < 3 * np.std(scores, ddof=1) / 2


def test_rdm_score():
    benchmark = load_benchmark('TwinMouse.VISp-rdm')
    oracle, chance = (benchmark(load_model(model)).item() for model in ('twin_oracle', 'random_features'))
    assert oracle > .3 > chance + .25
