import numpy as np
import pytest
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision.metrics.mouse_metrics.assemblies import feature_rows, images_by_trials, trials_by_animal
from brainscore_vision.metrics.mouse_metrics.averages import mean, median, median_per_animal, nanmean, weighted_mean
from brainscore_vision.metrics.mouse_metrics.bootstrap import image_weights
from brainscore_vision.metrics.mouse_metrics.correlation import correlation
from brainscore_vision.metrics.mouse_metrics.halvings import EVEN_ODD, half_means, spearman_brown, trial_halves


def assembly(values, images, trials, animals):
    return NeuroidAssembly(values, dims=['presentation', 'neuroid'], coords={
        'stimulus_id': ('presentation', images), 'repetition': ('presentation', trials),
        'neuroid_id': ('neuroid', np.arange(len(animals))), 'animal': ('neuroid', animals)})


TRIALS = assembly([[1., 5], [2, 6], [3, np.nan]], ['b', 'a', 'b'], [0, 0, 1], ['x', 'y'])


def test_trials_are_ordered_by_image_and_missing_ones_are_nan():
    responses, ids = images_by_trials(TRIALS)
    assert list(ids) == ['a', 'b']
    assert responses == pytest.approx(np.array([[[2, 6], [np.nan] * 2], [[1, 5], [3, np.nan]]]), nan_ok=True)


def test_two_trials_of_one_number_are_refused():
    with pytest.raises(ValueError, match="2 trials of 'b' have the number 0"):
        images_by_trials(TRIALS.isel(presentation=[0, 0, 1]))


def test_animals_have_the_presentations_they_saw():
    assert [(name, own.values.ravel().tolist()) for name, own in trials_by_animal(TRIALS)] == [
        ('x', [1, 2, 3]), ('y', [5, 6])]


def test_features_are_matched_by_id_and_averaged_over_presentations():
    assert feature_rows(TRIALS.isel(neuroid=[0]), ['b', 'a']).ravel().tolist() == [2, 2]
    with pytest.raises(ValueError, match="1 of 2 images, first 'c'"):
        feature_rows(TRIALS, ['a', 'c'])


def test_averages_are_over_the_values_there_are():
    values = np.array([[1, np.nan, 5], [np.nan] * 3])
    assert nanmean(values, axis=1) == pytest.approx([3, np.nan], nan_ok=True)
    assert mean(values[0]) == median(values[0]) == 3
    assert weighted_mean(np.array([[2., 1]]), values) == pytest.approx(np.array([[1, np.nan, 5]]), nan_ok=True)
    assert median_per_animal(values, np.array(['x', 'y', 'x'])) == pytest.approx(
        np.array([[3, np.nan], [np.nan, np.nan]]), nan_ok=True)


def test_halves_average_the_trials_they_hold():
    assert trial_halves(3, EVEN_ODD, 0).tolist() == [[True, False, True]]
    assert trial_halves(6, 4, 0).sum(axis=1).tolist() == [3] * 4
    responses = np.array([[[1.], [2], [np.nan]]])
    assert half_means(responses, np.array([[1, 1, 0], [0, 0, 1]], bool)).ravel() == pytest.approx(
        [1.5, np.nan], nan_ok=True)


def test_spearman_brown_doubles_the_trials():
    assert spearman_brown(np.array([0, .5, 1, -1.])) == pytest.approx([0, 2 / 3, 1, np.nan], nan_ok=True)


def test_a_weight_counts_a_row_as_often():
    a, b = np.random.default_rng(0).standard_normal((2, 6, 1))
    rows = np.repeat(np.arange(6), [0, 2, 1, 1, 3, 1])
    weights = np.array([[0, 2, 1, 1, 3, 1.]])
    assert correlation(lambda values: weights @ values, a, b) == pytest.approx(
        np.corrcoef(a[rows, 0], b[rows, 0])[0, 1])
    assert np.isnan(correlation(lambda values: weights @ values, a, np.ones_like(b)))


def test_bootstrap_samples_have_as_many_images():
    weights = image_weights(7, 5, 0)
    assert (weights[0] == 1).all()
    assert weights.sum(axis=1).tolist() == [7] * 6
