"""Predictivity where images are few: every image predicted from most others. Functions of arrays."""
from dataclasses import dataclass

import numpy as np
from brainscore_vision.metrics.mouse_metrics.correlation import correlation
from brainscore_vision.metrics.mouse_metrics.sources import source_groups
from threadpoolctl import threadpool_limits

from . import pls


@dataclass(frozen=True)
class FoldProtocol:
    """How few images are divided and what is fitted.

    Parameters
    ----------
    n_folds : int
        Each is predicted from the images of the others.
    inner_folds : int
        Of the training images alone; they choose the number of components.
    n_divisions : int
        Random divisions into folds, over which correlations are averaged.
    most_components : int
        Of the PLS regression.
    seed : int
    """
    n_folds: int = 10
    inner_folds: int = 3
    n_divisions: int = 2
    most_components: int = 10
    seed: int = 0

    def __str__(self) -> str:
        return (f'{self.n_folds} folds of the images x {self.n_divisions}, PLS with 1 to {self.most_components} '
                f'components, chosen by {self.inner_folds} folds of the training images')


def fold_predictions(features: np.ndarray, responses: np.ndarray, protocol: FoldProtocol,
                     sources: np.ndarray | None = None) -> np.ndarray:
    r"""Each image's responses as predicted from the images of the other folds.

    One PLS regression is fitted to all neurons together, with as many components as predict the training images best
    in inner folds of these (:func:`fold_correlation`): the test images choose nothing. Neurons count alike, whatever
    their scale: responses are divided by their standard deviation for the fit. Predictions are given less
    the mean response to their training images. That mean is the lower, the higher the responses that were held out,
    so that features without any information would otherwise get correlations below 0, which for folds of few images
    are far below.

    Parameters
    ----------
    features : numpy.ndarray, shape (n_images, n_features)
        Finite.
    responses : numpy.ndarray, shape (n_images, n_neurons)
        Averages over the trials.
    protocol : FoldProtocol
    sources : numpy.ndarray, shape (n_images,), optional
        What each image was made of: images of one source are in the same fold.

    Returns
    -------
    numpy.ndarray, shape (n_divisions, n_images, n_neurons)

    Raises
    ------
    ValueError
        If there are too few images or sources, or features are not finite.
    """
    n_images = len(responses)
    if len(features) != n_images or n_images < 2 * protocol.n_folds:
        raise ValueError(f'{len(features)} images in the features, {n_images} in the responses: give one row an image, '
                         f'and at least {2 * protocol.n_folds} images for {protocol.n_folds} folds.')
    spread = responses.std(axis=0)
    scaled = responses / np.where(spread > 0, spread, 1)
    predicted = np.empty((protocol.n_divisions, *responses.shape))
    with threadpool_limits(1):  # many small fits
        # a division sees the images as coordinates along their own principal components: the same predictions, sooner
        coordinates = pls.rotate(features, features).test
        for division in range(protocol.n_divisions):
            rng = np.random.default_rng([protocol.seed, 4, division])
            for test, train in _folds(n_images, protocol.n_folds, rng, sources):
                best = _best_components(coordinates[train], scaled[train], protocol, rng,
                                        None if sources is None else sources[train])
                predicted[division, test] = _predict(coordinates, scaled, train, test, best)[-1]
    return predicted * spread


def fold_correlation(predicted: np.ndarray, responses: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    r"""Correlation of predicted and measured responses over the images, from averages over neurons.

    With M a neuron's prediction and s its response in units of its standard deviation over the images,

    .. math:: \frac{\langle\mathrm{Cov}(M, s)\rangle}
                   {\sqrt{\langle\mathrm{Var}(M)\rangle\,\langle\mathrm{Var}(s)\rangle}},

    with averages over neurons and divisions and every covariance and variance over the images, so that no neuron's mean
    counts. The mean of the neurons' own correlations would be biased: a regression that has found little predicts what
    was held out with the wrong sign, and scaled up by its own small variance that weighs most (with features without
    information it gave -0.024 ± 0.006 for 60 simulated fields of 50 images).

    Parameters
    ----------
    predicted : numpy.ndarray, shape (n_divisions, n_images, n_neurons)
        From :func:`fold_predictions`.
    responses : numpy.ndarray, shape (n_images, n_neurons)
        As given to it; constant neurons are left out.
    weights : numpy.ndarray, shape (n_samples, n_images), optional
        How often each image counts in each of several bootstrap samples; all once by default.

    Returns
    -------
    numpy.ndarray, shape (n_samples,)
        0 where nothing but constants is predicted.
    """
    weights = np.ones((1, len(responses))) if weights is None else weights
    spread = responses.std(axis=0)
    measured, predicted = (responses / np.where(spread > 0, spread, 1)), predicted / np.where(spread > 0, spread, 1)
    covariance = np.mean([_covariance(weights, division, measured) for division in predicted], axis=0)
    of_predicted = np.mean([_covariance(weights, division, division) for division in predicted], axis=0)
    scale = np.sqrt(of_predicted * _covariance(weights, measured, measured))
    return np.divide(covariance, scale, out=np.zeros(len(weights)), where=scale > 0)


def neuron_correlations(predicted: np.ndarray, responses: np.ndarray) -> np.ndarray:
    """Correlation of each neuron's predicted and measured responses, mean over divisions: (n_neurons,).

    NaN where either is constant. To look at neurons; their mean is biased, see :func:`fold_correlation`.
    """
    one = np.ones((1, len(responses)))
    return np.mean([correlation(lambda values: one @ values, division, responses)[0] for division in predicted], axis=0)


def _covariance(weights: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Covariance over the images, mean over neurons, for each row of weights: (n_samples,)."""
    total = weights.sum(axis=1)
    means_a, means_b = (weights @ a) / total[:, None], (weights @ b) / total[:, None]
    return weights @ (a * b).mean(axis=1) / total - (means_a * means_b).mean(axis=1)


def _folds(n: int, n_folds: int, rng: np.random.Generator,
           sources: np.ndarray | None) -> list[tuple[np.ndarray, np.ndarray]]:
    """Pairs of index arrays (test, train)."""
    groups = source_groups(n, sources)
    if len(groups) < n_folds:
        raise ValueError(f'{n} image(s) of {len(groups)} source(s) cannot be divided into {n_folds} folds: give images '
                         'of more sources.')
    order = rng.permutation(len(groups))
    tests = [np.concatenate([groups[group] for group in order[i::n_folds]]) for i in range(n_folds)]
    return [(test, np.setdiff1d(np.arange(n), test)) for test in tests]


def _best_components(features: np.ndarray, responses: np.ndarray, protocol: FoldProtocol, rng: np.random.Generator,
                     sources: np.ndarray | None) -> int:
    """The number of components that predicts inner folds best."""
    predicted = np.empty((protocol.most_components, *responses.shape))
    for test, train in _folds(len(responses), protocol.inner_folds, rng, sources):
        predicted[:, test] = _predict(features, responses, train, test, protocol.most_components)
    return 1 + int(np.argmax([fold_correlation(of_number[None], responses)[0] for of_number in predicted]))


def _predict(features: np.ndarray, responses: np.ndarray, train: np.ndarray, test: np.ndarray,
             n_components: int) -> np.ndarray:
    """Predictions by 1, 2, … components, (n_components, n_test, n_neurons), less the mean of the training images."""
    rotation = pls.rotate(features[train], features[test])
    return pls.predict_each(rotation, responses[train], n_components) - responses[train].mean(axis=0)
