"""Noise-corrected predictivity of neurons, from features and repeated responses: functions of arrays."""
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from . import pls

MANY_IMAGES = 500  # from here on one fit is large enough for threads
CHUNK = 10  # trial halvings fitted together: enough to share the overhead of a call, little enough to hold
EVEN_ODD = 'even_odd'
ROUNDING = 1e-12  # share of a mean square below which a variance is rounding error


@dataclass(frozen=True)
class Protocol:
    """How images and trials are split and what is fitted.

    Parameters
    ----------
    image_splits : int
        Random halvings of the images into training and test images.
    trial_halves : int or 'even_odd'
        Random halvings of the trials, or the one into even and odd trials.
    n_components : int
        Components of the PLS regression; fewer where there are fewer features.
    scale : bool
        Whether features and responses are scaled to unit variance before the fit.
    seed : int
        Seed of both kinds of halvings.
    """
    image_splits: int = 10
    trial_halves: int | str = 100
    n_components: int = 25
    scale: bool = False
    seed: int = 0


PROTOCOLS = {
    # Nayebi et al. 2023, PLoS Comput Biol 19(10):e1011506
    'nayebi2023': Protocol(),
    # Prasad, Manor & Pereira 2022: 100 splits of the images, the trials halved as in their released code
    'paper': Protocol(image_splits=100, trial_halves=EVEN_ODD),
    # the same as that code runs it: scikit-learn scales unless told otherwise
    'released_code': Protocol(image_splits=100, trial_halves=EVEN_ODD, scale=True),
    # the average over trial halves cut short: enough for a look
    'quick': Protocol(trial_halves=5),
}


@dataclass(frozen=True)
class HalfFit:
    """One regression on either half of the trials: predictions and responses for the test images.

    Attributes
    ----------
    split, half : int
        Which halving of the images and of the trials.
    neurons : numpy.ndarray, int, shape (n,)
        Indices of the neurons, all of one animal.
    predicted, measured : tuple of two numpy.ndarray, shape (n_test, n)
        Predictions from, and responses of, the first and the second half of the trials.
    """
    split: int
    half: int
    neurons: np.ndarray
    predicted: tuple
    measured: tuple


def half_fits(features: np.ndarray, responses: np.ndarray, animals: np.ndarray,
              protocol: Protocol) -> Iterator[HalfFit]:
    """Fit every animal's neurons on half of the images, once from either half of the trials, and predict the rest.

    Parameters
    ----------
    features : numpy.ndarray, shape (n_images, n_features)
        Finite.
    responses : numpy.ndarray, shape (n_images, n_trials, n_neurons)
        NaN where a trial is missing; averages run over the trials there are. A neuron of which an image has no trial
        in a half is left out of the fits to that halving.
    animals : numpy.ndarray, shape (n_neurons,)
        Whose neuron each is: one regression is fitted per animal, to all of its neurons.
    protocol : Protocol
        Splits, components, seed.

    Yields
    ------
    HalfFit
        For every image split, trial halving and animal.

    Raises
    ------
    ValueError
        If there are too few images or trials for the protocol, or the shapes do not fit.
    """
    _check(features, responses, animals, protocol)
    splits = image_splits(len(features), protocol.image_splits, protocol.seed)
    halvings = trial_halves(responses.shape[1], protocol.trial_halves, protocol.seed)
    n_components = min(protocol.n_components, features.shape[1])
    populations = [np.flatnonzero(animals == animal) for animal in dict.fromkeys(animals)]
    # many small fits: threads would wait for each other longer than they work
    with threadpool_limits(1 if len(features) <= MANY_IMAGES else None):
        rotations = [pls.rotate(features[train], features[test], scale=protocol.scale) for train, test in splits]
        for start in range(0, len(halvings), CHUNK):
            first = halvings[start:start + CHUNK]
            halves = np.split(half_means(responses, np.concatenate([first, ~first])), 2)
            complete = np.isfinite(halves[0] + halves[1]).all(axis=1)
            fitted = [(half, population[complete[half, population]])
                      for half in range(len(complete)) for population in populations]
            fitted = [(half, neurons) for half, neurons in fitted if neurons.size]
            for split, (train, test) in enumerate(splits):
                predictions = iter(pls.predict_many(
                    rotations[split], [means[half][train][:, neurons] for half, neurons in fitted for means in halves],
                    n_components))
                for half, neurons in fitted:
                    yield HalfFit(split, start + half, neurons, (next(predictions), next(predictions)),
                                  tuple(means[half][test][:, neurons] for means in halves))


