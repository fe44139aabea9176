"""P values corrected for their number."""
import numpy as np
from numpy.typing import ArrayLike
from scipy import stats


def holm(p: ArrayLike) -> np.ndarray:
    """P values corrected by Holm's method; those that are NaN stay so and do not count.

    The same as statsmodels' `multipletests`, which collects the garbage of the whole process at every call.
    """
    p = np.asarray(p, dtype=float)
    order = np.argsort(p)[:np.isfinite(p).sum()]  # NaN are last
    corrected = np.full(p.shape, np.nan)
    corrected[order] = np.maximum.accumulate(p[order] * np.arange(len(order), 0, -1)).clip(max=1)
    return corrected


def benjamini_hochberg(p: ArrayLike) -> np.ndarray:
    """P values corrected for the false discovery rate (Benjamini & Hochberg 1995); NaN stay NaN and do not count."""
    p = np.asarray(p, dtype=float)
    corrected = np.full(p.shape, np.nan)
    if np.isfinite(p).any():
        corrected[np.isfinite(p)] = stats.false_discovery_control(p[np.isfinite(p)])
    return corrected
