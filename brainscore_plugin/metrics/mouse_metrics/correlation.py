"""Correlations over weighted rows."""
from collections.abc import Callable

import numpy as np

ROUNDING = 1e-12  # share of a mean square below which a variance is rounding error


def correlation(average: Callable[[np.ndarray], np.ndarray], a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Correlations from averages: of the columns of a and b over weighted rows, or over whatever `average` pools.

    Parameters
    ----------
    average : callable
        Averages an array as `a` and `b` up to a factor, such as ``lambda values: weights @ values``.
    a, b : numpy.ndarray, shape (n, m)

    Returns
    -------
    numpy.ndarray
        Shaped as the averages; NaN where a or b is constant or not finite.
    """
    total = average(np.ones_like(a))
    mean_a, mean_b, square_a, square_b, product = (average(values) / total for values in (a, b, a * a, b * b, a * b))
    variance_a, variance_b = square_a - mean_a ** 2, square_b - mean_b ** 2
    defined = (variance_a > ROUNDING * square_a) & (variance_b > ROUNDING * square_b)
    scale = np.sqrt(np.where(defined, variance_a * variance_b, np.nan))
    return (product - mean_a * mean_b) / scale
