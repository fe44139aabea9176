"""Representational dissimilarity matrices and how alike two of them are: functions of arrays."""
from dataclasses import dataclass

import numpy as np
from brainscore_vision.metrics.mouse_metrics.averages import nanmean
from brainscore_vision.metrics.mouse_metrics.correlation import correlation
from brainscore_vision.metrics.mouse_metrics.halvings import positive, spearman_brown
from brainscore_vision.metrics.mouse_metrics.products import row_products
from scipy.stats import rankdata

COMPARISONS = ('pearson', 'spearman')


@dataclass(frozen=True)
class Similarity:
    r"""How alike the dissimilarities of a model and of an animal are.

    With R the dissimilarities of all pairs of images, x the features and :math:`s_1, s_2` the responses in two halves
    of the trials, each averaged over trial halves,

    Attributes
    ----------
    raw : numpy.ndarray, shape (n_samples,)
        :math:`\mathrm{Corr}(R(x), R(s_1))`, the mean of both halves.
    internal : numpy.ndarray, shape (n_samples,)
        :math:`\mathrm{Corr}(R(s_1), R(s_2))`.
    """
    raw: np.ndarray
    internal: np.ndarray

    def corrected(self) -> np.ndarray:
        r""":math:`\mathrm{raw} / \sqrt{\mathrm{internal}}`, free of the animal's noise; NaN where internal is <= 0."""
        return self.raw / np.sqrt(positive(self.internal))

    def reliability(self) -> np.ndarray:
        """Reliability of the matrix of all trials, by Spearman and Brown's formula; too low where noise prevails.

        A dissimilarity holds products of noise with noise, which fall with the square of the number of trials.
        """
        return spearman_brown(self.internal)


def dissimilarities(responses: np.ndarray) -> np.ndarray:
    """The upper triangle of the representational dissimilarity matrix: 1 - Pearson's r over neurons.

    Kriegeskorte, Mur & Bandettini (2008, Front Syst Neurosci 2:4).

    Parameters
    ----------
    responses : numpy.ndarray, shape (n_images, n_neurons)

    Returns
    -------
    numpy.ndarray, shape (n_images * (n_images - 1) / 2,)
        Row by row; NaN for the pairs of an image to which all neurons respond alike.
    """
    centred = responses - responses.mean(axis=1, keepdims=True)
    norms = np.sqrt((centred ** 2).sum(axis=1, keepdims=True))
    constant = norms <= 1e-12 * np.abs(responses).max(axis=1, keepdims=True, initial=0)
    patterns = np.divide(centred, norms, out=np.full(centred.shape, np.nan), where=~constant)
    return 1 - row_products(patterns)[np.triu_indices(len(responses), 1)]


def squared_distances(features: np.ndarray) -> np.ndarray:
    """The upper triangle of squared Euclidean distances, per feature: what crossnobis estimates, without noise.

    Parameters
    ----------
    features : numpy.ndarray, shape (n_images, n_features)
    """
    return distances_from_products(row_products(features), features.shape[1])


def distances_from_products(products: np.ndarray, n_neurons: int) -> np.ndarray:
    """Squared distances per neuron, upper triangle, from the products (n_images, n_images) of patterns."""
    length = np.diag(products)
    return (length[:, None] + length - 2 * products)[np.triu_indices(len(products), 1)] / n_neurons


def similarity(model: np.ndarray, measured: np.ndarray, comparison: str,
               image_weights: np.ndarray | None = None) -> Similarity:
    """Compare dissimilarities with those of both halves of an animal's trials, and the halves with one another.

    As in the noise correction of regressions, the division in :meth:`Similarity.corrected` is by the reliability of
    what the numerator holds. Pairs of images without a dissimilarity are left out of the halvings where they lack it.

    Parameters
    ----------
    model : numpy.ndarray, shape (n_pairs,)
        From :func:`dissimilarities`.
    measured : numpy.ndarray, shape (2, n_halves, n_pairs)
        From :func:`~.half_matrices.half_dissimilarities`.
    comparison : 'pearson' or 'spearman'
        Correlation of dissimilarities or of their ranks.
    image_weights : numpy.ndarray, shape (n_samples, n_images), optional
        How often each image counts in each of several samples; all once by default. A pair counts as often as the
        product of its images does; an image is not paired with itself (Nili et al. 2014, PLoS Comput Biol 10:e1003553).
        Ranks are those among all the images.

    Raises
    ------
    ValueError
        If no pair has a dissimilarity.
    """
    defined = (np.isfinite(model) & np.isfinite(measured).all(axis=0)).T
    if not defined.any():
        raise ValueError('No pair of images has a dissimilarity: every image has the same value in all features, or in '
                         'all neurons, or no responses that repeat.')
    if comparison == 'spearman':
        model, measured = rankdata(model, nan_policy='omit'), rankdata(measured, axis=-1, nan_policy='omit')
    weights = np.ones((1, len(defined)))
    if image_weights is not None:
        first, second = np.triu_indices(image_weights.shape[1], 1)
        weights = image_weights[:, first] * image_weights[:, second]

    def average(values):
        return weights @ np.where(defined, values, 0)
    first, second = measured[0].T, measured[1].T
    model = np.broadcast_to(model[:, None], first.shape)
    raw = (correlation(average, model, first) + correlation(average, model, second)) / 2
    return Similarity(nanmean(raw, axis=1), nanmean(correlation(average, first, second), axis=1))


def mean_correlation(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Mean over halvings of the correlations of two (n_halves, n_pairs) over the pairs that both have."""
    defined = (np.isfinite(a) & np.isfinite(b)).T

    def average(values):
        return np.where(defined, values, 0).sum(axis=0)
    return nanmean(correlation(average, a.T, b.T), axis=0)
