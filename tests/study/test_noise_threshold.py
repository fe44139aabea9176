"""Noise is not taken for Gabors, and Gabors are not taken for noise."""
import numpy as np
import pytest
from fabricated.gabors import coloured, random_gabors

from study.gabor import gabor
from study.gabor_fit import fit_gabors
from study.noise_threshold import describe_filters, gabor_like, noise_fits, noise_threshold

SIZE = 11


def test_noise_is_not_taken_for_gabors():
    noise = np.random.default_rng(5).standard_normal((100, 3, SIZE, SIZE))
    fits = fit_gabors(noise)
    assert fits.r2.max() < .5
    assert gabor_like(fits, noise_threshold(SIZE)).mean() < .05
    assert noise_fits(SIZE).r2.quantile(.99) == pytest.approx(noise_threshold(SIZE))


def test_a_blob_is_no_gabor():
    blob = random_gabors(1).assign(frequency_cycles_per_pixel=.001, phase=0., sigma=2., aspect=1.)
    fits = fit_gabors(gabor(blob, SIZE))
    assert fits.r2.item() > .99
    assert not gabor_like(fits, noise_threshold(SIZE)).any()


def test_models_are_described_side_by_side():
    noise = np.random.default_rng(0).standard_normal((20, 3, SIZE, SIZE))
    table = describe_filters({'trained': coloured(gabor(random_gabors(20), SIZE)), 'untrained': noise})
    shares = table.groupby('model').gabor_like.mean()
    assert shares['trained'] > .8
    assert shares['untrained'] < .2
    assert len(table) == 40


def test_a_filter_with_nothing_in_it_is_no_gabor():
    filters = coloured(gabor(random_gabors(3), SIZE))
    filters[1] = 0
    assert not gabor_like(fit_gabors(filters), .2)[1]
