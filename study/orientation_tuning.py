"""Tuning of first-layer filters to the orientation of gratings."""
import numpy as np

from study.filter_patterns import checked_filters
from study.gabor import across_and_along


def tuning_curve(weights: np.ndarray, frequency: float | np.ndarray,
                 n_orientations: int = 36) -> tuple[np.ndarray, np.ndarray]:
    """How strongly filters respond to grey gratings of each orientation, at the best phase.

    Parameters
    ----------
    weights : numpy.ndarray, shape (n, 3, k, k) or (n, k, k)
        Filters.
    frequency : float or numpy.ndarray, shape (n,)
        Of the grating, cycles/pixel; one for all or one a filter.
    n_orientations : int
        How many, evenly from 0 to 180.

    Returns
    -------
    orientations : numpy.ndarray, shape (n_orientations,)
        Of the bars, degrees anticlockwise from horizontal.
    response : numpy.ndarray, shape (n, n_orientations)
        Amplitude of the response as the grating drifts, to a grating of amplitude 1.
    """
    weights = checked_filters(weights)
    grey = weights.sum(axis=1) if weights.ndim == 4 else weights
    orientations = np.arange(n_orientations) * 180 / n_orientations
    across, _ = across_and_along(0, 0, np.deg2rad(orientations)[:, None], grey.shape[-1])
    frequency = np.broadcast_to(frequency, len(grey))
    gratings = np.exp(2j * np.pi * frequency[:, None, None] * across)
    return orientations, np.abs(np.einsum('nop,np->no', gratings, grey.reshape(len(grey), -1)))
