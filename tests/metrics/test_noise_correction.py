"""The correction for noise, on correlations whose truth is known."""
import numpy as np
import pytest
from brainscore_vision.metrics.mouse_metrics.noise_correction import (
    linear_parts,
    median_ratio,
    neuron_ratios,
    ratio_of_means,
    reliability_quartiles,
)
from hypothesis import given
from hypothesis import strategies as st


def neurons(n, truth=.5, noise=.0, seed=0):
    """A, B and C of neurons of one truth: reproducible shares b and c of prediction and response, and their noise."""
    rng = np.random.default_rng(seed)
    b, c = rng.uniform(.05, .3, (2, n))
    return [values + noise * rng.standard_normal(n) for values in (truth * np.sqrt(b * c), b, c)]


def test_neurons_alike_in_what_can_be_reproduced_get_their_mean_truth():
    truths = np.array([.1, .5, .9])
    assert ratio_of_means(truths * .2, np.full(3, .4), np.full(3, .1)) == pytest.approx(truths.mean())


def test_each_neuron_counts_by_what_can_be_reproduced_of_it():
    signal, truths = np.array([.1, .2, .4]), np.array([.2, .4, .3])
    assert ratio_of_means(truths * signal, signal, signal) == pytest.approx((truths * signal).sum() / signal.sum())


def test_negative_reliabilities_are_kept_and_leave_the_mean_unbiased():
    """A reliability of .1 to .3 of halves under noise that makes a third of the neurons' own ratios undefined."""
    a, b, c = neurons(3000, noise=.15)
    assert np.isnan(neuron_ratios(a, b, c)).mean() > .2
    assert ratio_of_means(a, b, c) == pytest.approx(.5, abs=.04)
    assert median_ratio(a, b, c) < .46


def test_without_anything_reproducible_there_is_no_value():
    assert np.isnan(ratio_of_means(np.ones(3), -np.ones(3), -np.ones(3)))
    assert np.isnan(linear_parts(np.ones(3), -np.ones(3), np.ones(3))).all()


def test_a_neuron_that_is_undefined_is_left_out_of_all_three():
    a, b, c = neurons(5)
    a[0] = np.nan
    assert ratio_of_means(a, b, c) == pytest.approx(ratio_of_means(a[1:], b[1:], c[1:]))


@given(st.floats(.1, 10), st.floats(.1, 10), st.integers(0, 100))
def test_scales_of_the_reliabilities_go_into_their_roots(beta, gamma, seed):
    a, b, c = neurons(6, seed=seed)
    assert ratio_of_means(a, beta * b, gamma * c) == pytest.approx(ratio_of_means(a, b, c) / np.sqrt(beta * gamma))


@given(st.integers(0, 1000))
def test_linear_parts_have_the_ratio_for_their_mean_and_its_spread_over_samples(seed):
    a, b, c = neurons(40, noise=.02, seed=seed)
    parts = linear_parts(a, b, c)
    assert parts.mean() == pytest.approx(ratio_of_means(a, b, c))
    jackknife = np.array([ratio_of_means(*(np.delete(values, i) for values in (a, b, c))) for i in range(40)])
    assert parts.std() / np.sqrt(40) == pytest.approx(np.sqrt(39 / 40 * ((jackknife - jackknife.mean()) ** 2).sum()),
                                                      rel=.15)


def test_quartiles_are_of_all_trials():
    assert reliability_quartiles(np.array([0, .5, 1, np.nan])) == pytest.approx((1 / 3, 2 / 3, 5 / 6))
    assert np.isnan(reliability_quartiles(np.array([np.nan]))).all()
