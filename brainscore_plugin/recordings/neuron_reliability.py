"""Split-half reliability of neurons, as packaging writes it down."""
import numpy as np

HALVINGS, SEED = 900, 0  # halvings of the trials, as many as Nayebi et al. (2023) took


def mean_reliability(responses: np.ndarray, n_halvings: int = HALVINGS) -> np.ndarray:
    """Spearman-Brown corrected split-half reliability of each neuron, mean over random halvings of the trials.

    Parameters
    ----------
    responses : numpy.ndarray, shape (n_images, n_trials, n_neurons[, n_bins])
    n_halvings : int

    Returns
    -------
    numpy.ndarray, shape (n_neurons[, n_bins])
        NaN where it is undefined: the neuron is constant, or an image lacks trials in every half.
    """
    from brainscore_plugin.metrics.split_half_reliability.reliability import reliability  # Brain-Score, seconds
    flat = responses.reshape(*responses.shape[:2], -1)
    values = reliability(flat, n_halvings, SEED)
    defined = np.isfinite(values)
    with np.errstate(invalid='ignore'):
        mean = np.where(defined, values, 0).sum(axis=0) / defined.sum(axis=0)
    return mean.reshape(responses.shape[2:])
