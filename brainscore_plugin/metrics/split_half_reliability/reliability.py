"""Split-half reliability of neurons, all of them at once: functions of arrays."""
import numpy as np
from sklearn.model_selection import ShuffleSplit

# Relative, not as brainscore_vision.metrics.…: recordings are packaged with this function, linked or not.
from ..mouse_metrics.halvings import spearman_brown

N_HALVINGS, RANDOM_STATE = 10, 1  # those of Brain-Score's internal_consistency, so that the numbers are the same
BLOCK = 64  # neurons at a time, so that their averages stay in the processor's cache: a third of the time


def reliability(responses: np.ndarray, n_halvings: int = N_HALVINGS, random_state: int = RANDOM_STATE) -> np.ndarray:
    r"""Split-half reliability, :math:`2r / (1 + r)` with r the correlation over images of two halves of the trials.

    Parameters
    ----------
    responses : numpy.ndarray, shape (n_images, n_trials, n_neurons)
        NaN where a trial is missing.
    n_halvings : int
        Random halvings of the trials.
    random_state : int
        Their seed.

    Returns
    -------
    numpy.ndarray, shape (n_halvings, n_neurons)
        Spearman-Brown corrected, as for all the trials; NaN where it is undefined.
    """
    n_trials = responses.shape[1]
    halves = np.zeros((2, n_halvings, n_trials))  # 1 where a trial is in the half
    halvings = ShuffleSplit(n_halvings, train_size=.5, random_state=random_state).split(np.zeros(n_trials))
    for halving, pair in enumerate(halvings):
        for half, trials in enumerate(pair):
            halves[half, halving, trials] = 1
    blocks = (responses[:, :, start:start + BLOCK] for start in range(0, responses.shape[2], BLOCK))
    return np.concatenate([_of_block(block, halves.reshape(-1, n_trials)) for block in blocks], axis=1)


def reliability_of_animals(responses: np.ndarray) -> np.ndarray:
    """The same where animals may have seen different images: each neuron's over the images it has a trial of.

    Parameters
    ----------
    responses : numpy.ndarray, shape (n_images, n_trials, n_neurons)
        NaN where a trial is missing and where an image was not shown to the neuron's animal.

    Returns
    -------
    numpy.ndarray, shape (N_HALVINGS, n_neurons)
        NaN also where a neuron has trials of fewer than two images, or fewer than two trials.
    """
    seen, alike = np.unique(np.isfinite(responses).any(axis=1), axis=1, return_inverse=True)
    values = np.full((N_HALVINGS, responses.shape[2]), np.nan)
    for i in np.flatnonzero(seen.sum(axis=0) >= 2):
        own = responses[seen[:, i]][:, :, alike == i]
        trials = np.isfinite(own).any(axis=(0, 2))  # an animal may have had fewer trials than others
        if trials.sum() >= 2:
            values[:, alike == i] = reliability(own[:, trials])
    return values


def _of_block(responses: np.ndarray, halves: np.ndarray) -> np.ndarray:
    present = ~np.isnan(responses)
    # from each neuron's least response, so that a constant neuron is 0 throughout and no rounding passes for signal
    above = responses - np.fmin.reduce(responses, axis=(0, 1)).astype(float)
    with np.errstate(invalid='ignore', divide='ignore'):
        # a half's average is one row of a matrix product: all halves of all halvings at once
        averages = (halves @ np.where(present, above, 0)) / (halves @ present.astype(float))
        averages -= averages.mean(axis=0)
        a, b = np.split(averages, 2, axis=1)
        return spearman_brown(_dot(a, b) / np.sqrt(_dot(a, a) * _dot(b, b)))


def _dot(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.einsum('isn,isn->sn', a, b)