@dataclass(frozen=True)
class Predictivity:
    r"""How well features predict neurons, as the correlations that the noise correction is made of.

    With :math:`s_1, s_2` a neuron's responses to the test images averaged over two halves of the trials and
    :math:`M(x; s)` the prediction fitted to s on the training images, each averaged over trial halves,

    Attributes
    ----------
    raw : numpy.ndarray, shape (image_splits, n_neurons)
        :math:`\mathrm{Corr}(M(x; s_1), s_2)`, the mean of both assignments of the halves.
    mapping, internal : numpy.ndarray, shape (image_splits, n_neurons)
        :math:`\mathrm{Corr}(M(x; s_1), M(x; s_2))` and :math:`\mathrm{Corr}(s_1, s_2)`.
    published : numpy.ndarray, shape (image_splits, n_neurons)
        The ratio of Nayebi et al. (2023), see :func:`predictivity`.

    All are NaN where the neuron was left out or something is constant; `published` also where a reliability is not
    above 0.
    """
    raw: np.ndarray
    mapping: np.ndarray
    internal: np.ndarray
    published: np.ndarray

    def corrected(self, split_weights: np.ndarray = None) -> np.ndarray:
        """Each neuron's noise-corrected predictivity, see :func:`predictivity`.

        Parameters
        ----------
        split_weights : numpy.ndarray, shape (n_draws, image_splits), optional
            How often each image split counts; all once by default.

        Returns
        -------
        numpy.ndarray, shape (n_draws, n_neurons)
            NaN where a reliability is not above 0.
        """
        weights = np.ones((1, len(self.raw))) if split_weights is None else split_weights
        raw, mapping, internal = (weighted_mean(weights, values) for values in (self.raw, self.mapping, self.internal))
        return raw / np.sqrt(_positive(mapping) * _positive(internal))

    def corrected_per_split(self) -> np.ndarray:
        """The same from each split alone, (image_splits, n_neurons): noisier, and undefined more often."""
        return self.corrected(np.eye(len(self.raw)))


def predictivity(features: np.ndarray, responses: np.ndarray, animals: np.ndarray, protocol: Protocol) -> Predictivity:
    r"""How well features predict each neuron's responses to new images, corrected for the neuron's noise.

    The noise-corrected predictivity of a neuron is

    .. math:: \frac{\langle\mathrm{Corr}(M(x; s_1), s_2)\rangle}
                   {\sqrt{\langle\mathrm{Corr}(M(x; s_1), M(x; s_2))\rangle\ \langle\mathrm{Corr}(s_1, s_2)\rangle}}

    with the averages over trial halves and image splits. Responses and predictions in the numerator are those of half
    of the trials, and so are the reliabilities that they are divided by; and averages are divided, not ratios
    averaged, because a ratio of noisy terms is biased and a reliability near zero makes it explode (Pospisil & Bair
    2021, PLoS Comput Biol 17(8):e1009212, treat the bias of such ratios).

    Nayebi et al. (2023, PLoS Comput Biol 19(10):e1011506) average the ratio

    .. math:: \frac{\mathrm{Corr}(M(x; s_1), s_2)}
                   {\sqrt{\widetilde{\mathrm{Corr}}(M(x; s_1), M(x; s_2))\ \widetilde{\mathrm{Corr}}(s_1, s_2)}},
              \qquad \widetilde{\mathrm{Corr}} = \frac{2\,\mathrm{Corr}}{1 + \mathrm{Corr}}.

    Its denominator holds the reliability of all trials, its numerator the responses of half of them, so that it falls
    short of the truth, the more the less reliable the neuron: it is kept as `published`.

    Parameters, errors: see :func:`half_fits`.

    Returns
    -------
    Predictivity
        The correlations per image split and neuron.
    """
    shape = (protocol.image_splits, n_halvings(protocol), responses.shape[2])
    raw, mapping, internal = np.full((3, *shape), np.nan)
    for fit in half_fits(features, responses, animals, protocol):
        m1, m2, t1, t2 = (_unit_columns(values) for values in (*fit.predicted, *fit.measured))
        at = fit.split, fit.half, fit.neurons
        raw[at] = ((m1 * t2).sum(axis=0) + (m2 * t1).sum(axis=0)) / 2
        mapping[at] = (m1 * m2).sum(axis=0)
        internal[at] = (t1 * t2).sum(axis=0)
    published = raw / np.sqrt(_positive(spearman_brown(mapping)) * _positive(spearman_brown(internal)))
    return Predictivity(*(nanmean(values, axis=1) for values in (raw, mapping, internal, published)))


