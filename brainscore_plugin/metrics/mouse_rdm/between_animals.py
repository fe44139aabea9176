"""What the matrices of other animals get: a ceiling for what a model can share with all animals."""
import numpy as np
from brainscore_vision.metrics.mouse_metrics.averages import nanmean
from brainscore_vision.metrics.mouse_metrics.halvings import positive

from .dissimilarity import mean_correlation, similarity


def between_animals(halves: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper bound of what a matrix that all animals share can get of each animal's.

    As the noise ceiling of Nili et al. (2014, PLoS Comput Biol 10:e1003553), with standardised matrices, but corrected
    for the trials' noise as scores are. The lower bound is what the mean matrix of the other animals gets, taken for a
    model; it grows with their number, for their noise is not taken off. The upper bound is what the mean matrix of all
    animals would get without noise, this animal's own among them: no matrix correlates better with all of them.

    Parameters
    ----------
    halves : list of numpy.ndarray, shape (2, n_halves, n_pairs)
        Of each animal, from :func:`~.half_matrices.half_dissimilarities`, all of the same images.

    Returns
    -------
    lower, upper : numpy.ndarray, shape (n_animals,)
        NaN where an animal is alone, or a matrix has no reliability.
    """
    if len(halves) < 2:
        return np.full((2, len(halves)), np.nan)
    standard = np.stack([_standardised(own) for own in halves])
    lower = [similarity(nanmean(np.delete(standard, animal, axis=0).reshape(-1, own.shape[-1]), axis=0), own,
                        'pearson').corrected()[0] for animal, own in enumerate(halves)]
    shared = nanmean(standard, axis=0)  # (2, n_halves, n_pairs)
    reliability = mean_correlation(shared[0], shared[1])
    upper = []
    for own in halves:
        found = (mean_correlation(shared[0], own[1]) + mean_correlation(shared[1], own[0])) / 2
        upper.append(found / np.sqrt(positive(reliability) * positive(mean_correlation(own[0], own[1]))))
    return np.array(lower), np.array(upper)


def _standardised(halves: np.ndarray) -> np.ndarray:
    """Rows with mean 0 and standard deviation 1 over the pairs that have a dissimilarity."""
    centred = halves - nanmean(halves, axis=-1)[..., None]
    return centred / np.sqrt(nanmean(centred ** 2, axis=-1))[..., None]
