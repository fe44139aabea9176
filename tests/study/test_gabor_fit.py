"""Gabor fits: known Gabors are found again, what is in between is refused or undefined."""
import numpy as np
import pytest
from fabricated.gabors import coloured, orientation_error, random_gabors
from hypothesis import given, settings
from hypothesis import strategies as st

from study.filter_patterns import principal_patterns
from study.gabor import gabor
from study.gabor_fit import fit_gabors

SIZE = 11


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_gabors_are_recovered(seed):
    truth = random_gabors(20, seed)
    fits = fit_gabors(coloured(gabor(truth, SIZE), seed))
    assert fits.r2.min() > .999
    assert orientation_error(fits.orientation_deg, truth.orientation_deg).max() < .5
    assert fits.frequency_cycles_per_pixel.to_numpy() == pytest.approx(truth.frequency_cycles_per_pixel, rel=.01)
    assert fits.colour_share.to_numpy() == pytest.approx(1)


def test_gabors_are_recovered_from_noise():
    truth = random_gabors(100)
    filters = coloured(gabor(truth, SIZE))
    noise = np.random.default_rng(1).standard_normal(filters.shape) * filters.std(axis=(1, 2, 3), keepdims=True)
    fits = fit_gabors(filters + .3 * noise)
    assert fits.r2.min() > .9
    assert np.quantile(orientation_error(fits.orientation_deg, truth.orientation_deg), .9) < 2
    ratio = fits.frequency_cycles_per_pixel / truth.frequency_cycles_per_pixel
    assert np.quantile(np.abs(ratio - 1), .9) < .05


def test_parameters_draw_the_pattern_again():
    filters = coloured(gabor(random_gabors(30), SIZE))
    fits = fit_gabors(filters)
    patterns, _ = principal_patterns(filters)
    assert np.abs(gabor(fits, SIZE) - patterns).max() < .01 * np.abs(patterns).max()


def test_bandwidth_is_the_distance_of_the_half_heights():
    one = random_gabors(1).assign(frequency_cycles_per_pixel=.25, sigma=2.)
    fits = fit_gabors(gabor(one, SIZE))
    frequencies = np.linspace(0, .5, 2001)
    half_width = np.sqrt(2 * np.log(2)) / (2 * np.pi * 2.)  # of the Gaussian transform of the envelope
    above = frequencies[np.abs(frequencies - .25) <= half_width]
    assert fits.bandwidth_octaves.item() == pytest.approx(np.log2(above[-1] / above[0]), abs=.02)


def test_a_filter_with_nothing_in_it_has_no_fit():
    filters = coloured(gabor(random_gabors(3), SIZE))
    filters[1] = 0
    fits = fit_gabors(filters)
    assert list(fits.r2.isna()) == [False, True, False]
    assert list(fits['filter']) == [0, 1, 2]


@pytest.mark.parametrize(('filters', 'words'), [
    (np.zeros((2, 3, 11, 9)), 'n, colours, k, k'), (np.zeros((0, 3, 11, 11)), 'shape'),
    (np.full((1, 3, 11, 11), np.nan), 'not finite')])
def test_what_are_no_filters_is_refused(filters, words):
    with pytest.raises(ValueError, match=words):
        fit_gabors(filters)
