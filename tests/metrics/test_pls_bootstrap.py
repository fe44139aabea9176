"""Standard errors of scores by bootstrap samples."""
import numpy as np
import pytest
from brainscore_vision.metrics.noise_corrected_pls.bootstrap import bootstrap, held_out_bootstrap, uncertainty
from brainscore_vision.metrics.noise_corrected_pls.predictivity import Predictivity


def predictivity(raw):
    """Noise-free neurons of the raw values (image_splits, n_neurons)."""
    ones = np.ones_like(raw)
    return Predictivity(raw, ones, ones, raw)


def test_the_spread_of_samples_of_animals_is_that_of_new_animals():
    animals = np.arange(4)
    values = np.array([.1, .2, .4, .7])
    scores, over = bootstrap(predictivity(np.tile(values, (3, 1))), animals, seed=0)
    assert over == ['animal', 'split']
    assert scores.std() == pytest.approx(values.std(ddof=1) / np.sqrt(4), rel=.05)
    assert scores.mean() == pytest.approx(values.mean(), abs=.02)


def test_the_neurons_of_a_single_animal_are_resampled():
    rng = np.random.default_rng(0)
    values = rng.standard_normal(101)
    scores, over = bootstrap(predictivity(values[None]), np.zeros(101), seed=0)
    assert over == ['neuroid', 'split']
    expected = np.std([np.median(rng.choice(values, 101)) for _ in range(1000)])
    assert scores.std() == pytest.approx(expected, rel=.15)


def test_samples_of_images_come_with_the_values():
    per_neuron = np.random.default_rng(0).standard_normal((500, 1)) * np.ones((500, 6))
    scores, over = held_out_bootstrap(per_neuron, np.repeat([0, 1], 3), seed=0)
    assert over == ['animal', 'image']
    assert len(scores) == 500


def test_a_score_without_defined_samples_says_why_it_has_no_error():
    found = uncertainty(np.array([np.nan, .3]), ['animal', 'split'])
    assert np.isnan(found['error'])
    assert 'no neuron' in found['error_nan_reason']
