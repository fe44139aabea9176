"""A pooled score, or one of few images, over bootstrap samples: its standard error and interval."""
import numpy as np
from brainscore_vision.metrics.mouse_metrics.averages import median, median_per_row, nanmean

N_BOOTSTRAP = 1000
INTERVAL = (.025, .975)


def pooled_bootstrap(corrected: np.ndarray, seed: int) -> tuple[np.ndarray, list[str]]:
    """The pooled score over bootstrap samples of animals and image splits.

    Parameters
    ----------
    corrected : numpy.ndarray, shape (image_splits, n_animals)
    seed : int

    Returns
    -------
    scores : numpy.ndarray, shape (N_BOOTSTRAP,)
    over : list of str
        What was resampled.
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
        As of :func:`pooled_bootstrap`, and so are the returned values.
    """
    sampled = np.random.default_rng([seed, 2]).integers(per_animal.shape[1], size=per_animal.shape)
    return median_per_row(np.take_along_axis(per_animal, sampled, axis=1)), ['animal', 'image']


def bootstrap_attributes(scores: np.ndarray, over: list[str]) -> dict:
    """Attributes of a score from its values over bootstrap samples, (n_bootstrap,), of the units named in `over`."""
    scores = scores[np.isfinite(scores)]
    if len(scores) < 2:
        return {'error': float('nan'), 'error_nan_reason': 'no neuron has a defined noise correction'}
    return {'error': float(scores.std(ddof=1)), 'interval': tuple(np.quantile(scores, INTERVAL).tolist()),
            'error_over': over, 'n_bootstrap': len(scores)}
