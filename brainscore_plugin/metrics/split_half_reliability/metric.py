"""Split-half reliability of neurons, all of them at once."""
import numpy as np
from brainscore_core.metrics import Score
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision.metrics import Ceiling
from sklearn.model_selection import ShuffleSplit

N_SPLITS, RANDOM_STATE = 10, 1  # those of Brain-Score's internal_consistency, so that the numbers are the same


class SplitHalfReliability(Ceiling):
    """Spearman-Brown corrected split-half reliability: Brain-Score's `internal_consistency`, vectorised.

    The same halves, the same numbers (to 1e-6 where no trial is missing), without a loop over neurons; trials that
    are missing (NaN) are left out of the averages.
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
            If there are fewer than two repetitions or images.
        """
        ids, images = np.unique(assembly['stimulus_id'].values, return_inverse=True)
        repetitions, trials = np.unique(assembly['repetition'].values, return_inverse=True)
        if min(len(ids), len(repetitions)) < 2:
            raise ValueError(f'{len(ids)} image(s) x {len(repetitions)} repetition(s): split-half reliability needs '
                             'at least 2 of each.')
        responses = np.full((len(ids), len(repetitions), assembly.sizes['neuroid']), np.nan)
        responses[images, trials] = assembly.transpose('presentation', 'neuroid').values
        raw = reliability(responses)
        medians = np.nanmedian(raw, axis=1)
        score = Score(medians.mean())
        score.attrs[Score.RAW_VALUES_KEY] = Score(
            raw, coords={name: ('neuroid', assembly[name].values) for name in ('neuroid_id', 'region')},
            dims=('split', 'neuroid'))
        score.attrs['error'] = medians.std() / np.sqrt(len(medians))
        return score


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
    present = np.isfinite(responses)
    filled = np.where(present, responses, 0)
    halvings = ShuffleSplit(n_splits, train_size=.5, random_state=random_state).split(np.zeros(responses.shape[1]))
    values = []
    with np.errstate(invalid='ignore', divide='ignore'):
        for halves in halvings:
            a, b = (filled[:, half].sum(axis=1) / present[:, half].sum(axis=1) for half in halves)
            a, b = a - a.mean(axis=0), b - b.mean(axis=0)
            r = (a * b).sum(axis=0) / np.sqrt((a ** 2).sum(axis=0) * (b ** 2).sum(axis=0))
            values.append(2 * r / (1 + r))
    return np.stack(values)
