"""Halvings of the trials: how they are drawn, the responses of either half, the reliability of all trials from both."""
import numpy as np

EVEN_ODD = 'even_odd'


def trial_halves(n_trials: int, n_halves: int | str, seed: int) -> np.ndarray:
    """Halvings of the trials: bool (n_halves, n_trials), True for the first half; random, or into even and odd."""
    if n_halves == EVEN_ODD:
        return np.arange(n_trials)[None] % 2 == 0
    rng = np.random.default_rng([seed, 1])
    return np.stack([rng.permutation(n_trials) < n_trials // 2 for _ in range(n_halves)])


def half_means(responses: np.ndarray, halves: np.ndarray) -> np.ndarray:
    """Responses averaged over each half of the trials, over those that are there.

    Parameters
    ----------
    responses : numpy.ndarray, shape (n_images, n_trials, n_neurons)
        NaN where a trial is missing.
    halves : numpy.ndarray, bool, shape (n_halves, n_trials)

    Returns
    -------
    numpy.ndarray, shape (n_halves, n_images, n_neurons)
        NaN where a half has no trial of an image.
    """
    weights = halves.astype(float)
    present = np.isfinite(responses)
    totals = weights @ np.where(present, responses, 0)  # (n_images, n_halves, n_neurons)
    counts = weights @ present if not present.all() else weights.sum(axis=1)[:, None]
    means = np.full(totals.shape, np.nan)
    np.divide(totals, counts, out=means, where=np.broadcast_to(counts > 0, totals.shape))
    return means.swapaxes(0, 1)


def spearman_brown(r: np.ndarray) -> np.ndarray:
    """Reliability of all trials from that of half of them, 2r / (1 + r); NaN at r = -1.

    Spearman (1910, Br J Psychol 3:271) and Brown (1910, Br J Psychol 3:296).
    """
    return np.divide(2 * r, 1 + r, out=np.full_like(r, np.nan), where=r > -1)


def positive(reliability: np.ndarray) -> np.ndarray:
    """A reliability where it is above 0, else NaN: one that is not positive corrects nothing."""
    return np.where(reliability > 0, reliability, np.nan)
