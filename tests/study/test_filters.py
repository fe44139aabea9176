"""Gabor fits: drawn Gabors are found again, noise is not taken for one."""
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from study.filters import (
    describe_filters,
    fit_gabors,
    gabor,
    gabor_like,
    noise_fits,
    noise_threshold,
    principal_patterns,
    tuning_curve,
)

SIZE = 11


def drawn(n, seed=0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame({
        'orientation_deg': rng.uniform(0, 180, n), 'frequency_cycles_per_pixel': rng.uniform(.08, .35, n),
        'phase': rng.uniform(-np.pi, np.pi, n), 'x': rng.uniform(-2, 2, n), 'y': rng.uniform(-2, 2, n),
        'sigma': rng.uniform(1.5, 3, n), 'aspect': rng.uniform(.7, 2, n), 'amplitude': rng.uniform(.5, 2, n)})


def coloured(patterns, seed=0):
    colours = np.random.default_rng(seed).uniform(.2, 1, (len(patterns), 3))
    return patterns[:, None] * colours[:, :, None, None]


def orientation_error(a, b):
    return np.abs((np.asarray(a) - np.asarray(b) + 90) % 180 - 90)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_gabors_are_recovered(seed):
    truth = drawn(20, seed)
    fits = fit_gabors(coloured(gabor(truth, SIZE), seed))
    assert fits.r2.min() > .999
    assert orientation_error(fits.orientation_deg, truth.orientation_deg).max() < .5
    assert fits.frequency_cycles_per_pixel.to_numpy() == pytest.approx(truth.frequency_cycles_per_pixel, rel=.01)
    assert fits.colour_share.to_numpy() == pytest.approx(1)


def test_gabors_are_recovered_from_noise():
    truth = drawn(100)
    filters = coloured(gabor(truth, SIZE))
    noise = np.random.default_rng(1).standard_normal(filters.shape) * filters.std(axis=(1, 2, 3), keepdims=True)
    fits = fit_gabors(filters + .3 * noise)
    assert fits.r2.min() > .9
    assert np.quantile(orientation_error(fits.orientation_deg, truth.orientation_deg), .9) < 2
    ratio = fits.frequency_cycles_per_pixel / truth.frequency_cycles_per_pixel
    assert np.quantile(np.abs(ratio - 1), .9) < .05


def test_parameters_draw_the_pattern_again():
    filters = coloured(gabor(drawn(30), SIZE))
    fits = fit_gabors(filters)
    patterns, _ = principal_patterns(filters)
    assert np.abs(gabor(fits, SIZE) - patterns).max() < .01 * np.abs(patterns).max()


def test_bars_are_named_by_their_orientation_as_seen():
    one = pd.DataFrame([{'orientation_deg': 0., 'frequency_cycles_per_pixel': .2, 'phase': 0., 'x': 0., 'y': 0.,
                         'sigma': 2., 'aspect': 1., 'amplitude': 1.}])
    horizontal = gabor(one, SIZE)[0]
    middle = SIZE // 2
    assert horizontal[middle, middle + 1] > .8  # along the bar
    assert horizontal[middle + 2, middle] < 0  # across it
    rising = gabor(one.assign(orientation_deg=45., aspect=2.), SIZE)[0]
    assert rising[middle - 2, middle + 2] > rising[middle + 2, middle + 2]  # towards the upper right
    off_centre = gabor(one.assign(x=2., y=3.), SIZE)[0]
    assert np.unravel_index(off_centre.argmax(), off_centre.shape) == (middle - 3, middle + 2)


def test_noise_is_not_taken_for_gabors():
    noise = np.random.default_rng(5).standard_normal((100, 3, SIZE, SIZE))
    fits = fit_gabors(noise)
    assert fits.r2.max() < .5
    assert gabor_like(fits, noise_threshold(SIZE)).mean() < .05
    assert noise_fits(SIZE).r2.quantile(.99) == pytest.approx(noise_threshold(SIZE))


def test_a_blob_is_no_gabor():
    blob = drawn(1).assign(frequency_cycles_per_pixel=.001, phase=0., sigma=2., aspect=1.)
    fits = fit_gabors(gabor(blob, SIZE))
    assert fits.r2.item() > .99
    assert not gabor_like(fits, noise_threshold(SIZE)).any()


def test_bandwidth_is_the_distance_of_the_half_heights():
    one = drawn(1).assign(frequency_cycles_per_pixel=.25, sigma=2.)
    fits = fit_gabors(gabor(one, SIZE))
    frequencies = np.linspace(0, .5, 2001)
    half_width = np.sqrt(2 * np.log(2)) / (2 * np.pi * 2.)  # of the Gaussian transform of the envelope
    above = frequencies[np.abs(frequencies - .25) <= half_width]
    assert fits.bandwidth_octaves.item() == pytest.approx(np.log2(above[-1] / above[0]), abs=.02)


def test_a_filter_answers_most_to_gratings_of_its_orientation():
    truth = drawn(20).assign(aspect=1.5)
    filters = coloured(gabor(truth, SIZE))
    orientations, response = tuning_curve(filters, truth.frequency_cycles_per_pixel.to_numpy())
    assert response.shape == (20, 36)
    best = orientations[response.argmax(axis=1)]
    assert np.quantile(orientation_error(best, truth.orientation_deg), .9) < 10


def test_a_filter_with_nothing_in_it_has_no_fit():
    filters = coloured(gabor(drawn(3), SIZE))
    filters[1] = 0
    fits = fit_gabors(filters)
    assert list(fits.r2.isna()) == [False, True, False]
    assert list(fits['filter']) == [0, 1, 2]
    assert not gabor_like(fits, .2)[1]


@pytest.mark.parametrize(('filters', 'words'), [
    (np.zeros((2, 3, 11, 9)), 'n, colours, k, k'), (np.zeros((0, 3, 11, 11)), 'shape'),
    (np.full((1, 3, 11, 11), np.nan), 'not finite')])
def test_what_are_no_filters_is_refused(filters, words):
    with pytest.raises(ValueError, match=words):
        fit_gabors(filters)


def test_models_are_described_side_by_side():
    noise = np.random.default_rng(0).standard_normal((20, 3, SIZE, SIZE))
    table = describe_filters({'trained': coloured(gabor(drawn(20), SIZE)), 'untrained': noise})
    shares = table.groupby('model').gabor_like.mean()
    assert shares['trained'] > .8
    assert shares['untrained'] < .2
    assert len(table) == 40
