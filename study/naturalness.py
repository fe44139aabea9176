"""How natural a domain of images is by the exponent of its power spectrum, 1 / f^p, as the paper has it.

The spectrum of a natural image falls as 1 / f^p with p near 2 (Torralba & Oliva 2003, Network 14:391); Prasad, Manor &
Pereira (2022, section 3.3) take -log|p - 2| for a domain's naturalness. It has no bound: it is largest where a mean
exponent happens to be near 2, of drawings and noise as of photographs, and what it says depends on the band of the fit.
The study's own measure is therefore another, in :mod:`study.natural_scene_statistics`; this one is kept to compare with
the paper.
"""
import functools
from collections.abc import Callable

import numpy as np
import pandas as pd
import scipy.fft
from scipy.special import digamma

LUMA = np.array([.299, .587, .114], dtype=np.float32)  # ITU-R BT.601, as Pillow's mode L
# Cycles an image. Below, the window mixes neighbours of steep spectra. Above (a share of the width: 16 of 64 pixels),
# resizing has taken power away: a triangle filter, as Pillow's bilinear, leaves 0.66 of it here and 0.38 at 24 of 64.
LOWEST, HIGHEST = 4, .25
SAMPLE_IMAGES = 1000  # of a domain, as in the paper
PADDED = 256  # px; what the released code crops images to, so that it surrounds smaller ones with zeros
ESTIMATORS = ('log_log', 'published')  # of the exponent
SCENES = 'scenes'  # in their place: the study's own measure, study/natural_scene_statistics.py
NATURAL_EXPONENT = 2.
HANN_BANDWIDTH = 1.5  # frequencies, each way, that a Hann window mixes (equivalent noise bandwidth)
CHUNK = 64  # images transformed at once: their spectra stay in the processor's cache


