"""Bootstrap samples, and means that skip what is undefined."""
import numpy as np

N_SAMPLES = 2000
INTERVAL = (.025, .975)


def bootstrap_weights(n: int, rng: np.random.Generator) -> np.ndarray:
    """How often each of n units is in each of :data:`N_SAMPLES` bootstrap samples, (n_samples, n)."""
    return rng.multinomial(n, np.full(n, 1 / n), size=N_SAMPLES)


def weighted_means(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Means over units, (n_samples, n_rows), of values (n_rows, n_units) with weights (n_samples, n_units)."""
    present = np.isfinite(values)
    with np.errstate(invalid='ignore'):
        return (weights @ np.where(present, values, 0).T) / (weights @ present.T)


def defined_mean(values: np.ndarray, axis: int) -> np.ndarray:
    """Mean of what is finite; NaN, without a warning, where nothing is."""
    present = np.isfinite(values)
    with np.errstate(invalid='ignore'):
        return np.where(present, values, 0).sum(axis=axis) / present.sum(axis=axis)
