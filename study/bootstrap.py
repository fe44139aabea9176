"""Bootstrap samples, the intervals that they give, and means that skip what is undefined."""
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


def interval_of_mean(values: np.ndarray, seed: int) -> tuple[float, float]:
    """95 % interval of the mean of (n_rows, n_columns) over bootstrap samples of both.

    Parameters
    ----------
    values : numpy.ndarray, shape (n_rows, n_columns)
        NaN where there is no value; interval ends are NaN where there is none at all.
    seed : int
        Of the bootstrap samples.
    """
    rng = np.random.default_rng([seed, 5])
    of_rows, of_columns = (bootstrap_weights(n, rng) for n in values.shape)
    present = np.isfinite(values)
    total, count = ((of_rows @ part * of_columns).sum(axis=1) for part in (np.where(present, values, 0), present))
    means = total[count > 0] / count[count > 0]
    return tuple(np.quantile(means, INTERVAL)) if means.size else (np.nan, np.nan)


def defined_mean(values: np.ndarray, axis: int) -> np.ndarray:
    """Mean of what is finite; NaN, without a warning, where nothing is."""
    present = np.isfinite(values)
    with np.errstate(invalid='ignore'):
        return np.where(present, values, 0).sum(axis=axis) / present.sum(axis=axis)