def pooled_predictivity(features: np.ndarray, responses: np.ndarray, animals: np.ndarray,
                        protocol: Protocol) -> tuple:
    r"""The measure that the study of image domains published, which pools the neurons of an animal.

    The ratio of Nayebi et al. (see :func:`predictivity`), but with every correlation taken over all pairs of test image
    and neuron of an animal at once, as the released code of Prasad, Manor & Pereira (2022) has it. Neurons differ far
    more in their mean rate than one neuron's responses do between images, and mean rates are predicted by any features
    at all: log-normal rates without any stimulus signal score above 0.9 with random features. It is here for
    comparison with published numbers; :func:`predictivity` is the measure to use.

    Parameters, errors: see :func:`half_fits`.

    Returns
    -------
    corrected, raw : numpy.ndarray, shape (image_splits, n_animals)
        With and without the division by the reliabilities; animals in the order of their first neuron.
    """
    order = {animal: i for i, animal in enumerate(dict.fromkeys(animals))}
    raw, corrected = np.full((2, protocol.image_splits, n_halvings(protocol), len(order)), np.nan)
    for fit in half_fits(features, responses, animals, protocol):
        m1, m2, t1, t2 = (_unit_columns(values.reshape(-1, 1)) for values in (*fit.predicted, *fit.measured))
        at = fit.split, fit.half, order[animals[fit.neurons[0]]]
        raw[at] = (m1 * t2).sum()
        reliabilities = spearman_brown(np.array([(m1 * m2).sum(), (t1 * t2).sum()]))
        corrected[at] = raw[at] / np.sqrt(_positive(reliabilities).prod())
    return nanmean(corrected, axis=1), nanmean(raw, axis=1)


def predictivity_held_out(train_features: np.ndarray, train_responses: np.ndarray, test_features: np.ndarray,
                          test_responses: np.ndarray, protocol: Protocol,
                          image_weights: np.ndarray = None) -> Predictivity:
    r"""How well features predict one animal's neurons where images are held out by design and shown once for training.

    One regression is fitted to single trials of the training images. With M its prediction for the test images, which
    were repeated, and :math:`s_1, s_2` their responses averaged over two halves of the trials, a neuron gets

    .. math:: \frac{\langle\mathrm{Corr}(M, s_1) + \mathrm{Corr}(M, s_2)\rangle / 2}
                   {\sqrt{\langle\mathrm{Corr}(s_1, s_2)\rangle}},

    with the averages over trial halves: the correlation with the noise-free responses, that is
    :func:`predictivity` where nothing corrects for the noise in the mapping, of which single trials give no second
    sample. That noise costs little where images are many: a prediction from k given components, fitted to n images
    where the signal takes a share q of the variance of single trials, has k / n (1 - q) / q of the signal's variance in
    noise, and finding the components costs about as much again. On the simulated mouse at k = 25 and q = 0.16 the
    true features lose 0.02 to 0.03 of 0.80 with the 4,500 images of Sensorium 2022, but 0.2 with 300.

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
    image_weights : numpy.ndarray, shape (n_draws, n_test), optional
        How often each test image counts, for each of several draws; all once by default.

    Returns
    -------
    Predictivity
        A row for each draw in the place of a row for each image split; `mapping` is 1.

    Raises
    ------
    ValueError
        If there are too few images or trials, or the shapes do not fit.
    """
    predicted, complete = _predict_held_out(train_features, train_responses, test_features, test_responses, protocol)
    weights = np.ones((1, len(test_responses))) if image_weights is None else image_weights
    shape = (len(weights), test_responses.shape[2])
    raw, internal, published = np.full((3, *shape), np.nan)
    raw[:, complete], internal[:, complete], published[:, complete] = _held_out_correlations(
        lambda values: weights @ values, predicted, test_responses[:, :, complete], protocol)
    return Predictivity(raw, np.ones(shape), internal, published)


