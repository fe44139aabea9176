"""A score over bootstrap samples of animals, image splits or neurons: its standard error and interval."""
import numpy as np
from brainscore_vision.metrics.mouse_metrics.averages import (
    median,
    median_per_animal,
    median_per_row,
    nanmean,
)

from .predictivity import Predictivity

N_BOOTSTRAP = 1000
INTERVAL = (.025, .975)


def bootstrap(result: Predictivity, animals: np.ndarray, seed: int) -> tuple[np.ndarray, list[str]]:
    """The score over bootstrap samples of animals and image splits.

    A score is to hold beyond the animals it was measured in; their differences contain those of the neurons recorded in
    each. Because a sample of A animals varies less than A new animals would, deviations from the mean of the samples
    are stretched by sqrt(A / (A - 1)) (Davison & Hinkley 1997, Bootstrap Methods and their Application, section 2.3).
    Where there is one animal its neurons are resampled instead.

    Parameters
    ----------
    result : Predictivity
        Of all neurons.
    animals : numpy.ndarray, shape (n_neurons,)
        Whose neuron each is.
    seed : int

    Returns
    -------
    scores : numpy.ndarray, shape (N_BOOTSTRAP,)
    over : list of str
        What was resampled.
    """
    rng = np.random.default_rng([seed, 2])
    n_splits = len(result.raw)
    split_weights = rng.multinomial(n_splits, np.full(n_splits, 1 / n_splits), size=N_BOOTSTRAP).astype(float)
    scores, unit = _over_animals(result.corrected(split_weights), animals, rng)
    return scores, [unit, 'split']


def held_out_bootstrap(per_neuron: np.ndarray, animals: np.ndarray, seed: int) -> tuple[np.ndarray, list[str]]:
    """The score over bootstrap samples of animals, where each row of values is of a bootstrap sample of test images.

    Parameters
    ----------
    per_neuron : numpy.ndarray, shape (n_bootstrap, n_neurons)
    animals, seed
        As of :func:`bootstrap`, and so are the returned values.
    """
    scores, unit = _over_animals(per_neuron, animals, np.random.default_rng([seed, 2]))
    return scores, [unit, 'image']


def pooled_bootstrap(corrected: np.ndarray, seed: int) -> tuple[np.ndarray, list[str]]:
    """The pooled score over bootstrap samples of animals and image splits.

    Parameters
    ----------
    corrected : numpy.ndarray, shape (image_splits, n_animals)
    seed
        As of :func:`bootstrap`, and so are the returned values.
    """
    rng = np.random.default_rng([seed, 2])
    n_splits, n_animals = corrected.shape
    scores = np.array([median(nanmean(corrected[rng.integers(n_splits, size=n_splits)], axis=0)
                              [rng.integers(n_animals, size=n_animals)]) for _ in range(N_BOOTSTRAP)])
    return scores, ['animal', 'split']


def pooled_held_out_bootstrap(per_animal: np.ndarray, seed: int) -> tuple[np.ndarray, list[str]]:
    """The pooled score over bootstrap samples of animals, where each row is of a bootstrap sample of test images.

    Parameters
    ----------
    per_animal : numpy.ndarray, shape (n_bootstrap, n_animals)
    seed
        As of :func:`bootstrap`, and so are the returned values.
    """
    sampled = np.random.default_rng([seed, 2]).integers(per_animal.shape[1], size=per_animal.shape)
    return median_per_row(np.take_along_axis(per_animal, sampled, axis=1)), ['animal', 'image']


def uncertainty(scores: np.ndarray, over: list[str]) -> dict:
    """Attributes of a score from its values over bootstrap samples, (n_bootstrap,), of the units named in `over`."""
    scores = scores[np.isfinite(scores)]
    if len(scores) < 2:
        return {'error': float('nan'), 'error_nan_reason': 'no neuron has a defined noise correction'}
    return {'error': float(scores.std(ddof=1)), 'interval': tuple(np.quantile(scores, INTERVAL).tolist()),
            'error_over': over, 'n_bootstrap': len(scores)}


def _over_animals(per_neuron: np.ndarray, animals: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, str]:
    """For each row of values, the mean over a sample of animals or the median over a sample of a single one's neurons.

    Returned with what was resampled, 'animal' or 'neuroid'; see :func:`bootstrap` for why samples are stretched.
    """
    n_animals = len(set(animals))
    if n_animals == 1:
        sampled = rng.integers(per_neuron.shape[1], size=per_neuron.shape)
        return median_per_row(np.take_along_axis(per_neuron, sampled, axis=1)), 'neuroid'
    medians = median_per_animal(per_neuron, animals)
    sampled = rng.integers(n_animals, size=medians.shape)
    scores = nanmean(np.take_along_axis(medians, sampled, axis=1), axis=1)
    centre = nanmean(scores[None], axis=1)
    return centre + np.sqrt(n_animals / (n_animals - 1)) * (scores - centre), 'animal'
