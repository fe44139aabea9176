r"""Single trials as noisy as those of real mice: how well a neuron is tuned, and what varies from trial to trial.

A neuron with the noise-free output :math:`f(s)`, of mean 1 and standard deviation c over the scenes, spikes

.. math:: \lambda(s) = m \, (1 - w + w f(s))

times in a response on average, of which the share w is tuned. On a trial its number of spikes is Poisson with the mean
:math:`\lambda(s)\,G\,g`: G multiplies all neurons of an animal, g one of them.
"""
import numpy as np

N_TRIALS = 50  # as in Allen Visual Coding
# Parameters of a Beta distribution of the correlation between the responses to two halves of the trials. With the
# sampling error of 118 scenes its quartiles are those of 39,317 neurons of Allen Visual Coding: 0.14, 0.41, 0.71.
RELIABILITIES = (.63, .83)
SHARED_SD = .3  # of G, which varies with arousal and running; log-normal, drawn for each presentation
PRIVATE_VARIANCE = .1  # of g, gamma-distributed: spike counts vary more than Poisson's (Goris et al. 2014)
GAIN_VARIANCE = (1 + SHARED_SD ** 2) * (1 + PRIVATE_VARIANCE) - 1  # of G g
# However often a neuron spikes, its gains bound its reliability, and near the bound it would spike without end
HIGHEST_SIGNAL = .5  # share of the highest ratio of signal and noise that its gains allow
_HALF = N_TRIALS / 2


def draw_reliabilities(n_neurons: int, rng: np.random.Generator) -> np.ndarray:
    """Correlations between the responses to two halves of the trials as real neurons have them, (n_neurons,)."""
    return rng.beta(*RELIABILITIES, n_neurons)


def tune(reliability: np.ndarray, mean_count: np.ndarray, output_variance: np.ndarray,
         added_variance: float = 0.) -> tuple[np.ndarray, np.ndarray]:
    r"""Which share of a neuron's spikes must be tuned for it to be so reliable.

    Over the scenes the signal's variance is :math:`V = m^2 w^2 c^2`, that of a trial around it on average
    :math:`N = m + \gamma m^2 (1 + w^2 c^2) + \nu^2`, with :math:`\gamma` the gains' variance and :math:`\nu` the noise
    of a measurement. The responses to two halves of n trials then correlate by :math:`V / (V + 2 N / n)`, which is
    solved for w. Where even w = 1 does not suffice the neuron spikes more often instead.

    Parameters
    ----------
    reliability, mean_count, output_variance : numpy.ndarray, shape (n_neurons,)
        The correlation wanted, the mean number m of spikes, and :math:`c^2`.
    added_variance : float
        :math:`\nu^2`, in squared spikes.

    Returns
    -------
    mean_count, tuned_share : numpy.ndarray, shape (n_neurons,)
        m, raised where needed, and w.
    """
    highest = _HALF * output_variance / (GAIN_VARIANCE * (1 + output_variance))
    ratio = np.minimum(reliability / np.maximum(1 - reliability, 1e-9), HIGHEST_SIGNAL * highest)
    slope = _HALF * output_variance - ratio * GAIN_VARIANCE * (1 + output_variance)
    least = (ratio + np.sqrt(ratio ** 2 + 4 * slope * ratio * added_variance)) / (2 * slope)
    mean_count = np.maximum(mean_count, least)
    noise = mean_count + GAIN_VARIANCE * mean_count ** 2 + added_variance
    signal = mean_count ** 2 * output_variance * (_HALF - ratio * GAIN_VARIANCE)
    return mean_count, np.minimum(np.sqrt(ratio * noise / signal), 1)


def tuned_rates(outputs: np.ndarray, mean: np.ndarray, tuned_share: np.ndarray) -> np.ndarray:
    """Noise-free rates, (n_scenes, n_neurons), in the unit of their `mean`, of neurons with such noise-free outputs."""
    # rounded, so that the last bits, which differ between processors, do not reach the Poisson draws
    return np.round(mean * (1 - tuned_share + tuned_share * outputs), 6)


def draw_spike_counts(expected: np.ndarray, animals: np.ndarray, n_trials: int, rng: np.random.Generator) -> np.ndarray:
    """Numbers of spikes on single trials.

    Parameters
    ----------
    expected : numpy.ndarray, shape (n_scenes, n_neurons)
        Mean numbers of spikes.
    animals : numpy.ndarray, shape (n_neurons,)
        Whose neuron each is.
    n_trials : int
    rng : numpy.random.Generator

    Returns
    -------
    numpy.ndarray, int64, shape (n_scenes, n_trials, n_neurons)
    """
    names, own = np.unique(animals, return_inverse=True)
    shape = (len(expected), n_trials)
    log_sd = np.sqrt(np.log1p(SHARED_SD ** 2))
    shared = np.round(rng.lognormal(-log_sd ** 2 / 2, log_sd, (*shape, len(names))), 6)[..., own]
    private = np.round(rng.gamma(1 / PRIVATE_VARIANCE, PRIVATE_VARIANCE, (*shape, expected.shape[1])), 6)
    return rng.poisson(expected[:, None] * shared * private)