def pooled_predictivity_held_out(train_features: np.ndarray, train_responses: np.ndarray, test_features: np.ndarray,
                                 test_responses: np.ndarray, protocol: Protocol,
                                 image_weights: np.ndarray = None) -> tuple:
    """The same with every correlation over all pairs of test image and neuron, see :func:`pooled_predictivity`.

    Parameters, errors: see :func:`predictivity_held_out`.

    Returns
    -------
    corrected, raw : numpy.ndarray, shape (n_draws,)
        With and without the division by the root of the Spearman-Brown corrected reliability.
    """
    whole = np.isfinite(test_responses).all(axis=(0, 1))  # a neuron without a trial would leave a hole in the pool
    train_responses, test_responses = train_responses[:, whole], test_responses[:, :, whole]
    predicted, complete = _predict_held_out(train_features, train_responses, test_features, test_responses, protocol)
    weights = np.ones((1, len(test_responses))) if image_weights is None else image_weights
    raw, _, corrected = _held_out_correlations(lambda values: weights @ values.mean(axis=1, keepdims=True),
                                               predicted, test_responses[:, :, complete], protocol)
    return corrected[:, 0], raw[:, 0]


def _predict_held_out(train_features, train_responses, test_features, test_responses, protocol) -> tuple:
    """Prediction for the test images (n_test, n_complete), and which neurons (n_neurons,) have all training trials."""
    _check_held_out(train_features, train_responses, test_features, test_responses, protocol)
    complete = np.isfinite(train_responses).all(axis=0)
    if not complete.any():
        raise ValueError(f'Each of the {len(complete)} neurons lacks a response to some training image.')
    n_components = min(protocol.n_components, train_features.shape[1])
    with threadpool_limits(1 if len(train_features) <= MANY_IMAGES else None):
        predicted = pls.fit_predict(train_features, train_responses[:, complete], test_features, n_components,
                                    protocol.scale)
    return predicted, complete


def _held_out_correlations(average, predicted, responses, protocol) -> tuple:
    """Correlations of a prediction with either half of the trials, of the halves, and their published ratio."""
    raw, internal, published = [], [], []
    for first in trial_halves(responses.shape[1], protocol.trial_halves, protocol.seed):
        s1, s2 = half_means(responses, np.stack([first, ~first]))
        raw.append((correlation(average, predicted, s1) + correlation(average, predicted, s2)) / 2)
        internal.append(correlation(average, s1, s2))
        published.append(raw[-1] / np.sqrt(_positive(spearman_brown(internal[-1]))))
    return tuple(nanmean(np.stack(values), axis=0) for values in (raw, internal, published))


