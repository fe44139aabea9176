"""Exponents of power spectra: known ones are recovered, and the published estimator is the one that was published."""
import numpy as np
import pytest
from fabricated.images import power_law_images
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import curve_fit

from study.naturalness import (
    describe_domains,
    domain_naturalness,
    fit_power_law,
    naturalness,
    radial_power_spectrum,
)


@settings(max_examples=15, deadline=None)
@given(p=st.floats(0, 3), seed=st.integers(0, 1000))
def test_a_known_exponent_is_recovered(p, seed):
    assert fit_power_law(power_law_images(p, 500, seed=seed)).p.mean() == pytest.approx(p, abs=.05)


@pytest.mark.parametrize('p', [1, 2.5])
def test_it_is_recovered_from_pieces_of_larger_images_too(p):
    pieces = power_law_images(p, 300, size=256)[:, :64, :64]  # whose opposite edges do not meet
    assert fit_power_law(pieces).p.mean() == pytest.approx(p, abs=.05)


@pytest.mark.parametrize('size', [32, 128])
def test_it_is_recovered_at_other_sizes(size):
    assert fit_power_law(power_law_images(2, 400, size=size)).p.mean() == pytest.approx(2, abs=.05)


def test_the_amplitude_is_the_power_at_one_cycle_an_image():
    images = power_law_images(2, 300)
    hann = np.hanning(66)[1:-1]
    expected = (np.outer(hann, hann) ** 2).sum()  # mean of |F|^2 of white noise under the window
    assert fit_power_law(images).amplitude.median() == pytest.approx(expected, rel=.05)


def test_eight_bits_and_colour_change_nothing():
    images = power_law_images(2, 100)
    grey = np.clip(127 + 40 * images / images.std(), 0, 255).astype(np.uint8)
    colour = np.repeat(grey[..., None], 3, axis=3)
    assert fit_power_law(colour).p.to_numpy() == pytest.approx(fit_power_law(grey).p.to_numpy(), abs=1e-3)
    assert fit_power_law(grey).p.mean() == pytest.approx(2, abs=.07)


def test_the_spectrum_is_that_of_numpy():
    image = np.random.default_rng(0).standard_normal((16, 16))
    frequencies, power = radial_power_spectrum(image[None], window=False)
    energy = np.abs(np.fft.fft2(image)) ** 2
    radius = np.rint(np.hypot(*np.meshgrid(*2 * [np.fft.fftfreq(16, 1 / 16)])))
    assert list(frequencies) == list(range(1, 9))
    assert power[0] == pytest.approx([energy[radius == k].mean() for k in range(1, 9)], rel=1e-4)


def test_the_published_estimator_is_least_squares_of_power_on_padded_images():
    images = np.uint8(np.clip(100 + 30 * power_law_images(1.5, 5) / .05, 0, 255))
    padded = np.zeros((5, 256, 256))
    padded[:, 96:160, 96:160] = images
    frequencies, power = radial_power_spectrum(padded, window=False)
    fits = fit_power_law(images, 'published')
    for spectrum, fit in zip(power.astype(float), fits.itertuples()):
        (p, a), _ = curve_fit(lambda x, p, a: (a / x) ** p, frequencies, spectrum, p0=[2, 1.3e6], maxfev=20000)
        assert fit.p == pytest.approx(p, abs=1e-3)
        assert fit.amplitude == pytest.approx(a ** p, rel=1e-2)


def test_the_published_estimator_sees_the_frame_rather_than_the_image():
    exponents = [fit_power_law(np.uint8(np.clip(127 + 40 * images / images.std(), 0, 255)), 'published').p.mean()
                 for images in (power_law_images(p, 50) for p in (0, 3))]
    assert exponents == pytest.approx([1.65, 1.65], abs=.15)


def test_constant_images_have_no_exponent():
    images = np.full((3, 64, 64, 3), 200, np.uint8)
    images[0] = np.random.default_rng(0).integers(0, 256, (64, 64, 3))
    for estimator in ('log_log', 'published'):
        assert list(fit_power_law(images, estimator).p.isna()) == [False, True, True]


def test_no_images_are_no_rows():
    assert len(fit_power_law(np.zeros((0, 64, 64, 3), np.uint8))) == 0


@pytest.mark.parametrize(('images', 'words'), [
    (np.zeros((2, 64, 32)), 'square|size, size'), (np.zeros((2, 64, 64, 4)), 'size, size, 3'),
    (np.random.default_rng(0).standard_normal((2, 16, 16)), 'at least 24 pixels')])
def test_images_that_cannot_be_fitted_are_refused(images, words):
    with pytest.raises(ValueError, match=words):
        fit_power_law(images)


def test_an_unknown_estimator_is_refused():
    with pytest.raises(ValueError, match="'sound'.*log_log, published"):
        fit_power_law(np.zeros((1, 64, 64)), 'sound')


def test_naturalness_of_the_paper():
    assert naturalness(np.array([1, 3, 2.0875])) == pytest.approx([0, 0, 2.436], abs=.001)


def test_domains_are_described_by_both_estimators_and_their_images_are_counted():
    images = {'pink': power_law_images(1, 1200), 'few': power_law_images(3, 10), 'flat': np.zeros((20, 64, 64))}
    table = describe_domains(images).set_index(['domain', 'estimator'])
    assert table.loc[('pink', 'log_log'), 'n_images'] == 1000
    assert table.loc[('pink', 'log_log'), 'p_mean'] == pytest.approx(1, abs=.05)
    few = table.loc[('few', 'log_log')]
    assert few.n_images == 10
    assert few.low < few.naturalness < few.high
    flat = table.loc[('flat', 'log_log')]
    assert flat.n_undefined == 20
    assert np.isnan(flat.p_mean)


def test_a_domain_has_one_naturalness_wherever_it_is_shown():
    images = power_law_images(1.5, 1200)
    table = describe_domains({'mine': images}, seed=3).set_index('estimator')
    assert domain_naturalness(images, seed=3) == table.naturalness['log_log']
    assert np.isnan(domain_naturalness(np.zeros((20, 64, 64))))
