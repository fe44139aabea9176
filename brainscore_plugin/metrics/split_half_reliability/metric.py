"""Split-half reliability of neurons, all of them at once."""
import numpy as np
from brainscore_core.metrics import Score
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision.metrics import Ceiling
from sklearn.model_selection import ShuffleSplit

N_SPLITS, RANDOM_STATE = 10, 1  # those of Brain-Score's internal_consistency, so that the numbers are the same
BLOCK = 64  # neurons at a time, so that their averages stay in the processor's cache: a third of the time


class SplitHalfReliability(Ceiling):
    """Spearman-Brown corrected split-half reliability: Brain-Score's `internal_consistency`, vectorised.

    The same halves, the same numbers (to 1e-6 where no trial is missing), without a loop over neurons; trials that
    are missing (NaN) are left out of the averages, images that a neuron has no trial of are left out of its
    correlations.
    """

    def __call__(self, assembly: NeuroidAssembly) -> Score:
        """Reliability of an assembly.

        Parameters
        ----------
        assembly : NeuroidAssembly, (presentation, neuroid)
            Single trials; coordinates stimulus_id, repetition and neuroid_id.

        Returns
        -------
        Score
            Median over neuroids, mean over 10 halvings; attributes error (standard error of the mean over halvings)
            and raw (per split and neuroid; NaN where an image has no trial in a half or a neuroid is constant).

        Raises
        ------
        ValueError
            If there are fewer than two repetitions or images, or a repetition of an image occurs twice.
        """
        responses, _ = images_by_trials(assembly)
        n_images, n_trials, _ = responses.shape
        if min(n_images, n_trials) < 2:
            raise ValueError(f'{n_images} image(s) x {n_trials} repetition(s): split-half reliability needs '
                             'at least 2 of each.')
        # animals may have seen different images
        seen, alike = np.unique(np.isfinite(responses).any(axis=1), axis=1, return_inverse=True)
        raw = np.full((N_SPLITS, responses.shape[2]), np.nan)
        for i in np.flatnonzero(seen.sum(axis=0) >= 2):
            raw[:, alike == i] = reliability(responses[seen[:, i]][:, :, alike == i])
        medians = np.nanmedian(raw, axis=1)
        score = Score(medians.mean())
        score.attrs[Score.RAW_VALUES_KEY] = Score(
            raw, coords={name: ('neuroid', assembly[name].values) for name in ('neuroid_id', 'region')},
            dims=('split', 'neuroid'))
        score.attrs['error'] = medians.std() / np.sqrt(len(medians))
        return score


def images_by_trials(assembly: NeuroidAssembly) -> tuple:
    """Single trials as an array.

    Parameters
    ----------
    assembly : NeuroidAssembly, (presentation, neuroid)
        Coordinates stimulus_id and repetition.

    Returns
    -------
    responses : numpy.ndarray, float, shape (n_images, n_trials, n_neuroids)
        Ordered by stimulus_id and repetition; NaN where an image lacks a repetition.
    stimulus_ids : numpy.ndarray, shape (n_images,)

    Raises
    ------
    ValueError
        If a repetition of an image occurs twice.
    """
    ids, images = np.unique(assembly['stimulus_id'].values, return_inverse=True)
    repetitions, trials = np.unique(assembly['repetition'].values, return_inverse=True)
    shown = np.bincount(images * len(repetitions) + trials)
    if shown.max() > 1:
        image, trial = divmod(shown.argmax(), len(repetitions))
        raise ValueError(f'{ids[image]} occurs {shown.max()} times as repetition {repetitions[trial]}: number the '
                         'repetitions of an image, and the stimuli of several sessions apart.')
    values = assembly.transpose('presentation', 'neuroid').values
    responses = np.full((len(ids), len(repetitions), values.shape[1]), np.nan, np.result_type(values, np.float32))
    responses[images, trials] = values
    return responses, ids


def reliability(responses: np.ndarray, n_splits: int = N_SPLITS, random_state: int = RANDOM_STATE) -> np.ndarray:
    r"""Split-half reliability, :math:`2r / (1 + r)` with r the correlation over images of two halves of the trials.

    Parameters
    ----------
    responses : numpy.ndarray, shape (n_images, n_trials, n_neurons)
        NaN where a trial is missing.
    n_splits : int
        Random halvings of the trials.
    random_state : int
        Their seed.

    Returns
    -------
    numpy.ndarray, shape (n_splits, n_neurons)
        Spearman-Brown corrected, as for all the trials; NaN where it is undefined.
    """
    n_trials = responses.shape[1]
    halves = np.zeros((2, n_splits, n_trials))  # 1 where a trial is in the half
    halvings = ShuffleSplit(n_splits, train_size=.5, random_state=random_state).split(np.zeros(n_trials))
    for split, pair in enumerate(halvings):
        for half, trials in enumerate(pair):
            halves[half, split, trials] = 1
    blocks = (responses[:, :, start:start + BLOCK] for start in range(0, responses.shape[2], BLOCK))
    return np.concatenate([_reliability(block, halves.reshape(-1, n_trials)) for block in blocks], axis=1)


def _reliability(responses: np.ndarray, halves: np.ndarray) -> np.ndarray:
    present = ~np.isnan(responses)
    # from each neuron's least response, so that a constant neuron is 0 throughout and no rounding passes for signal
    above = responses - np.fmin.reduce(responses, axis=(0, 1)).astype(float)
    with np.errstate(invalid='ignore', divide='ignore'):
        # a half's average is one row of a matrix product: all halves of all splits at once
        averages = (halves @ np.where(present, above, 0)) / (halves @ present.astype(float))
        averages -= averages.mean(axis=0)
        a, b = np.split(averages, 2, axis=1)
        r = _dot(a, b) / np.sqrt(_dot(a, a) * _dot(b, b))
        return 2 * r / (1 + r)


def _dot(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.einsum('isn,isn->sn', a, b)
