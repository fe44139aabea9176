"""How far the images of a domain are from natural scenes, in the 36 features of NIQE.

Mittal, Soundararajan & Bovik (2013, IEEE Signal Process Lett 20:209, https://doi.org/10.1109/LSP.2012.2227726). Pixels
of a natural image, less their local mean and over their local contrast, have a distribution of one shape, and so have
the products of neighbours; drawings, text and micrographs have others. Brightness does not enter, contrast little, and
no exponent has to be near 2 by chance. PyTorch libraries have these features (pyiqa) but bring some 30 packages that
nothing else here needs; tests compare with numbers from one of them.
"""
import functools

import numpy as np
import pandas as pd
from brainscore_vision.metrics.mouse_metrics.averages import median
from scipy.ndimage import correlate1d
from scipy.special import gammaln
from tqdm import tqdm

from study.naturalness import LUMA, sample_images

N_FEATURES = 36
CHUNK = 200  # images at once
WINDOW = np.exp(-np.arange(-3, 4) ** 2 / (2 * (7 / 6) ** 2))  # of the local mean, 7 x 7 pixels
NEIGHBOURS = ((0, 1), (1, 0), (1, 1), (1, -1))
SHAPES = np.arange(.2, 10.001, .001)  # of the generalised Gaussians that are tried


def natural_scene_features(images: np.ndarray) -> np.ndarray:
    """The 36 features of every image, at full and half size, each image one patch.

    Parameters
    ----------
    images : numpy.ndarray, shape (n, size, size) or (n, size, size, 3)
        Intensities from 0 to 255; `size` is even.

    Returns
    -------
    numpy.ndarray, shape (n, 36)
        Of either size 18: shape and scale of the normalised luminance; of the products of its neighbours across, down
        and along both diagonals shape, mean, left and right scale. NaN where an image is constant, or nearly so.
    """
    found = []
    for start in range(0, len(images), CHUNK):
        grey = np.asarray(images[start:start + CHUNK], dtype=float)
        grey = np.rint(grey @ LUMA.astype(float)) if grey.ndim == 4 else grey
        halving = _halving(grey.shape[1])
        found.append(np.concatenate([_features(grey), _features(halving @ grey @ halving.T)], axis=1))
    return np.concatenate(found) if found else np.empty((0, N_FEATURES))


def scene_distance(features: np.ndarray, reference: np.ndarray) -> float:
    r"""Distance of two sets of images, :math:`\sqrt{(\mu_1 - \mu_2)^T ((C_1 + C_2) / 2)^{-1} (\mu_1 - \mu_2)}`.

    Mittal et al. (2013), equation 10, with means and covariances of the features.

    Parameters
    ----------
    features, reference : numpy.ndarray, shape (n, 36)
        Rows with NaN are left out.

    Returns
    -------
    float
        NaN where either set has no more than 36 images: its covariance would not be known.
    """
    one, other = (rows[np.isfinite(rows).all(axis=1)] for rows in (features, reference))
    if min(len(one), len(other)) <= N_FEATURES:
        return np.nan
    difference = one.mean(axis=0) - other.mean(axis=0)
    covariance = (np.cov(one, rowvar=False) + np.cov(other, rowvar=False)) / 2
    return float(np.sqrt(difference @ np.linalg.pinv(covariance) @ difference))


def describe_distances(images: dict[str, np.ndarray], reference: np.ndarray, sources: np.ndarray, n_images: int,
                       seed: int = 0, n_bootstraps: int = 200) -> pd.DataFrame:
    """Distance of domains from natural scenes, with intervals.

    Parameters
    ----------
    images : dict of str to numpy.ndarray
        Domain -> images, as of :func:`natural_scene_features`; may be memory-mapped.
    reference : numpy.ndarray, shape (n_reference, 36)
        Features of natural scenes.
    sources : numpy.ndarray, shape (n_reference,)
        Of which photograph each is a part: photographs are resampled whole.
    n_images, seed : int
        As of :func:`~study.naturalness.sample_images`.
    n_bootstraps : int
        Bootstrap samples of a domain's images and of the reference's photographs.

    Returns
    -------
    pandas.DataFrame
        A row a domain: domain, n_images, n_undefined (constant images), distance, with low and high, the ends of its
        95 % interval by the basic bootstrap; kurtosis, as of :func:`difference_kurtosis`, the median over images.
    """
    rows = []
    for domain, of_domain in tqdm(images.items(), desc='natural scene statistics', leave=False, disable=None):
        sample = sample_images(of_domain, n_images, seed)
        features = natural_scene_features(sample)
        defined = features[np.isfinite(features).all(axis=1)]
        rng = np.random.default_rng([seed, 6])
        found = scene_distance(defined, reference)
        samples = [scene_distance(defined[rng.integers(len(defined), size=len(defined))],
                                  reference[_whole_photographs(sources, rng)]) for _ in range(n_bootstraps)
                   ] if len(defined) > N_FEATURES else [np.nan]
        # the basic bootstrap: samples, of fewer different photographs, are too far away, as the distance itself is
        near, far = np.nanquantile(samples, [.025, .975]) if np.isfinite(samples).any() else (np.nan, np.nan)
        rows.append({'domain': domain, 'n_images': len(features), 'n_undefined': len(features) - len(defined),
                     'distance': found, 'low': max(2 * found - far, 0), 'high': 2 * found - near,
                     'kurtosis': median(difference_kurtosis(sample))})
    return pd.DataFrame(rows, columns=['domain', 'n_images', 'n_undefined', 'distance', 'low', 'high', 'kurtosis'])


