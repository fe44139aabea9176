"""Predictivity of held-out, repeated images by a mapping that was fitted to single trials of others."""
import numpy as np
import pytest
from brainscore_vision.metrics.mouse_metrics.halvings import EVEN_ODD, trial_halves
from brainscore_vision.metrics.noise_corrected_pls.held_out_predictivity import (
    held_out_predictivity,
    pooled_held_out_predictivity,
)
from brainscore_vision.metrics.noise_corrected_pls.protocol import Protocol
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cross_decomposition import PLSRegression

PROTOCOL = Protocol(image_splits=1, trial_halves=10, n_components=6)


def population(n_train=400, n_test=60, n_trials=10, n_neurons=20, noise=2., seed=0, n_features=12):
    """Features and single trials of training images; features, rates and trials of test images."""
    rng = np.random.default_rng(seed)
    features = rng.standard_normal((n_train + n_test, n_features))
    rates = features @ rng.standard_normal((n_features, n_neurons)) / np.sqrt(n_features) + rng.lognormal(
        1, 1, n_neurons)
    train = rates[:n_train] + noise * rng.standard_normal((n_train, n_neurons))
    test = rates[n_train:, None] + noise * rng.standard_normal((n_test, n_trials, n_neurons))
    return features[:n_train], train, features[n_train:], rates[n_train:], test


def of_columns(a, b):
    return np.array([np.corrcoef(x, y)[0, 1] for x, y in zip(a.T, b.T)])


def test_is_the_formula():
    train_features, train, test_features, _, test = population(n_neurons=5)
    fit = PLSRegression(6, scale=False, tol=1e-14, max_iter=100_000).fit(train_features, train)
    predicted = fit.predict(test_features)
    halves = [(test[:, first].mean(axis=1), test[:, ~first].mean(axis=1)) for first in trial_halves(10, 10, 0)]
    raw = np.mean([(of_columns(predicted, s1) + of_columns(predicted, s2)) / 2 for s1, s2 in halves], axis=0)
    internal = np.mean([of_columns(s1, s2) for s1, s2 in halves], axis=0)
    result = held_out_predictivity(train_features, train, test_features, test, PROTOCOL)
    assert result.raw[0] == pytest.approx(raw, abs=1e-6)
    assert result.of_neurons() == pytest.approx(raw / np.sqrt(internal), abs=1e-6)


def test_noise_free_responses_linear_in_the_features_are_explained_completely():
    train_features, train, test_features, _, test = population(noise=0)
    result = held_out_predictivity(train_features, train, test_features, test, Protocol(1, 3, n_components=12))
    assert result.of_neurons() == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize('noise', [1., 2.2])  # 2.2: the signal takes 17 % of the variance of a trial
def test_noise_of_the_test_trials_takes_nothing(noise):
    train_features, train, test_features, rates, test = population(noise=noise, n_neurons=100)
    noise_free = np.repeat(rates[:, None], 2, axis=1)
    corrected = held_out_predictivity(train_features, train, test_features, test, PROTOCOL).of_neurons()
    truth = held_out_predictivity(train_features, train, test_features, noise_free, PROTOCOL).of_neurons()
    assert np.nanmedian(corrected) == pytest.approx(np.median(truth), abs=.03)


def test_noise_of_the_training_trials_costs_as_much_as_the_docstring_says():
    """A share k / n (1 - q) / q of the signal's variance: 25 components of 25 features, 2000 images, q = 0.17."""
    costs = []
    for seed in range(3):
        train_features, train, test_features, rates, _ = population(2000, 100, noise=2.2, n_neurons=60, seed=seed,
                                                                    n_features=25)
        noise_free = np.repeat(rates[:, None], 2, axis=1)
        protocol = Protocol(1, 1, n_components=25)
        fitted = held_out_predictivity(train_features, train, test_features, noise_free, protocol).of_neurons()
        costs.append(1 - np.median(fitted))
    bound = 1 - 1 / np.sqrt(1 + 25 / 2000 * .83 / .17)
    assert bound / 2 < np.mean(costs) < 1.2 * bound


