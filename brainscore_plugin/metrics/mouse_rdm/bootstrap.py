"""The standard error of a mean over animals, by bootstrap samples of animals and images."""
import numpy as np
from brainscore_vision.metrics.mouse_metrics.averages import nanmean


def standard_error(values: np.ndarray, bootstrap: np.ndarray, seed: int) -> float:
    r"""Standard error of a mean over animals, each of which was measured on images.

    Resampling animals and images together counts the noise of the measurement twice, so its variance is corrected with
    those of resampling either alone (Schuett et al. 2023, eLife 12:e82566, eq. 6),
    :math:`2 (\sigma^2_{images} + \sigma^2_{animals}) - \sigma^2_{both}`, kept between the larger of the two and that of
    both. It errs on the safe side, by a factor of at most the root of 3: bootstrap samples of images let the noise of a
    single pair count three times.

    Parameters
    ----------
    values : numpy.ndarray, shape (n_animals,)
        From the images as they are.
    bootstrap : numpy.ndarray, shape (n_bootstrap, n_animals)
        From bootstrap samples of the images.
    seed : int
        Of the resampling of animals.
    """
    images = np.nanvar(nanmean(bootstrap, axis=1), ddof=1)
    n = len(values)
    if n == 1:
        return float(np.sqrt(images))
    animals = np.nanvar(values) / n  # of a sample of the animals
    sampled = np.random.default_rng([seed, 2]).integers(n, size=bootstrap.shape)
    both = np.nanvar(nanmean(np.take_along_axis(bootstrap, sampled, axis=1), axis=1), ddof=1)
    # a sample of n animals varies less than n new ones would
    least = max(images, animals * n / (n - 1))
    return float(np.sqrt(np.clip(2 * (images + animals) - both, least, max(both, least))))
