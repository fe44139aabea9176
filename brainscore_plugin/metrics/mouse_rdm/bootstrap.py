"""The error of a mean over animals, each of which was measured on images, by bootstrap samples of both."""
import numpy as np
from brainscore_vision.metrics.mouse_metrics.averages import mean, nanmean
from scipy import stats


def standard_error(values: np.ndarray, bootstrap: np.ndarray, n_images: int, seed: int) -> float:
    """Standard error of a mean over animals: the root of :func:`two_factor_variance`, of images alone for one animal.

    Parameters
    ----------
    values : numpy.ndarray, shape (n_animals,)
        From the images as they are; NaN where an animal has no value, which is left out.
    bootstrap : numpy.ndarray, shape (n_bootstrap, n_animals)
        From bootstrap samples of the images.
    n_images : int
        The fewest that an animal saw.
    seed : int
        Of the resampling of animals.

    Returns
    -------
    float
        NaN where no animal has a value.
    """
    present = np.isfinite(values)
    values, bootstrap = values[present], bootstrap[:, present]
    n = len(values)
    if n == 0:
        return np.nan
    images = _variance(nanmean(bootstrap, axis=1))
    if n == 1:
        return float(np.sqrt(images * n_images / (n_images - 1)))
    sampled = np.random.default_rng([seed, 2]).integers(n, size=bootstrap.shape)
    both = _variance(nanmean(np.take_along_axis(bootstrap, sampled, axis=1), axis=1))
    return float(np.sqrt(two_factor_variance(values.var() / n, images, both, n, n_images)))


def two_factor_variance(animals: float, images: float, both: float, n_animals: int, n_images: int) -> float:
    r"""Variance of a score over new animals and new images, from the variances over bootstrap samples.

    Resampling animals and images together counts the noise of the measurement more than once. With A animals, P images
    and the variances of resampling either alone or both (Schuett et al. 2023, eLife 12:e82566; rsatoolbox's
    ``extract_variances``),

    .. math:: \frac{A}{A-1} \sigma^2_a + \frac{P}{P-1} \sigma^2_i
              - \frac{AP}{(A-1)(P-1)} (\sigma^2_{both} - \sigma^2_a - \sigma^2_i),

    at least the larger of the first two terms, and at most :math:`\sigma^2_{both}`.

    Parameters
    ----------
    animals, images, both : float
        Variances over bootstrap samples of animals, of images, and of both.
    n_animals, n_images : int
        At least 2.
    """
    of_animals, of_images = n_animals / (n_animals - 1), n_images / (n_images - 1)
    variance = of_animals * animals + of_images * images - of_animals * of_images * (both - animals - images)
    return min(max(variance, of_animals * animals, of_images * images), both)


def interval(values: np.ndarray, error: float, n_images: int) -> tuple[float, float]:
    """95 % interval of the mean over animals: Student's t with one degree of freedom less than animals, or images.

    Of the two the fewer count, as rsatoolbox has it; a normal interval of three animals would hold the truth in four
    of five studies.

    Parameters
    ----------
    values : numpy.ndarray, shape (n_animals,)
        NaN where an animal has none.
    error : float
        From :func:`standard_error`.
    n_images : int
    """
    n = int(np.isfinite(values).sum())
    if n == 0:
        return np.nan, np.nan
    reach = float(stats.t.ppf(.975, (min(n, n_images) if n > 1 else n_images) - 1)) * error
    return mean(values) - reach, mean(values) + reach


def _variance(values: np.ndarray) -> float:
    return float(np.nanvar(values, ddof=1))
