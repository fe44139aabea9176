"""Noise-corrected predictivity of neurons, from features and repeated responses: functions of arrays."""
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from . import pls

MANY_IMAGES = 500  # from here on one fit is large enough for threads
CHUNK = 10  # trial halvings fitted together: enough to share the overhead of a call, little enough to hold


@dataclass(frozen=True)
class Protocol:
    """How images and trials are split and what is fitted.

    Parameters
    ----------
    image_splits : int
        Random halvings of the images into training and test images.
    trial_halves : int
        Random halvings of the trials.
    n_components : int
        Components of the PLS regression; fewer where there are fewer features.
    scale : bool
        Whether features and responses are scaled to unit variance before the fit.
    seed : int
        Seed of both kinds of halvings.
    """
    image_splits: int = 10
    trial_halves: int = 100
    n_components: int = 25
    scale: bool = False
    seed: int = 0


PROTOCOLS = {
    'nayebi2023': Protocol(),
    'quick': Protocol(trial_halves=5),  # the same estimate, its average over trial halves cut short
}


@dataclass(frozen=True)
class Predictivity:
    """Per split and neuron: the noise-corrected and the uncorrected correlation, both (image_splits, n_neurons)."""
    corrected: np.ndarray
    raw: np.ndarray


def predictivity(features: np.ndarray, responses: np.ndarray, animals: np.ndarray, protocol: Protocol) -> Predictivity:
    r"""How well features predict each neuron's responses to new images, corrected for the neuron's noise.

    With x the features, :math:`s_1, s_2` the responses averaged over two random halves of the trials, and
    :math:`M(x; s)` the predictions, for the test images, of a PLS regression fitted to s on the training images,

    .. math:: \frac{\mathrm{Corr}(M(x; s_1), s_2)}
                   {\sqrt{\widetilde{\mathrm{Corr}}(M(x; s_1), M(x; s_2))\ \widetilde{\mathrm{Corr}}(s_1, s_2)}},
              \qquad \widetilde{\mathrm{Corr}} = \frac{2\,\mathrm{Corr}}{1 + \mathrm{Corr}},

    over the test images, averaged over trial halves (Nayebi et al. 2023, PLoS Comput Biol 19(10):e1011506, "Mouse
    visual cortex as a limited resource system that self-learns an ecologically-general representation"). The
    numerator is the mean of both assignments of the halves to 1 and 2, which need no further fit. One regression is
    fitted per animal, to all of its neurons.

    Parameters
    ----------
    features : numpy.ndarray, shape (n_images, n_features)
        Finite.
    responses : numpy.ndarray, shape (n_images, n_trials, n_neurons)
        NaN where a trial is missing; averages run over the trials there are.
    animals : numpy.ndarray, shape (n_neurons,)
        Whose neuron each is.
    protocol : Protocol
        Splits, components, seed.

    Returns
    -------
    Predictivity
        A neuron is NaN in a split where no trial half defines the ratio: where neither the neuron's responses nor
        its predictions agree between the halves (a correlation not above 0), or an image has no trial in a half.

    Raises
    ------
    ValueError
        If there are too few images or trials for the protocol, or the shapes do not fit.
    """
    _check(features, responses, animals, protocol)
    # many small fits: threads would wait for each other longer than they work
    with threadpool_limits(1 if len(features) <= MANY_IMAGES else None):
        return _predictivity(features, responses, animals, protocol)


