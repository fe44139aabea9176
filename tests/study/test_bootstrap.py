"""Bootstrap samples, and means that skip what is undefined."""
import numpy as np
import pytest

from study.bootstrap import N_SAMPLES, bootstrap_weights, defined_mean, weighted_means


def test_each_sample_has_as_many_units_as_there_are():
    weights = bootstrap_weights(7, np.random.default_rng(0))
    assert weights.shape == (N_SAMPLES, 7)
    assert (weights.sum(axis=1) == 7).all()


def test_weighted_means_skip_what_is_undefined():
    values = np.array([[1., np.nan, 3.], [2., 4., 6.]])
    means = weighted_means(values, np.array([[1, 1, 1], [2, 1, 0], [0, 3, 0]]))
    assert means == pytest.approx(np.array([[2, 4], [1, 8 / 3], [np.nan, 4]]), nan_ok=True)


def test_the_mean_of_nothing_is_undefined_without_a_warning(recwarn):
    assert defined_mean(np.array([[1., np.nan], [np.nan, np.nan]]), 1) == pytest.approx([1, np.nan], nan_ok=True)
    assert not len(recwarn)