def correlation(average, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Correlations from averages: of the columns of a and b over weighted rows, or over whatever `average` pools.

    Parameters
    ----------
    average : callable
        Averages an array as `a` and `b` up to a factor, such as ``lambda values: weights @ values``.
    a, b : numpy.ndarray, shape (n, m)

    Returns
    -------
    numpy.ndarray
        Shaped as the averages; NaN where a or b is constant or not finite.
    """
    total = average(np.ones_like(a))
    mean_a, mean_b, square_a, square_b, product = (average(values) / total for values in (a, b, a * a, b * b, a * b))
    variance_a, variance_b = square_a - mean_a ** 2, square_b - mean_b ** 2
    defined = (variance_a > ROUNDING * square_a) & (variance_b > ROUNDING * square_b)
    scale = np.sqrt(np.where(defined, variance_a * variance_b, np.nan))
    return (product - mean_a * mean_b) / scale


def image_splits(n_images: int, n_splits: int, seed: int) -> list:
    """Random halvings of the images: pairs of index arrays (train, test); the odd image goes to the test half."""
    rng = np.random.default_rng([seed, 0])
    orders = [rng.permutation(n_images) for _ in range(n_splits)]
    return [(order[:n_images // 2], order[n_images // 2:]) for order in orders]


def trial_halves(n_trials: int, n_halves: int | str, seed: int) -> np.ndarray:
    """Halvings of the trials: bool (n_halves, n_trials), True for the first half; random, or into even and odd."""
    if n_halves == EVEN_ODD:
        return np.arange(n_trials)[None] % 2 == 0
    rng = np.random.default_rng([seed, 1])
    return np.stack([rng.permutation(n_trials) < n_trials // 2 for _ in range(n_halves)])


def n_halvings(protocol: Protocol) -> int:
    """How many halvings of the trials a protocol has."""
    return 1 if protocol.trial_halves == EVEN_ODD else protocol.trial_halves


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
    """Reliability of all trials from that of half of them, 2r / (1 + r); NaN at r = -1."""
    return np.divide(2 * r, 1 + r, out=np.full_like(r, np.nan), where=r > -1)


def weighted_mean(weights: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Means over the rows of values (n, m) that are there, by each row of weights (k, n): (k, m); else NaN."""
    present = np.isfinite(values)
    weight = weights @ present
    total = weights @ np.where(present, values, 0)
    return np.divide(total, weight, out=np.full(total.shape, np.nan), where=weight > 0)


def nanmean(values: np.ndarray, axis: int) -> np.ndarray:
    """Mean over the values there are; NaN, without numpy's warning, where there is none."""
    present = np.isfinite(values)
    count = present.sum(axis=axis)
    total = np.where(present, values, 0).sum(axis=axis)
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)


def _unit_columns(values: np.ndarray) -> np.ndarray:
    """Columns less their mean, of unit length, so that products are correlations; NaN where a column is constant."""
    values = values - values.mean(axis=0)
    norms = np.sqrt((values ** 2).sum(axis=0))
    return np.divide(values, norms, out=np.full(values.shape, np.nan), where=norms > 0)


def _positive(r: np.ndarray) -> np.ndarray:
    """r where it is above 0, else NaN: a reliability that is not positive corrects nothing."""
    return np.where(r > 0, r, np.nan)


def _check(features, responses, animals, protocol):
    n_images, n_trials, n_neurons = responses.shape
    if len(features) != n_images or len(animals) != n_neurons:
        raise ValueError(f'{len(features)} images in the features, {n_images} in the responses; {len(animals)} animal '
                         f'labels for {n_neurons} neurons: give one row an image and one label a neuron.')
    needed = 2 * (protocol.n_components + 1)
    if n_images < needed:
        raise ValueError(f'{n_images} image(s) cannot be halved for a PLS regression of {protocol.n_components} '
                         f'components: at least {needed} images are needed.')
    if n_trials < 2:
        raise ValueError(f'{n_trials} trial(s) an image: noise correction compares two halves of the trials, '
                         'so at least 2 are needed.')


def _check_held_out(train_features, train_responses, test_features, test_responses, protocol):
    n_images, n_trials, n_neurons = test_responses.shape
    if (len(train_features), len(test_features)) != (len(train_responses), n_images):
        raise ValueError(f'{len(train_features)} training and {len(test_features)} test images in the features, '
                         f'{len(train_responses)} and {n_images} in the responses: give one row an image.')
    if train_responses.shape[1] != n_neurons:
        raise ValueError(f'{train_responses.shape[1]} neurons in the training trials, {n_neurons} in the test trials.')
    if len(train_responses) < protocol.n_components + 1:
        raise ValueError(f'{len(train_responses)} training image(s): a PLS regression of {protocol.n_components} '
                         f'components needs at least {protocol.n_components + 1}.')
    if n_images < 2 or n_trials < 2:
        raise ValueError(f'{n_images} test image(s) x {n_trials} trial(s): noise correction correlates two halves of '
                         'the trials over images, so at least 2 of each are needed.')
