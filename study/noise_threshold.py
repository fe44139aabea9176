"""How well a Gabor function fits white noise, and whether filters are fitted better.

Fits have eight free parameters and find something in noise, so that R² says little by itself.
"""
import functools

import numpy as np
import pandas as pd

from study.gabor_fit import fit_gabors

NULL_FILTERS = 500
NULL_QUANTILE = .99


@functools.lru_cache
def noise_threshold(size: int = 11, colours: int = 3, seed: int = 0) -> float:
    """R² that one in a hundred filters of white noise exceeds.

    Parameters
    ----------
    size, colours : int
        Of the filters.
    seed : int
        Of the :data:`NULL_FILTERS` filters.
    """
    return float(np.quantile(noise_fits(size, colours, seed).r2, NULL_QUANTILE))


@functools.lru_cache
def noise_fits(size: int = 11, colours: int = 3, seed: int = 0) -> pd.DataFrame:
    """:func:`~study.gabor_fit.fit_gabors` of :data:`NULL_FILTERS` filters of white noise."""
    noise = np.random.default_rng([seed, size]).standard_normal((NULL_FILTERS, colours, size, size))
    return fit_gabors(noise)


def gabor_like(fits: pd.DataFrame, threshold: float) -> np.ndarray:
    """Whether filters are fitted better than noise (R² above the threshold) and pass a band of frequencies."""
    return ((fits.r2 > threshold) & fits.bandwidth_octaves.notna()).to_numpy()


def describe_filters(weights: dict[str, np.ndarray], seed: int = 0) -> pd.DataFrame:
    """Gabor fits of the filters of models, and whether each is better than those of noise.

    Parameters
    ----------
    weights : dict of str to numpy.ndarray, shape (n, 3, k, k)
        Model -> filters.
    seed : int
        Of the noise that they are compared with.

    Returns
    -------
    pandas.DataFrame
        As of :func:`~study.gabor_fit.fit_gabors`, with the columns model, gabor_like and threshold.
    """
    tables = []
    for model, filters in weights.items():
        threshold = noise_threshold(filters.shape[-1], filters.shape[1], seed)
        fits = fit_gabors(filters)
        tables.append(fits.assign(gabor_like=gabor_like(fits, threshold), threshold=threshold))
        tables[-1].insert(0, 'model', model)
    return pd.concat(tables, ignore_index=True)
