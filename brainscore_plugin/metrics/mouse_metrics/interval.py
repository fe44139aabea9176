"""Standard error and 95 % interval of a mean over animals, which differ, by what else was sampled."""
from dataclasses import dataclass

import numpy as np
from scipy import stats

from .averages import nanmean

LEVEL = .95


@dataclass(frozen=True)
class Uncertainty:
    """Of a score.

    Attributes
    ----------
    error : float
        Standard error.
    half_width : float
        Of the 95 % interval; NaN, as the error, where there are too few units.
    over : tuple of str
        What was sampled.
    """
    error: float
    half_width: float
    over: tuple[str, ...]

    def interval(self, value: float) -> tuple[float, float]:
        """The 95 % interval about a value."""
        return float(value - self.half_width), float(value + self.half_width)

    def attributes(self, value: float) -> dict:
        """For the score: error, interval and error_over; why, where there is no error."""
        if not np.isfinite(self.error):
            return {'error': float('nan'),
                    'error_nan_reason': f'no noise correction is defined for two or more {self.over[0]}s'}
        return {'error': self.error, 'interval': self.interval(value), 'error_over': list(self.over)}


def uncertainty(units: np.ndarray, samples: np.ndarray, averaged: bool, over: tuple[str, ...]) -> Uncertainty:
    r"""Error of a mean over units that were measured on common samples, such as animals on image splits.

    With u the variance of the mean by the units alone, s by the samples alone, and i by what is left of either in a
    two-way table, that of the mean is u + v with :math:`v = \max(0, s - i)`: the noise of a measurement is in the
    units' differences already (Cornfield & Tukey 1956, Ann Math Stat 27:907). The interval is
    :math:`\pm\sqrt{t_{A-1}^2 u + t_{S-1}^2 v}` with Student's t for A units and S samples: each variance counts by how
    well it is known (Graybill & Wang 1980, J Am Stat Assoc 75:869; Zou & Donner 2008, Stat Med 27:1693), so that two
    animals are as vague as they are.

    Parameters
    ----------
    units : numpy.ndarray, shape (n_units,)
        Of which the score is the mean; those that are NaN are left out. Of one animal, what each neuron contributes.
    samples : numpy.ndarray, shape (n_samples, n_animals)
        Values, or what contributes to them, of each sample.
    averaged : bool
        True if a score is the mean over the samples (image splits), False if each sample is as good as the score's
        own (bootstrap samples of the images).
    over : tuple of str
        Names of units and samples, such as ('animal', 'split').
    """
    units = units[np.isfinite(units)]
    if len(units) < 2:
        return Uncertainty(float('nan'), float('nan'), over)
    of_units = units.var(ddof=1) / len(units)
    of_samples, n_samples = _beyond_units(samples[:, np.isfinite(samples).any(axis=0)], averaged)
    half_width = np.hypot(_quantile(len(units)) * np.sqrt(of_units), _quantile(n_samples) * np.sqrt(of_samples))
    return Uncertainty(float(np.sqrt(of_units + of_samples)), float(half_width), over)


def _quantile(n: int) -> float:
    return stats.t.ppf((1 + LEVEL) / 2, max(n - 1, 1))


def _beyond_units(samples: np.ndarray, averaged: bool) -> tuple[float, int]:
    """Variance of the mean over animals by samples that animals share, and how many there are."""
    samples = samples[np.isfinite(samples).any(axis=1)]
    n_samples, n_animals = samples.shape
    if n_samples < 2:
        return 0., n_samples
    of_mean = nanmean(samples, axis=1)
    count = n_samples if averaged else 1
    total = of_mean.var(ddof=1) / count
    if n_animals > 1:
        rest = samples - of_mean[:, None] - nanmean(samples, axis=0) + of_mean.mean()
        total -= np.nansum(rest ** 2) / ((n_samples - 1) * (n_animals - 1)) / n_animals / count
    return max(0., float(total)), n_samples
