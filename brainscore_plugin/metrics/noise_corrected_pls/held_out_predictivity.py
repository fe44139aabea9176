"""Predictivity where the test images are held out by design, from single trials of the others: functions of arrays."""
from collections.abc import Callable

import numpy as np
from brainscore_vision.metrics.mouse_metrics.averages import nanmean
from brainscore_vision.metrics.mouse_metrics.correlation import correlation
from brainscore_vision.metrics.mouse_metrics.halvings import half_means, positive, spearman_brown, trial_halves
from threadpoolctl import threadpool_limits

from . import pls
from .predictivity import MANY_IMAGES, Predictivity
from .protocol import Protocol


def held_out_predictivity(train_features: np.ndarray, train_responses: np.ndarray, test_features: np.ndarray,
                          test_responses: np.ndarray, protocol: Protocol,
                          image_weights: np.ndarray | None = None) -> Predictivity:
    r"""How well features predict one animal's neurons where images are held out by design and shown once for training.

    One regression is fitted to single trials of the training images. With M its prediction for the test images, which
    were repeated, and :math:`s_1, s_2` their responses averaged over two halves of the trials, a neuron gets

    .. math:: \frac{\langle\mathrm{Corr}(M, s_1) + \mathrm{Corr}(M, s_2)\rangle / 2}
                   {\sqrt{\langle\mathrm{Corr}(s_1, s_2)\rangle}},

    with the averages over trial halves: the correlation with the noise-free responses, that is
    :func:`~.predictivity.predictivity` where nothing corrects for the noise in the mapping, of which single trials give
    no second sample. That noise costs little where images are many: a prediction from k given components, fitted to n
    images where the signal takes a share q of the variance of single trials, has k / n (1 - q) / q of the signal's
    variance in noise, and finding the components costs about as much again. On the simulated mouse at k = 25 and
    q = 0.16 the true features lose 0.02 to 0.03 of 0.80 with the 4,500 images of Sensorium 2022, but 0.2 with 300.

    Parameters
    ----------
    train_features, test_features : numpy.ndarray, shape (n_train, n_features) and (n_test, n_features)
        Finite.
    train_responses : numpy.ndarray, shape (n_train, n_neurons)
        Single trials. A neuron with a NaN is left out.
    test_responses : numpy.ndarray, shape (n_test, n_trials, n_neurons)
        NaN where a trial is missing; averages run over the trials there are.
    protocol : Protocol
        Its trial halves, components, scale and seed; there is but one split of the images.
    image_weights : numpy.ndarray, shape (n_samples, n_test), optional
        How often each test image counts in each of several bootstrap samples; all once by default.

    Returns
    -------
    Predictivity
        A row for each sample in the place of a row for each image split; `mapping` is 1.

    Raises
    ------
    ValueError
        If there are too few images or trials, or the shapes do not fit.
    """
    predicted, complete = _predict(train_features, train_responses, test_features, test_responses, protocol)
    weights = np.ones((1, len(test_responses))) if image_weights is None else image_weights
    shape = (len(weights), test_responses.shape[2])
    raw, internal, published = np.full((3, *shape), np.nan)
    raw[:, complete], internal[:, complete], published[:, complete] = _correlations(
        lambda values: weights @ values, predicted, test_responses[:, :, complete], protocol)
    return Predictivity(raw, np.ones(shape), internal, published)


def pooled_held_out_predictivity(train_features: np.ndarray, train_responses: np.ndarray, test_features: np.ndarray,
                                 test_responses: np.ndarray, protocol: Protocol,
                                 image_weights: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """The same with every correlation over all pairs of test image and neuron of an animal.

    See :func:`~.predictivity.pooled_predictivity`.

    Parameters, errors: see :func:`held_out_predictivity`.

    Returns
    -------
    corrected, raw : numpy.ndarray, shape (n_samples,)
        With and without the division by the root of the Spearman-Brown corrected reliability.
    """
    whole = np.isfinite(test_responses).all(axis=(0, 1))  # a neuron without a trial would leave a hole in the pool
    train_responses, test_responses = train_responses[:, whole], test_responses[:, :, whole]
    predicted, complete = _predict(train_features, train_responses, test_features, test_responses, protocol)
    weights = np.ones((1, len(test_responses))) if image_weights is None else image_weights
    raw, _, corrected = _correlations(lambda values: weights @ values.mean(axis=1, keepdims=True), predicted,
                                      test_responses[:, :, complete], protocol)
    return corrected[:, 0], raw[:, 0]


def _predict(train_features: np.ndarray, train_responses: np.ndarray, test_features: np.ndarray,
             test_responses: np.ndarray, protocol: Protocol) -> tuple[np.ndarray, np.ndarray]:
    """Prediction for the test images (n_test, n_complete), and which neurons (n_neurons,) have all training trials."""
    _check(train_features, train_responses, test_features, test_responses, protocol)
    complete = np.isfinite(train_responses).all(axis=0)
    if not complete.any():
        raise ValueError(f'Each of the {len(complete)} neurons lacks a response to some training image.')
    n_components = min(protocol.n_components, train_features.shape[1])
    with threadpool_limits(1 if len(train_features) <= MANY_IMAGES else None):
        predicted = pls.fit_predict(train_features, train_responses[:, complete], test_features, n_components,
                                    protocol.scale)
    return predicted, complete


def _correlations(average: Callable[[np.ndarray], np.ndarray], predicted: np.ndarray, responses: np.ndarray,
                  protocol: Protocol) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Correlations of a prediction with either half of the trials, of the halves, and their published ratio."""
    raw, internal, published = [], [], []
    for first in trial_halves(responses.shape[1], protocol.trial_halves, protocol.seed):
        s1, s2 = half_means(responses, np.stack([first, ~first]))
        raw.append((correlation(average, predicted, s1) + correlation(average, predicted, s2)) / 2)
        internal.append(correlation(average, s1, s2))
        published.append(raw[-1] / np.sqrt(positive(spearman_brown(internal[-1]))))
    return tuple(nanmean(np.stack(values), axis=0) for values in (raw, internal, published))


def _check(train_features: np.ndarray, train_responses: np.ndarray, test_features: np.ndarray,
           test_responses: np.ndarray, protocol: Protocol) -> None:
    n_images, n_trials, n_neurons = test_responses.shape
    if (len(train_features), len(test_features)) != (len(train_responses), n_images):
        raise ValueError(f'{len(train_features)} training and {len(test_features)} test images in the features, '
                         f'{len(train_responses)} and {n_images} in the responses: give one row an image.')
    if train_responses.shape[1] != n_neurons:
        raise ValueError(f'{train_responses.shape[1]} neurons in the training trials, {n_neurons} in the test trials.')
    if len(train_responses) < protocol.least_images:
        raise ValueError(f'{len(train_responses)} training image(s): a {protocol.regression} needs at least '
                         f'{protocol.least_images}.')
    if n_images < 2 or n_trials < 2:
        raise ValueError(f'{n_images} test image(s) x {n_trials} trial(s): noise correction correlates two halves of '
                         'the trials over images, so at least 2 of each are needed.')
