"""Means and medians over the values there are: NaN, without numpy's warning, where there is none."""
import numpy as np


def nanmean(values: np.ndarray, axis: int) -> np.ndarray:
    """Mean over the values there are; NaN where there is none."""
    present = np.isfinite(values)
    count = present.sum(axis=axis)
    total = np.where(present, values, 0).sum(axis=axis)
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)


def mean(values: np.ndarray) -> float:
    """Mean over the values there are, (n,); NaN where there is none."""
    return nanmean(values[None], axis=1)[0]


def weighted_mean(weights: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Means over the rows of values (n, m) that are there, by each row of weights (k, n): (k, m); else NaN."""
    present = np.isfinite(values)
    weight = weights @ present
    total = weights @ np.where(present, values, 0)
    return np.divide(total, weight, out=np.full(total.shape, np.nan), where=weight > 0)


def median_per_row(values: np.ndarray) -> np.ndarray:
    """Median of each row over the values there are, (n, m) -> (n,); NaN where there is none."""
    medians = np.full(len(values), np.nan)
    defined = np.isfinite(values).any(axis=1)
    complete = np.isfinite(values).all(axis=1)
    medians[complete] = np.median(values[complete], axis=1)
    some = defined & ~complete
    if some.any():
        medians[some] = np.nanmedian(values[some], axis=1)
    return medians


def median(values: np.ndarray) -> float:
    """Median over the values there are, (n,); NaN where there is none."""
    return median_per_row(values[None])[0]


def median_per_animal(values: np.ndarray, animals: np.ndarray) -> np.ndarray:
    """Median over each animal's neurons, (n, n_neurons) -> (n, n_animals); animals as they first appear."""
    return np.stack([median_per_row(values[:, animals == animal]) for animal in dict.fromkeys(animals)], axis=1)
