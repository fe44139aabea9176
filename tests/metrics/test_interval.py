"""Intervals over animals: closed forms, and how often they cover a truth."""
import numpy as np
import pytest
from brainscore_vision.metrics.mouse_metrics.interval import uncertainty
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

OVER = ('animal', 'split')


def crossed(rng, n_animals, n_splits, of_animals, of_splits, rest):
    """Values of animals on splits, (n_splits, n_animals), about 0."""
    return (of_animals * rng.standard_normal(n_animals) + of_splits * rng.standard_normal((n_splits, 1))
            + rest * rng.standard_normal((n_splits, n_animals)))


def test_without_differences_between_splits_it_is_students_interval():
    values = np.array([.1, .2, .4, .7])
    found = uncertainty(values, np.tile(values, (3, 1)), True, OVER)
    assert found.error == pytest.approx(stats.sem(values))
    assert found.interval(values.mean()) == pytest.approx(stats.t.interval(.95, 3, values.mean(), stats.sem(values)))


@pytest.mark.parametrize('n_animals', [2, 3, 8, 29])
@pytest.mark.parametrize(('of_animals', 'of_splits', 'rest'), [(1, 0, .5), (.5, 1, 1)])
def test_intervals_cover_the_truth(n_animals, of_animals, of_splits, rest):
    rng, covered = np.random.default_rng(0), []
    for _ in range(600):
        values = crossed(rng, n_animals, 10, of_animals, of_splits, rest)
        found = uncertainty(values.mean(axis=0), values, True, OVER)
        low, high = found.interval(values.mean())
        covered.append(low < 0 < high)
    assert .93 < np.mean(covered) < (.97 if of_splits == 0 else .99)  # cautious where both differ


def test_the_noise_of_a_measurement_is_not_counted_twice():
    rng = np.random.default_rng(0)
    errors = []
    for _ in range(200):
        values = crossed(rng, 8, 10, 0, 0, 1)
        errors.append(uncertainty(values.mean(axis=0), values, True, OVER).error ** 2)
    assert np.mean(errors) == pytest.approx(1 / 80, rel=.25)


def test_bootstrap_samples_vary_as_the_score_does():
    rng = np.random.default_rng(0)
    images = rng.standard_normal((4000, 1)) * np.ones(3)  # animals that see the same images err alike
    found = uncertainty(np.zeros(3), images, False, ('animal', 'image'))
    assert found.error == pytest.approx(1, rel=.05)


def test_a_single_unit_has_no_error_and_says_why():
    attributes = uncertainty(np.array([.3, np.nan]), np.ones((3, 2)), True, OVER).attributes(.3)
    assert np.isnan(attributes['error'])
    assert 'animals' in attributes['error_nan_reason']


@given(st.integers(2, 12), st.floats(.01, 5), st.integers(0, 1000))
def test_units_and_scale_count_as_they_should(n_animals, scale, seed):
    values = crossed(np.random.default_rng(seed), n_animals, 6, 1, .5, .5)
    found, scaled = (uncertainty(v.mean(axis=0), v, True, OVER) for v in (values, scale * values))
    assert scaled.error == pytest.approx(scale * found.error)
    assert scaled.half_width == pytest.approx(scale * found.half_width)
    # never surer than animals alone, never vaguer than animals and splits added up
    alone, splits = stats.sem(values.mean(axis=0)), stats.sem(values.mean(axis=1))
    assert alone * (1 - 1e-9) <= found.error <= np.hypot(alone, splits) * (1 + 1e-9)