def _predictivity(features, responses, animals, protocol) -> Predictivity:
    n_images, n_trials, n_neurons = responses.shape
    splits = image_splits(n_images, protocol.image_splits, protocol.seed)
    rotations = [pls.rotate(features[train], features[test], scale=protocol.scale) for train, test in splits]
    n_components = min(protocol.n_components, features.shape[1])
    populations = [np.flatnonzero(animals == animal) for animal in dict.fromkeys(animals)]

    corrected = np.full((len(splits), protocol.trial_halves, n_neurons), np.nan)
    raw = np.full_like(corrected, np.nan)
    halvings = trial_halves(n_trials, protocol.trial_halves, protocol.seed)
    for start in range(0, len(halvings), CHUNK):
        firsts, seconds = (half_means(responses, halves[start:start + CHUNK]) for halves in (halvings, ~halvings))
        # a neuron takes part where each image has a trial in either half
        complete = np.isfinite(firsts + seconds).all(axis=1)
        fitted = [(half, population[complete[half, population]])
                  for half in range(len(firsts)) for population in populations]
        fitted = [(half, neurons) for half, neurons in fitted if neurons.size]
        for split, (train, test) in enumerate(splits):
            predictions = iter(pls.predict_many(
                rotations[split], [s[half][train][:, neurons] for half, neurons in fitted for s in (firsts, seconds)],
                n_components))
            for half, neurons in fitted:
                m1, m2 = next(predictions), next(predictions)
                t1, t2 = (s[half][test][:, neurons] for s in (firsts, seconds))
                r = (correlation(m1, t2) + correlation(m2, t1)) / 2
                raw[split, start + half, neurons] = r
                corrected[split, start + half, neurons] = r / np.sqrt(
                    _positive(spearman_brown(correlation(m1, m2))) * _positive(spearman_brown(correlation(t1, t2))))
    return Predictivity(_nanmean(corrected, axis=1), _nanmean(raw, axis=1))


def image_splits(n_images: int, n_splits: int, seed: int) -> list:
    """Random halvings of the images: pairs of index arrays (train, test); the odd image goes to the test half."""
    rng = np.random.default_rng([seed, 0])
    orders = [rng.permutation(n_images) for _ in range(n_splits)]
    return [(order[:n_images // 2], order[n_images // 2:]) for order in orders]


def trial_halves(n_trials: int, n_halves: int, seed: int) -> np.ndarray:
    """Random halvings of the trials: bool (n_halves, n_trials), True for the first half."""
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


def correlation(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Pearson correlation of each column of a with that of b, both (n, m) -> (m,); NaN where one is constant."""
    a, b = a - a.mean(axis=0), b - b.mean(axis=0)
    norms = np.sqrt((a ** 2).sum(axis=0) * (b ** 2).sum(axis=0))
    return np.divide((a * b).sum(axis=0), norms, out=np.full(a.shape[1], np.nan), where=norms > 0)


def spearman_brown(r: np.ndarray) -> np.ndarray:
    """Reliability of all trials from that of half of them, 2r / (1 + r); NaN at r = -1."""
    return np.divide(2 * r, 1 + r, out=np.full_like(r, np.nan), where=r > -1)


def _positive(r: np.ndarray) -> np.ndarray:
    """r where it is above 0, else NaN: a reliability that is not positive corrects nothing."""
    return np.where(r > 0, r, np.nan)


def _nanmean(values: np.ndarray, axis: int) -> np.ndarray:
    """Mean over the values there are; NaN, without numpy's warning, where there is none."""
    present = np.isfinite(values)
    count = present.sum(axis=axis)
    total = np.where(present, values, 0).sum(axis=axis)
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)


def _check(features, responses, animals, protocol):
    n_images, n_trials, n_neurons = responses.shape
    if len(features) != n_images or len(animals) != n_neurons:
        raise ValueError(f'{len(features)} images in the features, {n_images} in the responses; {len(animals)} animal '
                         f'labels for {n_neurons} neurons: give one row a image and one label a neuron.')
    needed = 2 * (protocol.n_components + 1)
    if n_images < needed:
        raise ValueError(f'{n_images} image(s) cannot be halved for a PLS regression of {protocol.n_components} '
                         f'components: at least {needed} images are needed.')
    if n_trials < 2:
        raise ValueError(f'{n_trials} trial(s) an image: noise correction compares two halves of the trials, '
                         'so at least 2 are needed.')
