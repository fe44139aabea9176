"""First-layer filters reduced to the pattern of their principal colour."""
import numpy as np


def principal_patterns(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Filters as patterns of their principal colour.

    Parameters
    ----------
    weights : numpy.ndarray, shape (n, 3, k, k) or (n, k, k)

    Returns
    -------
    patterns : numpy.ndarray, shape (n, k, k)
        First singular vector over space times its singular value; light where the filter likes light.
    colour_share : numpy.ndarray, shape (n,)
        Share of the sum of squares that it holds.
    """
    weights = checked_filters(weights)
    if weights.ndim == 3:
        return weights, np.ones(len(weights))
    n, colours, size = weights.shape[:3]
    u, s, v = np.linalg.svd(weights.reshape(n, colours, size * size), full_matrices=False)
    sign = np.where(u[:, :, 0].sum(axis=1) < 0, -1, 1)
    with np.errstate(invalid='ignore'):
        share = s[:, 0] ** 2 / (s ** 2).sum(axis=1)
    return ((sign * s[:, 0])[:, None] * v[:, 0]).reshape(n, size, size), share


def checked_filters(weights: np.ndarray) -> np.ndarray:
    """Filters as numbers of double precision; ValueError if they are not square, not finite or none."""
    weights = np.asarray(weights, dtype=float)
    if weights.ndim not in (3, 4) or weights.shape[-1] != weights.shape[-2] or len(weights) == 0:
        raise ValueError(f'Filters of shape {weights.shape}: give (n, colours, k, k) or (n, k, k).')
    if not np.isfinite(weights).all():
        raise ValueError('Filters hold values that are not finite.')
    return weights
