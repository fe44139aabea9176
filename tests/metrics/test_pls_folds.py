"""Predictivity where images are few: chance, truth, and that the test images choose nothing."""
import numpy as np
import pytest
from brainscore_vision.metrics.noise_corrected_pls import pls
from brainscore_vision.metrics.noise_corrected_pls.folds import (
    FoldProtocol,
    fold_correlation,
    fold_predictions,
    neuron_correlations,
)

QUICK = FoldProtocol(n_folds=5, n_divisions=1, most_components=4)


def population(seed, n_images=50, n_neurons=20, noise=1.):
    rng = np.random.default_rng(seed)
    features = rng.standard_normal((n_images, 30)) / np.sqrt(np.arange(1, 31))
    responses = features @ rng.standard_normal((30, n_neurons)) + noise * rng.standard_normal((n_images, n_neurons))
    return features, responses


def test_each_number_of_components_is_predicted_as_by_a_fit_of_its_own():
    features, responses = population(0)
    each = pls.predict_each(pls.rotate(features[:40], features[40:]), responses[:40], 5)
    for k, predicted in enumerate(each, 1):
        assert predicted == pytest.approx(pls.fit_predict(features[:40], responses[:40], features[40:], k), abs=1e-8)


def test_features_without_information_get_nothing_and_the_mean_over_neurons_would_be_biased():
    found, means = [], []
    for seed in range(30):
        unrelated, responses = population(seed + 100)[0], population(seed)[1]
        predicted = fold_predictions(unrelated, responses, QUICK)
        found.append(fold_correlation(predicted, responses)[0])
        means.append(np.nanmean(neuron_correlations(predicted, responses)))
    error = np.std(found, ddof=1) / np.sqrt(30)
    assert abs(np.mean(found)) < 3 * error
    assert np.mean(means) < np.mean(found)


def test_what_is_linear_and_without_noise_is_found():
    features, responses = population(0, noise=0)
    assert fold_correlation(fold_predictions(features[:, :5], features[:, :5] @ np.ones((5, 3)), QUICK),
                            features[:, :5] @ np.ones((5, 3)))[0] > .99


def test_an_images_own_responses_do_not_change_its_prediction():
    features, responses = population(0)
    (division,) = fold_predictions(features, responses, QUICK)
    # the images of one fold exchange their responses, which leaves every neuron's scale as it is
    test = np.random.default_rng([0, 4, 0]).permutation(50)[::5]
    changed = responses.copy()
    changed[test] = responses[test[::-1]]
    (after,) = fold_predictions(features, changed, QUICK)
    assert after[test] == pytest.approx(division[test])
    assert not np.allclose(after, division)


def test_scales_and_means_of_neurons_do_not_count():
    features, responses = population(0)
    predicted = fold_predictions(features, responses, QUICK)
    scaled = responses * np.arange(1, 21) + 100
    assert fold_predictions(features, scaled, QUICK) == pytest.approx(predicted * np.arange(1, 21), abs=1e-6)
    assert fold_correlation(predicted, scaled / np.arange(1, 21))[0] == pytest.approx(
        fold_correlation(predicted, responses)[0])


def test_a_weight_counts_an_image_as_often_and_constant_neurons_not_at_all():
    features, responses = population(0)
    predicted = fold_predictions(features, responses, QUICK)
    weights = np.ones((1, 50))
    assert fold_correlation(predicted, responses, 3 * weights) == pytest.approx(fold_correlation(predicted, responses))
    constant = np.concatenate([responses, np.ones((50, 1))], axis=1)
    with_constant = np.concatenate([predicted, np.zeros((1, 50, 1))], axis=2)
    assert fold_correlation(with_constant, constant) == pytest.approx(fold_correlation(predicted, responses))


def test_too_few_images_are_refused():
    with pytest.raises(ValueError, match='at least 10 images for 5 folds'):
        fold_predictions(np.ones((8, 2)), np.ones((8, 3)), QUICK)
