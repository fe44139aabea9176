"""The filter of each model that is most like a chosen one."""
import numpy as np


def nearest_filters(chosen: np.ndarray, filters: dict[str, np.ndarray]) -> dict[str, int]:
    """Number of the filter with the largest cosine to a chosen one, of either sign, in each model.

    Parameters
    ----------
    chosen : numpy.ndarray, (channels, k, k)
    filters : dict of str to numpy.ndarray, (n, channels, k, k)
        Models whose filters are of another shape are left out.

    Returns
    -------
    dict of str to int
    """
    pattern = _unit(chosen[None])[0]
    return {name: int(np.argmax(np.abs(np.nan_to_num(_unit(weights) @ pattern))))
            for name, weights in filters.items() if weights.shape[1:] == chosen.shape}


def _unit(filters: np.ndarray) -> np.ndarray:
    """Filters (n, …) less their mean, as rows of unit length; a constant filter is 0."""
    rows = filters.reshape(len(filters), -1).astype(float)
    rows = rows - rows.mean(axis=1, keepdims=True)
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.divide(rows, norms, out=np.zeros_like(rows), where=norms > 0)
