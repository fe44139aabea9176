"""Noise-corrected predictivity of neurons, from features and repeated responses: functions of arrays."""
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from brainscore_vision.metrics.mouse_metrics.averages import nanmean
from brainscore_vision.metrics.mouse_metrics.halvings import half_means, positive, spearman_brown, trial_halves
from brainscore_vision.metrics.mouse_metrics.noise_correction import neuron_ratios, ratio_of_means
from threadpoolctl import threadpool_limits

from .protocol import Splits, image_splits

MANY_IMAGES = 500  # from here on one fit is large enough for threads
CHUNK = 10  # trial halvings fitted together: enough to share the overhead of a call, little enough to hold


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
    predicted: tuple[np.ndarray, np.ndarray]
    measured: tuple[np.ndarray, np.ndarray]


def half_fits(features: np.ndarray, responses: np.ndarray, animals: np.ndarray,
              protocol: Splits, sources: np.ndarray | None = None) -> Iterator[HalfFit]:
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
    protocol : Splits
        Splits of images and trials, and what is fitted.
    sources : numpy.ndarray, shape (n_images,), optional
        What each image was made of: no split has images of one source on both sides.

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
    splits = image_splits(len(features), protocol.image_splits, protocol.seed, sources)
    _check_training(min(len(train) for train, _ in splits), protocol)
    halvings = trial_halves(responses.shape[1], protocol.trial_halves, protocol.seed)
    populations = [np.flatnonzero(animals == animal) for animal in dict.fromkeys(animals)]
    # many small fits: threads would wait for each other longer than they work
    with threadpool_limits(1 if len(features) <= MANY_IMAGES else None):
        mappings = [protocol.mapping(features[train], features[test]) for train, test in splits]
        for start in range(0, len(halvings), CHUNK):
            first = halvings[start:start + CHUNK]
            halves = np.split(half_means(responses, np.concatenate([first, ~first])), 2)
            complete = np.isfinite(halves[0] + halves[1]).all(axis=1)
            fitted = [(half, population[complete[half, population]])
                      for half in range(len(complete)) for population in populations]
            fitted = [(half, neurons) for half, neurons in fitted if neurons.size]
            for split, (train, test) in enumerate(splits):
                predictions = iter(mappings[split](
                    [means[half][train][:, neurons] for half, neurons in fitted for means in halves]))
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

    def of_neurons(self) -> np.ndarray:
        """Each neuron's own noise-corrected predictivity, (n_neurons,): NaN where a reliability is not above 0."""
        return neuron_ratios(*self.means())

    def of_animals(self, animals: np.ndarray) -> np.ndarray:
        """Each animal's noise-corrected predictivity, which all of its neurons make, (n_animals,).

        Parameters
        ----------
        animals : numpy.ndarray, shape (n_neurons,)
            Whose neuron each is; animals are returned as they first appear.
        """
        return self._ratios(animals, *self.means())

    def of_splits(self, animals: np.ndarray) -> np.ndarray:
        """The same from each split alone, (image_splits, n_animals): noisier."""
        return self._ratios(animals, self.raw, self.mapping, self.internal)

    def means(self) -> list[np.ndarray]:
        """The three correlations of each neuron, mean over splits: (n_neurons,) each."""
        return [nanmean(values, axis=0) for values in (self.raw, self.mapping, self.internal)]

    @staticmethod
    def _ratios(animals: np.ndarray, *correlations: np.ndarray) -> np.ndarray:
        return np.stack([ratio_of_means(*(values[..., animals == animal] for values in correlations))
                         for animal in dict.fromkeys(animals)], axis=-1)


