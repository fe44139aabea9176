"""Noise-corrected ridge: scikit-learn's fits, the truth, and nothing by chance."""
import numpy as np
import pytest
from brainscore_vision.metrics.mouse_metrics.halvings import EVEN_ODD
from brainscore_vision.metrics.noise_corrected_pls.predictivity import predictivity
from brainscore_vision.metrics.noise_corrected_ridge.protocol import PENALTIES, RidgeProtocol
from sklearn.linear_model import Ridge
from sklearn.model_selection import LeaveOneOut, cross_val_predict

SMALL = RidgeProtocol(image_splits=4, trial_halves=2)


def population(seed=0, n_images=60, n_neurons=20, n_features=40, noise=0., n_trials=8):
    rng = np.random.default_rng(seed)
    features = rng.standard_normal((n_images, n_features)) / np.sqrt(np.arange(1, n_features + 1))
    rates = features[:, :8] @ rng.standard_normal((8, n_neurons)) + rng.lognormal(1, 1, n_neurons)
    return features, rates, rates[:, None] + noise * rng.standard_normal((n_images, n_trials, n_neurons))


def test_each_neuron_has_the_penalty_that_leave_one_out_chooses():
    features, rates, responses = population(n_images=30, n_neurons=4, n_features=50, noise=4.)
    y, train, test = responses.mean(axis=1), slice(0, 20), slice(20, 30)
    centred = features[train] - features[train].mean(axis=0)
    penalties = PENALTIES * (centred ** 2).sum() / 20
    (found,) = SMALL.mapping(features[train], features[test])([y[train]])
    for neuron in range(4):
        left_out = [((cross_val_predict(Ridge(penalty), features[train], y[train, neuron], cv=LeaveOneOut())
                      - y[train, neuron]) ** 2).mean() for penalty in penalties]
        best = Ridge(penalties[np.argmin(left_out)]).fit(features[train], y[train, neuron])
        assert found[:, neuron] == pytest.approx(best.predict(features[test]), abs=1e-6)


def test_fits_that_share_features_are_those_of_each_alone():
    features, _, responses = population(noise=1.)
    mapping = SMALL.mapping(features[:30], features[30:])
    ys = [responses[:30, trial, :n] for trial, n in ((0, 3), (1, 1), (2, 20))]
    together = mapping(ys)
    assert [found.shape for found in together] == [(30, 3), (30, 1), (30, 20)]
    for y, found in zip(ys, together):
        assert found == pytest.approx(mapping([y])[0])


def test_constant_features_predict_the_mean():
    (found,) = SMALL.mapping(np.ones((20, 3)), np.ones((5, 3)))([np.arange(20.)[:, None]])
    assert found == pytest.approx(np.full((5, 1), 9.5))


def test_noise_free_responses_linear_in_the_features_are_explained():
    features, rates, _ = population(n_features=8)
    found = predictivity(features, np.repeat(rates[:, None], 2, axis=1), np.zeros(20), SMALL).of_animals(np.zeros(20))
    assert found == pytest.approx(1, abs=1e-3)


def test_noise_takes_little_from_the_corrected_value():
    features, rates, responses = population(n_images=118, n_neurons=60, noise=3.)
    animals = np.zeros(60)
    truth = predictivity(features, np.repeat(rates[:, None], 2, axis=1), animals,
                         RidgeProtocol(4, EVEN_ODD)).of_animals(animals)
    found = predictivity(features, responses, animals, SMALL)
    assert found.of_animals(animals) == pytest.approx(truth, abs=.1)
    assert found.raw.mean() < truth - .05


def test_random_features_explain_nothing():
    found = []
    for seed in range(8):
        _, _, responses = population(seed, noise=2.)
        features = np.random.default_rng([9, seed]).standard_normal((60, 300))
        found.append(predictivity(features, responses, np.zeros(20), SMALL).of_animals(np.zeros(20))[0])
    assert abs(np.mean(found)) < 3 * np.std(found, ddof=1) / np.sqrt(8)


def test_too_few_images_are_refused():
    features, _, responses = population(n_images=12)
    with pytest.raises(ValueError, match='halved for a ridge regression: at least 16 images'):
        predictivity(features, responses, np.zeros(20), SMALL)
