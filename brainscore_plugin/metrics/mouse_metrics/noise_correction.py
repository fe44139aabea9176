r"""A correlation corrected for noise, from three correlations that noise has lowered.

With :math:`s_1, s_2` a neuron's responses averaged over two halves of the trials and :math:`M(s)` their prediction by a
mapping fitted to s, the three are

.. math:: A = \mathrm{Corr}(M(s_1), s_2), \qquad B = \mathrm{Corr}(M(s_1), M(s_2)), \qquad C = \mathrm{Corr}(s_1, s_2),

averaged over halvings of the trials and splits of the images, and kept where they are negative.
"""
import numpy as np

from .averages import mean, median, nanmean
from .halvings import positive, spearman_brown

QUARTILES = (.25, .5, .75)


def neuron_ratios(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    r"""Each neuron's :math:`A / \sqrt{BC}`: NaN where B or C is not above 0.

    Noise decides which neurons are left, the more the less reliable they are, and explodes those whose B or C it brings
    near 0: at reliabilities of 0.05 to 0.15 a third of the neurons has none, and the median of the others is too low
    (python bench/noise_correction.py).
    """
    return a / np.sqrt(positive(b) * positive(c))


def ratio_of_means(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    r"""The ratio of means over neurons, which counts every neuron.

    .. math:: \rho = \frac{\langle A \rangle}{\sqrt{\langle B \rangle \langle C \rangle}}

    Noise averages out before anything is divided. A neuron counts by how much of its responses and predictions can be
    reproduced, :math:`\sqrt{BC}`.

    Parameters
    ----------
    a, b, c : numpy.ndarray, shape (…, n_neurons)
        Neurons of which one is NaN are left out.

    Returns
    -------
    numpy.ndarray, shape (…)
        NaN where a mean of B or C over neurons is not above 0.
    """
    a, b, c = _together(a, b, c)
    return neuron_ratios(*(nanmean(values, axis=-1) for values in (a, b, c)))


def linear_parts(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    r"""What every value contributes to the ratio of means, to first order.

    .. math:: \rho + \frac{A_i}{\sqrt{\bar B \bar C}} - \frac{\rho}{2} \left(\frac{B_i}{\bar B} +
              \frac{C_i}{\bar C}\right)

    Their mean is :math:`\rho`, and their variance over n values is n times that of :math:`\rho` (the infinitesimal
    jackknife; Efron & Tibshirani 1993, An Introduction to the Bootstrap, section 21.3). Nothing noisy is divided by.

    Parameters
    ----------
    a, b, c : numpy.ndarray, shape (n,)
        Of neurons, or of image splits, each the mean over neurons.

    Returns
    -------
    numpy.ndarray, shape (n,)
        NaN where one of the three is, and everywhere if :math:`\rho` is undefined.
    """
    a, b, c = _together(a, b, c)
    rho = float(ratio_of_means(a, b, c))
    mean_b, mean_c = (mean(values) if np.isfinite(rho) else np.nan for values in (b, c))
    return rho + a / np.sqrt(mean_b * mean_c) - rho / 2 * (b / mean_b + c / mean_c)


def median_ratio(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> float:
    """Median of the neurons' own ratios, over those that have one; (n_neurons,) each."""
    return median(neuron_ratios(a, b, c))


def reliability_quartiles(c: np.ndarray) -> tuple[float, ...]:
    """Quartiles over neurons of the reliability of all trials, from that of halves (n_neurons,); NaN if there is none.

    Spearman-Brown corrected; neurons whose halves agree less than not at all count as they are.
    """
    reliability = spearman_brown(c)
    reliability = reliability[np.isfinite(reliability)]
    return tuple(np.quantile(reliability, QUARTILES).tolist()) if reliability.size else (float('nan'),) * 3


def _together(*arrays: np.ndarray) -> list[np.ndarray]:
    """The arrays, NaN wherever one of them is."""
    defined = np.all([np.isfinite(values) for values in arrays], axis=0)
    return [np.where(defined, values, np.nan) for values in arrays]
