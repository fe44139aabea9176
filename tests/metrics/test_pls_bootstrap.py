"""Errors of scores: over animals, splits, neurons and bootstrap samples."""
import numpy as np
import pytest
from brainscore_vision.metrics.noise_corrected_pls.bootstrap import bootstrap_attributes
from brainscore_vision.metrics.noise_corrected_pls.predictivity import Predictivity
from brainscore_vision.metrics.noise_corrected_pls.score import error_over_images, error_over_splits


def predictivity(raw):
    """Noise-free neurons of the raw values (image_splits, n_neurons)."""
    ones = np.ones_like(raw)
    return Predictivity(raw, ones, ones, raw)


def test_the_error_over_animals_is_that_of_their_mean():
    values = np.array([.1, .2, .4, .7])
    found = error_over_splits(predictivity(np.tile(values, (3, 1))), np.arange(4))
    assert found.over == ('animal', 'split')
    assert found.error == pytest.approx(values.std(ddof=1) / 2)
    assert found.half_width == pytest.approx(3.1824 * found.error, rel=1e-4)  # Student's t of three degrees


def test_of_a_single_animal_the_neurons_are_what_differs():
    values = np.random.default_rng(0).standard_normal(101)
    found = error_over_splits(predictivity(np.tile(values, (3, 1))), np.zeros(101))
    assert found.over == ('neuroid', 'split')
    assert found.error == pytest.approx(values.std(ddof=1) / np.sqrt(101))


def test_samples_of_images_that_animals_share_add_to_the_error():
    whole = predictivity(np.array([[.1, .2, .4, .7]]))
    samples = predictivity(.4 + .1 * np.random.default_rng(0).standard_normal((500, 1)) * np.ones((500, 4)))
    found = error_over_images(whole, samples, np.arange(4))
    assert found.over == ('animal', 'image')
    assert found.error == pytest.approx(np.hypot(np.std([.1, .2, .4, .7], ddof=1) / 2, .1), rel=.1)


def test_a_score_without_defined_samples_says_why_it_has_no_error():
    found = bootstrap_attributes(np.array([np.nan, .3]), ['animal', 'split'])
    assert np.isnan(found['error'])
    assert 'no neuron' in found['error_nan_reason']
