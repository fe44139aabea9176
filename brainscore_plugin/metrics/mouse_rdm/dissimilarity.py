"""Representational dissimilarity matrices and how alike two of them are: functions of arrays."""
from dataclasses import dataclass

import numpy as np
from brainscore_vision.metrics.mouse_metrics.averages import nanmean
from brainscore_vision.metrics.mouse_metrics.correlation import correlation
from brainscore_vision.metrics.mouse_metrics.halvings import half_means, positive, spearman_brown, trial_halves
from scipy.stats import rankdata

COMPARISONS = ('pearson', 'spearman')


@dataclass(frozen=True)
class Similarity:
    r"""How alike the dissimilarities of a model and of an animal are.

    With R the dissimilarities of all pairs of images, x the features and :math:`s_1, s_2` the responses averaged over
    two halves of the trials, each averaged over trial halves,

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
        """Reliability of the matrix of all trials, by Spearman and Brown's formula."""
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
    return 1 - (patterns @ patterns.T)[np.triu_indices(len(responses), 1)]


def half_dissimilarities(responses: np.ndarray, n_halves: int, seed: int) -> np.ndarray:
    """Dissimilarities of an animal's responses to the images, from either half of the trials.

    Parameters
    ----------
    responses : numpy.ndarray, shape (n_images, n_trials, n_neurons)
        NaN where a trial is missing; a neuron of which an image has no trial in a half is left out.
    n_halves : int
        Random halvings of the trials.
    seed : int

    Returns
    -------
    numpy.ndarray, shape (2, n_halves, n_pairs)

    Raises
    ------
    ValueError
        If there are fewer than 3 images or 2 trials, or fewer than 2 complete neurons.
    """
    n_images, n_trials, n_neurons = responses.shape
    if n_images < 3 or n_trials < 2:
        raise ValueError(f'{n_images} image(s) x {n_trials} trial(s): the dissimilarities of two halves of the trials '
                         'are compared over pairs of images, so at least 3 images and 2 trials are needed.')
    halves = trial_halves(n_trials, n_halves, seed)
    means = half_means(responses, np.concatenate([halves, ~halves]))
    complete = np.isfinite(means).all(axis=(0, 1))
    if complete.sum() < 2:
        raise ValueError(f'{complete.sum()} of {n_neurons} neurons have trials of every image in both halves: '
                         'a dissimilarity is a correlation over neurons, which needs at least 2.')
    return np.stack([dissimilarities(half[:, complete]) for half in means]).reshape(2, n_halves, -1)


def similarity(model: np.ndarray, measured: np.ndarray, comparison: str,
               image_weights: np.ndarray | None = None) -> Similarity:
    """Compare dissimilarities with those of both halves of an animal's trials, and the halves with one another.

    As in the noise correction of regressions, the division in :meth:`Similarity.corrected` is by the reliability of
    what the numerator holds. Pairs of images without a dissimilarity are left out of all comparisons.

    Parameters
    ----------
    model : numpy.ndarray, shape (n_pairs,)
        From :func:`dissimilarities`.
    measured : numpy.ndarray, shape (2, n_halves, n_pairs)
        From :func:`half_dissimilarities`.
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
    defined = np.isfinite(model) & np.isfinite(measured).all(axis=(0, 1))
    if not defined.any():
        raise ValueError('No pair of images has a dissimilarity: every image has the same value in all features, or in '
                         'all neurons.')
    model, measured = model[defined], measured[:, :, defined]
    if comparison == 'spearman':
        model, measured = rankdata(model), rankdata(measured, axis=-1)
    weights = np.ones((1, defined.sum()))
    if image_weights is not None:
        first, second = np.triu_indices(image_weights.shape[1], 1)
        weights = (image_weights[:, first] * image_weights[:, second])[:, defined]

    def average(values):
        return weights @ values
    first, second = measured[0].T, measured[1].T
    model = np.broadcast_to(model[:, None], first.shape)
    raw = (correlation(average, model, first) + correlation(average, model, second)) / 2
    return Similarity(nanmean(raw, axis=1), nanmean(correlation(average, first, second), axis=1))
