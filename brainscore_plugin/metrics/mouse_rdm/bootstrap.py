"""The error of a mean over animals, each of which was measured on images, from bootstrap samples of the images."""
import numpy as np
from brainscore_vision.metrics.mouse_metrics.averages import nanmean
from brainscore_vision.metrics.mouse_metrics.interval import LEVEL, Uncertainty, uncertainty
from scipy import stats


def uncertainty_of_mean(values: np.ndarray, bootstrap: np.ndarray, n_images: int) -> Uncertainty:
    r"""Error and interval of a mean over animals and images; over images alone for one animal.

    With :math:`\sigma^2_a, \sigma^2_i, \sigma^2_{both}` the variances over bootstrap samples of A animals, of P images
    and of both, that over new animals and new images is (Schuett et al. 2023, eLife 12:e82566)

    .. math:: \frac{A}{A-1} \sigma^2_a + \frac{P}{P-1} \sigma^2_i
              - \frac{AP}{(A-1)(P-1)} (\sigma^2_{both} - \sigma^2_a - \sigma^2_i).

    :func:`~brainscore_vision.metrics.mouse_metrics.interval.uncertainty` computes its parts without resampling animals:
    the first term is u, the other two v, which is at least 0. As in rsatoolbox's ``extract_variances``, the second
    term is the least that the variance can be: a few animals may be alike by chance. Unlike there,
    :math:`\sigma^2_{both}` is not the most, for it lacks the factors for few animals: where these differ much, two
    would have half of the true variance and three two thirds. Each variance has Student's t of its own.

    Parameters
    ----------
    values : numpy.ndarray, shape (n_animals,)
        From the images as they are; NaN where an animal has no value, which is left out.
    bootstrap : numpy.ndarray, shape (n_bootstrap, n_animals)
        From bootstrap samples of the images, the same ones for all animals.
    n_images : int
        The fewest that an animal saw.

    Returns
    -------
    Uncertainty
        NaN where no animal has a value.
    """
    present = np.isfinite(values)
    samples = bootstrap[:, present] * np.sqrt(n_images / (n_images - 1))
    found = uncertainty(values[present], samples, False, ('animal', 'image'))
    if not present.any():
        return found
    of_images = float(np.nanstd(nanmean(samples, axis=1), ddof=1))
    least = Uncertainty(of_images, float(stats.t.ppf((1 + LEVEL) / 2, n_images - 1)) * of_images, ('image',))
    if present.sum() == 1:
        return least
    return Uncertainty(max(found.error, least.error), max(found.half_width, least.half_width), found.over)