def radial_power_spectrum(images: np.ndarray, window: bool = True,
                          padded: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Power spectra averaged over orientations.

    Parameters
    ----------
    images : numpy.ndarray, shape (n, size, size) or (n, size, size, 3)
        Greyscale or RGB, which is reduced to its luminance; any number type.
    window : bool
        Take off each image's mean and multiply it by a Hann window, without which the jump between opposite edges adds
        power of 1 / f^2 of its own.
    padded : int, optional
        Surround each image with zeros to this many pixels a side.

    Returns
    -------
    frequencies : numpy.ndarray, shape (n_freq,)
        1, 2, … up to half the (padded) width, in cycles per (padded) image.
    power : numpy.ndarray, shape (n, n_freq)
        Mean of |F|^2 over the frequencies that round to each.

    Raises
    ------
    ValueError
        If the images are not square, or not grey or RGB.
    """
    images = _grey(images)
    n, size = images.shape[:2]
    width = padded or size
    if width < size:
        raise ValueError(f'Images of {size} pixels cannot be padded to {padded}: give at least their own width.')
    average = _ring_average(width)
    power = np.empty((n, average.shape[1]), dtype=np.float32)
    for start in range(0, n, CHUNK):
        chunk = images[start:start + CHUNK]
        chunk = _windowed(chunk) if window else chunk
        # the rows of zeros are left out of the first transform
        spectrum = scipy.fft.fft(scipy.fft.rfft(chunk, width, axis=2), width, axis=1, overwrite_x=True)
        energy = spectrum.real ** 2 + spectrum.imag ** 2
        power[start:start + CHUNK] = energy.reshape(len(chunk), -1) @ average
    return np.arange(1, average.shape[1] + 1), power


def fit_power_law(images: np.ndarray, estimator: str = 'log_log') -> pd.DataFrame:
    r"""Fit amplitude / f^p to the spectrum of every image.

    Parameters
    ----------
    images : numpy.ndarray, shape (n, size, size) or (n, size, size, 3)
        As of :func:`radial_power_spectrum`.
    estimator : {'log_log', 'published'}
        'log_log': weighted linear regression of log power on log frequency, of the windowed image and over
        :data:`LOWEST` to :data:`HIGHEST` times the width cycles an image; the weights are the number of frequencies
        averaged, the inverse of the variance of a logarithm of their mean. Where a spectrum is no power law, p depends
        on this band.
        'published': what the released code of Prasad, Manor & Pereira (2022) does, least squares of power itself,
        where the lowest frequencies outweigh all others, on images without a window and surrounded with zeros to
        :data:`PADDED` pixels, which gives the spectrum the shape of the frame.

    Returns
    -------
    pandas.DataFrame
        A row an image: p, amplitude (power at one cycle an image) and r2 (in the logarithms or of power, whichever was
        fitted). NaN where an image is constant.

    Raises
    ------
    ValueError
        If the estimator is unknown, or images are too small for a fit.

    Examples
    --------
    >>> fit_power_law(np.load('images.npy', mmap_mode='r')[:1000]).p.mean()
    """
    if estimator not in ESTIMATORS:
        raise ValueError(f"Unknown estimator '{estimator}': choose one of {', '.join(ESTIMATORS)}.")
    fit = _fit_logarithms(images) if estimator == 'log_log' else _fit_power(images)
    fit[(images == images[:, :1, :1]).reshape(len(images), images[:1].size).all(axis=1)] = np.nan
    return pd.DataFrame(fit, columns=['p', 'amplitude', 'r2'])


def naturalness(p: np.ndarray) -> np.ndarray:
    """-log|p - 2| of the exponent p (Prasad, Manor & Pereira 2022, Fig. 4); infinite at 2, so give it a mean."""
    with np.errstate(divide='ignore'):
        return -np.log(np.abs(np.asarray(p, dtype=float) - NATURAL_EXPONENT))


def domain_naturalness(images: np.ndarray, n_images: int = SAMPLE_IMAGES, seed: int = 0) -> float:
    """Naturalness of a domain as the report of the study has it: of the mean exponent of a sample of its images.

    Parameters
    ----------
    images : numpy.ndarray, shape (n, size, size, 3)
        May be memory-mapped.
    n_images : int
        How many are drawn; all where there are fewer.
    seed : int
        Of the drawing.

    Returns
    -------
    float
        By the estimator 'log_log'; NaN where fewer than two images have an exponent.
    """
    p = fit_power_law(sample_images(images, n_images, seed)).p.dropna().to_numpy()
    return float(naturalness(p.mean())) if len(p) > 1 else np.nan


def describe_domains(images: dict[str, np.ndarray], n_images: int = SAMPLE_IMAGES, seed: int = 0,
                     n_bootstraps: int = 1000) -> pd.DataFrame:
    """Exponent and naturalness of domains by both estimators (Fig. 4 left and the first column of Table 1).

    Parameters
    ----------
    images : dict of str to numpy.ndarray, shape (n, size, size, 3)
        Domain -> images; may be memory-mapped.
    n_images, seed
        As of :func:`domain_naturalness`, which draws the same images.
    n_bootstraps : int
        Bootstrap samples of the images, for the intervals.

    Returns
    -------
    pandas.DataFrame
        A row for each domain and estimator: domain, estimator, n_images, n_undefined (constant images), p_mean, p_sd,
        r2_median, naturalness (of the mean) with low and high, the ends of its 95 % interval over bootstrap samples of
        the images. NaN from p_mean on where fewer than two images have an exponent.
    """
    rows = []
    for domain, of_domain in images.items():
        sample = sample_images(of_domain, n_images, seed)
        rng = np.random.default_rng([seed, 1])
        for estimator in ESTIMATORS:
            fits = fit_power_law(sample, estimator)
            rows.append({'domain': domain, 'estimator': estimator, 'n_images': len(sample),
                         'n_undefined': int(fits.p.isna().sum()), **_describe_exponents(fits, rng, n_bootstraps)})
    return pd.DataFrame(rows, columns=['domain', 'estimator', 'n_images', 'n_undefined', 'p_mean', 'p_sd',
                                       'r2_median', 'naturalness', 'low', 'high'])


def mean_spectra(images: dict[str, np.ndarray], n_images: int = SAMPLE_IMAGES, seed: int = 0) -> pd.DataFrame:
    """Windowed spectra of domains, averaged over images of equal total power.

    Parameters
    ----------
    images, n_images, seed
        As of :func:`describe_domains`, which draws the same images.

    Returns
    -------
    pandas.DataFrame
        A row for each domain and frequency: domain, frequency (cycles an image), power (share of the total).
    """
    tables = []
    for domain, of_domain in images.items():
        frequencies, power = radial_power_spectrum(sample_images(of_domain, n_images, seed))
        total = power.sum(axis=1, keepdims=True)
        shares = power[total[:, 0] > 0] / total[total[:, 0] > 0]
        if len(shares):
            tables.append(pd.DataFrame({'domain': domain, 'frequency': frequencies, 'power': shares.mean(axis=0)}))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=['domain', 'frequency', 'power'])


def sample_images(images: np.ndarray, n_images: int, seed: int) -> np.ndarray:
    """Images drawn at random, in their order; all where there are no more than `n_images`."""
    rng = np.random.default_rng([seed, len(images)])
    return np.asarray(images[np.sort(rng.permutation(len(images))[:n_images])])


def _describe_exponents(fits: pd.DataFrame, rng: np.random.Generator, n_bootstraps: int) -> dict[str, float]:
    p = fits.p.dropna().to_numpy()
    if p.size < 2:
        return {}
    bootstrapped = naturalness(p[rng.integers(p.size, size=(n_bootstraps, p.size))].mean(axis=1))
    low, high = np.quantile(bootstrapped, [.025, .975])
    return {'p_mean': p.mean(), 'p_sd': p.std(ddof=1), 'r2_median': fits.r2.median(),
            'naturalness': float(naturalness(p.mean())), 'low': low, 'high': high}


def _grey(images: np.ndarray) -> np.ndarray:
    if images.ndim not in (3, 4) or images.shape[1] != images.shape[2] or images.shape[3:] not in ((), (3,)):
        raise ValueError(f'Images of shape {images.shape}: give (n, size, size) or (n, size, size, 3).')
    images = np.asarray(images, dtype=np.float32)
    return images @ LUMA if images.ndim == 4 else images


@functools.cache
def _ring_average(width: int) -> np.ndarray:
    """Averages the half plane of a real image's spectrum over rings: (width * (width // 2 + 1), width // 2)."""
    columns = np.arange(width // 2 + 1)
    radius = np.hypot(scipy.fft.fftfreq(width, 1 / width)[:, None], columns)
    twice = np.where((columns == 0) | (2 * columns == width), 1, 2)  # the other half plane mirrors the rest
    members = (np.rint(radius)[..., None] == np.arange(1, width // 2 + 1)) * twice[None, :, None]
    members = members.reshape(-1, width // 2)
    return (members / members.sum(axis=0)).astype(np.float32)


def _windowed(images: np.ndarray) -> np.ndarray:
    hann = np.hanning(images.shape[1] + 2)[1:-1]
    window = np.outer(hann, hann).astype(np.float32)
    means = (images * window).sum(axis=(1, 2), keepdims=True) / window.sum()  # leave nothing at frequency 0
    return (images - means) * window


def _fit_logarithms(images: np.ndarray) -> np.ndarray:
    frequencies, power = radial_power_spectrum(images)
    used = (frequencies >= LOWEST) & (frequencies <= HIGHEST * images.shape[1])
    if used.sum() < 3:
        raise ValueError(f'Images of {images.shape[1]} pixels hold too few frequencies to fit a power law: give at '
                         'least 24 pixels a side.')
    independent = np.pi * frequencies[used] / HANN_BANDWIDTH ** 2  # half of a ring mirrors the other half
    with np.errstate(divide='ignore', invalid='ignore'):
        # the logarithm of a mean of few exponentially distributed powers is too low on average
        y = np.log(power[:, used].astype(float)) - (digamma(independent) - np.log(independent))
        x = np.log(frequencies[used])
        weights = independent / independent.sum()
        dx, dy = x - weights @ x, y - (y @ weights)[:, None]
        slope = dy @ (weights * dx) / (weights @ dx ** 2)
        residual = ((dy - slope[:, None] * dx) ** 2) @ weights
        return np.stack([-slope, np.exp(y @ weights - slope * (weights @ x)), 1 - residual / (dy ** 2 @ weights)],
                        axis=1)


def _fit_power(images: np.ndarray) -> np.ndarray:
    """Least squares of c f^-p. For a given p the best c is linear, which leaves one unknown an image."""
    frequencies, power = radial_power_spectrum(images, window=False, padded=max(PADDED, images.shape[1]))
    y = power.astype(float)
    log_f = np.log(frequencies)

    def explained(p: np.ndarray) -> np.ndarray:
        """Sum of squares that f^-p explains, for one p an image."""
        law = np.exp(-p[:, None] * log_f)
        return (y * law).sum(axis=1) ** 2 / (law ** 2).sum(axis=1)

    grid = np.arange(0, 12.01, .1)
    laws = np.exp(-grid[:, None] * log_f)
    best = grid[((y @ laws.T) ** 2 / (laws ** 2).sum(axis=1)).argmax(axis=1)]
    p = _maximise(explained, best - .1, best + .1)
    law = np.exp(-p[:, None] * log_f)
    with np.errstate(divide='ignore', invalid='ignore'):
        amplitude = (y * law).sum(axis=1) / (law ** 2).sum(axis=1)
        residual = ((y - amplitude[:, None] * law) ** 2).sum(axis=1)
        r2 = 1 - residual / ((y - y.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    return np.stack([p, amplitude, r2], axis=1)


def _maximise(function: Callable[[np.ndarray], np.ndarray], low: np.ndarray, high: np.ndarray,
              steps: int = 25) -> np.ndarray:
    """Golden section search of many functions of one variable at once, to 1e-6 of an interval of 0.2."""
    ratio = (np.sqrt(5) - 1) / 2
    for _ in range(steps):
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        rising = function(left) < function(right)
        low, high = np.where(rising, left, low), np.where(rising, high, right)
    return (low + high) / 2