def difference_kurtosis(images: np.ndarray) -> np.ndarray:
    """Kurtosis of the differences between neighbouring pixels' luminance, across and down, of each image.

    3 for Gaussian differences; natural images have more, for they are smooth with some edges (Field 1987, J Opt Soc
    Am A 4:2379), and drawings on plain paper far more. NaN where an image is constant.

    Parameters
    ----------
    images : numpy.ndarray, shape (n, size, size) or (n, size, size, 3)
    """
    grey = images.astype(np.float32) @ LUMA if images.ndim == 4 else images.astype(np.float32)
    differences = np.concatenate([np.diff(grey, axis=axis).reshape(len(grey), -1) for axis in (1, 2)], axis=1)
    with np.errstate(invalid='ignore'):
        return (differences ** 4).mean(axis=1) / (differences ** 2).mean(axis=1) ** 2


def _whole_photographs(sources: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Rows of a bootstrap sample of photographs."""
    rows = {source: np.flatnonzero(sources == source) for source in np.unique(sources)}
    names = list(rows)
    return np.concatenate([rows[names[i]] for i in rng.integers(len(names), size=len(names))])


def _features(grey: np.ndarray) -> np.ndarray:
    weights = WINDOW / WINDOW.sum()

    def local_mean(values):
        return correlate1d(correlate1d(values, weights, axis=1, mode='nearest'), weights, axis=2, mode='nearest')
    mean = local_mean(grey)
    deviation = np.sqrt(np.abs(local_mean(grey ** 2) - mean ** 2))
    normalised = (grey - mean) / (deviation + 1)
    with np.errstate(divide='ignore', invalid='ignore'):
        shape, left, right = _fit_gaussian(normalised)
        found = [shape, (left + right) / 2]
        for shift in NEIGHBOURS:
            shape, left, right = _fit_gaussian(normalised * np.roll(normalised, shift, axis=(1, 2)))
            found += [shape, (right - left) * np.exp(gammaln(2 / shape) - gammaln(1 / shape)), left, right]
    return np.stack(found, axis=1)


def _fit_gaussian(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Shape, left and right scale of an asymmetric generalised Gaussian, by its moments (Lasmar et al. 2009, ICIP)."""
    negative, positive = values < 0, values > 0
    left, right = (np.sqrt((values ** 2 * side).sum(axis=(1, 2)) / side.sum(axis=(1, 2))) for side in (negative,
                                                                                                       positive))
    ratio = left / right
    moments = np.abs(values).mean(axis=(1, 2)) ** 2 / (values ** 2).mean(axis=(1, 2))
    wanted = moments * (ratio ** 3 + 1) * (ratio + 1) / (ratio ** 2 + 1) ** 2
    shape = np.where(np.isfinite(wanted), SHAPES[_nearest(_moment_ratio(), wanted)], np.nan)
    scale = np.exp((gammaln(1 / shape) - gammaln(3 / shape)) / 2)
    return shape, left * scale, right * scale


@functools.cache
def _moment_ratio() -> np.ndarray:
    """Squared mean size over mean square of a generalised Gaussian of each of :data:`SHAPES`; it rises with them."""
    return np.exp(2 * gammaln(2 / SHAPES) - gammaln(1 / SHAPES) - gammaln(3 / SHAPES))


def _nearest(rising: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    above = np.searchsorted(rising, wanted).clip(1, len(rising) - 1)
    return np.where(wanted - rising[above - 1] < rising[above] - wanted, above - 1, above)


@functools.cache
def _halving(size: int) -> np.ndarray:
    """Halves a side of that many pixels, (size / 2, size), by the antialiased bicubic kernel of MATLAB's imresize."""
    position = 2 * np.arange(size // 2)[:, None] + .5 - np.arange(-4, size + 4)
    x = np.abs(position) / 2
    kernel = np.where(x <= 1, 1.5 * x ** 3 - 2.5 * x ** 2 + 1, np.where(x < 2, -.5 * x ** 3 + 2.5 * x ** 2 - 4 * x + 2,
                                                                        0))
    reflected = np.pad(np.arange(size), 4, mode='symmetric')
    matrix = np.zeros((size // 2, size))
    for column, pixel in enumerate(reflected):
        matrix[:, pixel] += kernel[:, column]
    return matrix / matrix.sum(axis=1, keepdims=True)