def predictivity(features: np.ndarray, responses: np.ndarray, animals: np.ndarray, protocol: Splits,
                 sources: np.ndarray | None = None) -> Predictivity:
    r"""How well features predict neurons' responses to new images, corrected for the neurons' noise.

    The noise-corrected predictivity of an animal is

    .. math:: \frac{\sum_i \langle\mathrm{Corr}(M(x; s_1), s_2)\rangle}
                   {\sqrt{\sum_i \langle\mathrm{Corr}(M(x; s_1), M(x; s_2))\rangle\
                          \sum_i \langle\mathrm{Corr}(s_1, s_2)\rangle}}

    with sums over its neurons i and averages over trial halves and image splits; see
    :mod:`brainscore_vision.metrics.mouse_metrics.noise_correction`. That of a neuron is

    .. math:: \frac{\langle\mathrm{Corr}(M(x; s_1), s_2)\rangle}
                   {\sqrt{\langle\mathrm{Corr}(M(x; s_1), M(x; s_2))\rangle\ \langle\mathrm{Corr}(s_1, s_2)\rangle}}

    where that exists. Responses and predictions in the numerator are those of half of the trials, and so are the
    reliabilities that they are divided by; and averages are divided, not ratios averaged, because a ratio of noisy
    terms is biased and a reliability near zero makes it explode (Pospisil & Bair 2021, PLoS Comput Biol
    17(8):e1009212, treat the bias of such ratios).

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
    shape = (protocol.image_splits, protocol.n_halvings, responses.shape[2])
    raw, mapping, internal = np.full((3, *shape), np.nan)
    for fit in half_fits(features, responses, animals, protocol, sources):
        m1, m2, t1, t2 = (_unit_columns(values) for values in (*fit.predicted, *fit.measured))
        at = fit.split, fit.half, fit.neurons
        raw[at] = ((m1 * t2).sum(axis=0) + (m2 * t1).sum(axis=0)) / 2
        mapping[at] = (m1 * m2).sum(axis=0)
        internal[at] = (t1 * t2).sum(axis=0)
    published = neuron_ratios(raw, spearman_brown(mapping), spearman_brown(internal))
    return Predictivity(*(nanmean(values, axis=1) for values in (raw, mapping, internal, published)))


def pooled_predictivity(features: np.ndarray, responses: np.ndarray, animals: np.ndarray,
                        protocol: Splits, sources: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
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
    raw, corrected = np.full((2, protocol.image_splits, protocol.n_halvings, len(order)), np.nan)
    for fit in half_fits(features, responses, animals, protocol, sources):
        m1, m2, t1, t2 = (_unit_columns(values.reshape(-1, 1)) for values in (*fit.predicted, *fit.measured))
        at = fit.split, fit.half, order[animals[fit.neurons[0]]]
        raw[at] = (m1 * t2).sum()
        reliabilities = spearman_brown(np.array([(m1 * m2).sum(), (t1 * t2).sum()]))
        corrected[at] = raw[at] / np.sqrt(positive(reliabilities).prod())
    return nanmean(corrected, axis=1), nanmean(raw, axis=1)


def _unit_columns(values: np.ndarray) -> np.ndarray:
    """Columns less their mean, of unit length, so that products are correlations; NaN where a column is constant."""
    values = values - values.mean(axis=0)
    norms = np.sqrt((values ** 2).sum(axis=0))
    return np.divide(values, norms, out=np.full(values.shape, np.nan), where=norms > 0)


def _check(features: np.ndarray, responses: np.ndarray, animals: np.ndarray, protocol: Splits) -> None:
    n_images, n_trials, n_neurons = responses.shape
    if len(features) != n_images or len(animals) != n_neurons:
        raise ValueError(f'{len(features)} images in the features, {n_images} in the responses; {len(animals)} animal '
                         f'labels for {n_neurons} neurons: give one row an image and one label a neuron.')
    if n_images < 2 * protocol.least_images:
        raise ValueError(f'{n_images} image(s) cannot be halved for a {protocol.regression}: at least '
                         f'{2 * protocol.least_images} images are needed.')
    if n_trials < 2:
        raise ValueError(f'{n_trials} trial(s) an image: noise correction compares two halves of the trials, '
                         'so at least 2 are needed.')


def _check_training(n_training: int, protocol: Splits) -> None:
    if n_training < protocol.least_images:
        raise ValueError(f'A split by sources leaves {n_training} training image(s), too few for a '
                         f'{protocol.regression}: give images of more sources, or fewer of the largest.')
