"""An animal's dissimilarities from either half of its trials, with the noise in them or without: functions of arrays.

In the correlation of two averaged patterns noise looks like dissimilarity: the weaker an image's response, the more.
Patterns that are all alike but for a gain an image then have a structure, which both halves show and every model has
that knows the gain. Products of patterns of different trials hold no noise on average, and it is from them that the
dissimilarities are computed here (Walther et al. 2016, NeuroImage 137:188; Schuett et al. 2023, eLife 12:e82566).
"""
from collections.abc import Callable, Iterator

import numpy as np
from brainscore_vision.metrics.mouse_metrics.averages import nanmean
from brainscore_vision.metrics.mouse_metrics.halvings import half_means, trial_halves

from .dissimilarity import dissimilarities, distances_from_products, squared_distances

CORRELATION, CROSSNOBIS, AVERAGES = 'correlation', 'crossnobis', 'averages'
# What the neurons' dissimilarities estimate -> the same of a model's features, which have no noise.
OF_FEATURES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    CORRELATION: dissimilarities, CROSSNOBIS: squared_distances, AVERAGES: dissimilarities}


def half_dissimilarities(responses: np.ndarray, n_halves: int, seed: int, kind: str) -> np.ndarray:
    """Dissimilarities of an animal's responses to the images, from either half of the trials.

    Parameters
    ----------
    responses : numpy.ndarray, shape (n_images, n_trials, n_neurons)
        NaN where a trial is missing. A neuron of which an image has too few trials in a half is left out.
    n_halves : int
        Random halvings of the trials.
    seed : int
    kind : 'correlation', 'crossnobis' or 'averages'
        See :func:`dissimilarities_of_parts`.

    Returns
    -------
    numpy.ndarray, shape (2, n_halves, n_pairs)
        NaN for the pairs of an image whose responses do not repeat within a half, where a correlation is asked for.

    Raises
    ------
    ValueError
        If there are fewer than 3 images, too few trials (4; 2 of averages), or fewer than 2 complete neurons.
    """
    n_images, n_trials, _ = responses.shape
    least = 2 * _least_trials(kind)
    if n_images < 3 or n_trials < least:
        raise ValueError(f'{n_images} image(s) x {n_trials} trial(s): the dissimilarities of two halves of the trials '
                         f'are compared over pairs of images, so at least 3 images and {least} trials are needed.')
    halves = trial_halves(n_trials, n_halves, seed)
    return dissimilarities_of_parts(responses, np.concatenate([halves, ~halves]), kind).reshape(2, n_halves, -1)


def dissimilarities_of_parts(responses: np.ndarray, parts: np.ndarray, kind: str) -> np.ndarray:
    """Dissimilarities of an animal's responses to the images, from parts of the trials.

    Parameters
    ----------
    responses : numpy.ndarray, shape (n_images, n_trials, n_neurons)
        NaN where a trial is missing. A neuron of which an image has too few trials in a part is left out.
    parts : numpy.ndarray, bool, shape (n_parts, n_trials)
        Which trials each is from.
    kind : 'correlation', 'crossnobis' or 'averages'
        1 - Pearson's r over neurons or squared distance per neuron, both of neurons in units of their noise and
        cross-validated, see :func:`cross_products`; or 1 - r of the averages over trials as they are.

    Returns
    -------
    numpy.ndarray, shape (n_parts, n_pairs)
        NaN for the pairs of an image whose responses do not repeat within a part, where a correlation is asked for.

    Raises
    ------
    ValueError
        If there are fewer than 2 neurons with enough trials of every image in all parts.
    """
    least, n_neurons = _least_trials(kind), responses.shape[2]
    complete = (parts.astype(float) @ np.isfinite(responses) >= least).all(axis=(0, 1))
    if kind != AVERAGES:
        responses, varies = _in_units_of_noise(responses)
        complete &= varies
    if complete.sum() < 2:
        raise ValueError(f'{complete.sum()} of {n_neurons} neurons have {least} trial(s) of every image in all parts '
                         'of the trials, and noise: a dissimilarity is over neurons, and needs at least 2.')
    responses = responses[:, :, complete]
    if kind == AVERAGES:
        return np.stack([dissimilarities(means) for means in half_means(responses, parts)])
    return np.stack([_OF_PRODUCTS[kind](products, responses.shape[2])
                     for products in cross_products(responses, parts, centred=kind == CORRELATION)])


def _least_trials(kind: str) -> int:
    """How many trials of an image a part must have."""
    return 1 if kind == AVERAGES else 2


def cross_products(responses: np.ndarray, halves: np.ndarray, centred: bool) -> Iterator[np.ndarray]:
    """Products of the patterns of images, over neurons, from each half of the trials, without the noise in them.

    Noise of different trials is independent, so that only a pattern's product with itself holds it: there, the variance
    of the mean over trials is taken off, which leaves the mean product of every two trials of the image.

    Parameters
    ----------
    responses : numpy.ndarray, shape (n_images, n_trials, n_neurons)
        NaN where a trial is missing.
    halves : numpy.ndarray, bool, shape (n, n_trials)
    centred : bool
        Take off the mean over neurons of each presentation, for correlations.

    Yields
    ------
    numpy.ndarray, shape (n_images, n_images)
        Of one half; the diagonal may be negative.
    """
    if centred:
        responses = responses - nanmean(responses, axis=2)[:, :, None]
    for half, means in zip(halves, half_means(responses, halves)):
        products = means @ means.T
        products[np.diag_indices(len(products))] -= _variance_of_mean(responses[:, half]).sum(axis=1)
        yield products


def _variance_of_mean(responses: np.ndarray) -> np.ndarray:
    """Variance over trials of each neuron's mean response to each image: (n_images, n_neurons)."""
    return _variance(responses) / np.isfinite(responses).sum(axis=1)


def _in_units_of_noise(responses: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Responses over each neuron's standard deviation between trials of an image, and which neurons have one."""
    noise = np.sqrt(nanmean(_variance(responses), axis=0))
    varies = noise > 0  # one that never varies tells nothing, or has no unit
    return responses / np.where(varies, noise, 1), varies


def _variance(responses: np.ndarray) -> np.ndarray:
    """Over trials, (n_images, n_neurons); NaN where there are fewer than two."""
    present = np.isfinite(responses)
    spread = np.where(present, responses - nanmean(responses, axis=1)[:, None], 0)
    count = present.sum(axis=1) - 1
    return np.divide((spread ** 2).sum(axis=1), count, out=np.full(count.shape, np.nan), where=count > 0)


def _correlation_distances(products: np.ndarray, n_neurons: int) -> np.ndarray:
    length = np.diag(products)
    length = np.sqrt(np.where(length > 0, length, np.nan))
    return 1 - (products / length[:, None] / length)[np.triu_indices(len(products), 1)]


_OF_PRODUCTS = {CORRELATION: _correlation_distances, CROSSNOBIS: distances_from_products}