def test_random_features_explain_nothing():
    _, train, _, _, test = population(n_neurons=100)
    rng = np.random.default_rng(1)
    features = rng.standard_normal((460, 200))
    result = held_out_predictivity(features[:400], train, features[400:], test, PROTOCOL)
    assert np.nanmedian(result.of_neurons()) == pytest.approx(0, abs=.05)


def test_a_constant_neuron_and_one_without_a_training_trial_are_nan_and_harm_no_other():
    train_features, train, test_features, _, test = population()
    whole = held_out_predictivity(train_features, train, test_features, test, PROTOCOL).of_neurons()
    test[:, :, 3] = .1
    train[7, 5] = np.nan
    corrected = held_out_predictivity(train_features, train, test_features, test, PROTOCOL).of_neurons()
    assert np.flatnonzero(np.isnan(corrected)).tolist() == [3, 5]
    others = np.delete(np.arange(20), [3, 5])
    assert corrected[others] == pytest.approx(whole[others], abs=.05)  # the regression lost a neuron


def test_a_missing_trial_is_left_out_of_the_averages():
    train_features, train, test_features, _, test = population()
    whole = held_out_predictivity(train_features, train, test_features, test, PROTOCOL).of_neurons()
    test[4, 9] = np.nan
    holed = held_out_predictivity(train_features, train, test_features, test, PROTOCOL).of_neurons()
    assert holed == pytest.approx(whole, abs=.1)
    assert (holed != whole).all()


@given(st.lists(st.integers(0, 3), min_size=20, max_size=20).filter(lambda counts: sum(c > 0 for c in counts) > 3))
@settings(max_examples=15, deadline=None)
def test_a_weight_counts_an_image_as_often(counts):
    train_features, train, test_features, _, test = population(100, 20, n_neurons=4)
    weighted = held_out_predictivity(train_features, train, test_features, test, PROTOCOL, np.array([counts]))
    repeated = held_out_predictivity(train_features, train, np.repeat(test_features, counts, axis=0),
                                     np.repeat(test, counts, axis=0), PROTOCOL)
    assert weighted.raw == pytest.approx(repeated.raw, abs=1e-9)
    assert weighted.internal == pytest.approx(repeated.internal, abs=1e-9)


def test_pooled_is_the_correlation_over_flattened_images_and_neurons():
    train_features, train, test_features, _, test = population(n_neurons=6)
    protocol = Protocol(1, EVEN_ODD, n_components=3, scale=True)
    predicted = PLSRegression(3, tol=1e-14, max_iter=100_000).fit(train_features, train).predict(test_features)
    s1, s2 = test[:, ::2].mean(axis=1), test[:, 1::2].mean(axis=1)
    r = [np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in ((predicted, s1), (predicted, s2), (s1, s2))]
    corrected, raw = pooled_held_out_predictivity(train_features, train, test_features, test, protocol)
    assert raw == pytest.approx([(r[0] + r[1]) / 2], abs=1e-6)
    assert corrected == pytest.approx(raw / np.sqrt(2 * r[2] / (1 + r[2])), abs=1e-6)


@pytest.mark.parametrize(('change', 'says'), [
    (lambda a: (a[0][:-1], *a[1:]), '399 training and 60 test images in the features'),
    (lambda a: (a[0][:6], a[1][:6], *a[2:]), 'at least 7'),
    (lambda a: (*a[:3], a[3][:, :1]), r'60 test image\(s\) x 1 trial'),
    (lambda a: (a[0], a[1][:, :-1], *a[2:]), '19 neurons in the training trials, 20'),
    (lambda a: (a[0], np.full_like(a[1], np.nan), *a[2:]), 'Each of the 20 neurons lacks a response'),
])
def test_data_that_do_not_fit_are_a_clear_error(change, says):
    train_features, train, test_features, _, test = population()
    with pytest.raises(ValueError, match=says):
        held_out_predictivity(*change((train_features, train, test_features, test)), PROTOCOL)
