"""A model's predictions of the neurons of a recording: those that the score is made of."""
from dataclasses import dataclass, field

import numpy as np

from napari_viewer.core.networks import Network
from napari_viewer.core.recording import Recording, Trials

MOST_COMPONENTS, FOLDS = 10, 3  # of the regression whose weights are shown
LINEARISED = 16  # images around which a network is linearised


@dataclass(frozen=True, eq=False)
class Prediction:
    """What a layer of a model predicts for each neuron, on images that were held out.

    Attributes
    ----------
    recording, network, layer
        Of what.
    score, error : float
        Of the layer on the benchmark, as `brainscore-mouse score` prints them.
    raw, corrected : numpy.ndarray, (n_neurons,)
        Correlation of predicted and measured responses, as the score's attributes have it: before and after the
        correction for noise.
    predicted : numpy.ndarray, (n_neurons, n_images)
        Mean over the splits in which an image was held out, each less its mean, in the units of the responses; NaN
        where an image was never held out.
    features : numpy.ndarray, (n_images, n_features)
        Of the images in the order of the recording's.
    shape : tuple of int
        Channels, height and width of the layer's maps.
    """
    recording: Recording
    network: Network
    layer: str
    score: float
    error: float
    raw: np.ndarray
    corrected: np.ndarray
    predicted: np.ndarray
    features: np.ndarray
    shape: tuple[int, int, int]
    _by_images: dict[bytes, tuple] = field(default_factory=dict)

    def weights(self, neuron: int) -> np.ndarray:
        """Weights of a regression for a neuron, fitted to all its images: (channels, height, width).

        The number of components is that which predicts images held out in three folds best.
        """
        shown, readout, _ = self._shared(neuron)
        return readout.weights(self.recording.averages[neuron][shown]).reshape(self.shape)

    def pattern(self, neuron: int, weights: np.ndarray) -> np.ndarray:
        """The weights of a neuron back in the image, (size, size, 3): the gradient of what they read out."""
        return self.network.gradient(self._shared(neuron)[2], self.layer, weights)

    def _shared(self, neuron: int) -> tuple:
        """Which images a neuron was shown, their regressions, and some of them: the same for most other neurons."""
        shown = np.isfinite(self.recording.averages[neuron])
        key = shown.tobytes()
        if key not in self._by_images:
            numbers = np.flatnonzero(shown)
            some = numbers[np.linspace(0, len(numbers) - 1, LINEARISED).astype(int)]
            images = np.stack([self.recording.images.square(int(i), self.network.input_size) for i in some])
            self._by_images[key] = shown, Readout(self.features[shown]), images
        return self._by_images[key]


class Readout:
    """Regressions on the same features, one after the other: what they share is computed once.

    Parameters
    ----------
    features : numpy.ndarray, (n_images, n_features)
    """

    def __init__(self, features: np.ndarray):
        from brainscore_vision.metrics.noise_corrected_pls import pls
        self.features, n = features, len(features)
        self._rotation = pls.rotate(features, features)
        order = np.random.default_rng(0).permutation(n)
        self._folds = []
        for k in range(FOLDS):
            test, train = order[k::FOLDS], np.setdiff1d(order, order[k::FOLDS])
            self._folds.append((train, test, pls.rotate(features[train], features[test])))
        self._most = min(MOST_COMPONENTS, n * (FOLDS - 1) // FOLDS - 1, features.shape[1])
        centred = features - features.mean(axis=0, dtype=float)
        self._inverse = np.linalg.pinv(centred @ centred.T, rcond=1e-10, hermitian=True)

    def weights(self, response: np.ndarray) -> np.ndarray:
        """Weights of the regression for a response (n_images,): (n_features,).

        Predictions are linear in the features and the weights lie in the span of the centred features of the training
        images, so that they follow from the predictions for these: with G their inner products and p the predictions
        less their mean, the weights are their sum weighted by the solution of G a = p.
        """
        from brainscore_vision.metrics.noise_corrected_pls import pls
        fitted = pls.predict_each(self._rotation, response[:, None], self.components(response))[-1][:, 0]
        alpha = self._inverse @ (fitted - fitted.mean())
        return self.features.T @ (alpha - alpha.mean())

    def components(self, response: np.ndarray) -> int:
        """The number of components that predicts the folds' images best."""
        from brainscore_vision.metrics.noise_corrected_pls import pls
        predicted = np.empty((self._most, len(response)))
        for train, test, rotation in self._folds:
            predicted[:, test] = (pls.predict_each(rotation, response[train][:, None], self._most)[:, :, 0]
                                  - response[train].mean())
        return 1 + int(np.argmin(((predicted - (response - response.mean())) ** 2).sum(axis=1)))


def predict(recording: Recording, network: Network, layer: str) -> Prediction:
    """Score a layer on a recording and predict every neuron, with the metric of the benchmark and its own splits.

    Raises
    ------
    ValueError
        If the metric predicts no single neurons, or fits to other images than those that it scores.
    """
    from brainscore_vision.benchmarks.mouse_predictivity.activations import layer_assembly
    if recording.benchmark.load_training is not None:
        raise ValueError(f'{recording.identifier} fits models to other images than those it scores, one animal after '
                         'the other, which takes longer than a look: choose a recording whose images are split.')
    images = np.stack([recording.images.square(i, network.input_size) for i in range(len(recording.images))])
    maps = network.maps(images[:1])[layer].shape[1:]
    features = network.features(images, layer)
    stimulus_ids = recording.images.index['source'].to_numpy()
    score = recording.benchmark.score_features(layer_assembly(layer, features, stimulus_ids))
    raw, corrected = _per_neuron(score.attrs['raw'].attrs['raw'], recording), _per_neuron(score.attrs['neuroids'],
                                                                                         recording)
    predicted = np.full((len(recording), len(recording.images)), np.nan)
    for trials in recording.trials.values():
        numbers = np.array([recording.number_of(stimulus_id) for stimulus_id in trials.stimulus_ids])
        predicted[np.ix_(trials.neurons, numbers)] = held_out(features[numbers], trials, recording.benchmark.metric).T
    return Prediction(recording, network, layer, float(score), float(score.attrs.get('error', np.nan)), raw, corrected,
                      predicted, features, maps)


def held_out(features: np.ndarray, trials: Trials, metric) -> np.ndarray:
    """Predictions for the images of one animal, (n_images, n_neurons), by the metric's own functions and splits."""
    from brainscore_vision.metrics.mouse_metrics.averages import nanmean
    from brainscore_vision.metrics.noise_corrected_pls.folds import FoldProtocol, fold_predictions
    from brainscore_vision.metrics.noise_corrected_pls.predictivity import half_fits
    from brainscore_vision.metrics.noise_corrected_pls.protocol import Splits, image_splits
    protocol = metric.protocol
    if isinstance(protocol, FoldProtocol):
        averages = nanmean(trials.responses, axis=1)
        return fold_predictions(features, averages, protocol, trials.sources).mean(axis=0)
    if not isinstance(protocol, Splits):
        raise ValueError(f'The metric {type(metric).__name__} predicts no single neurons: choose another recording.')
    n_images, _, n_neurons = trials.responses.shape
    total, count = np.zeros((2, n_images, n_neurons))
    splits = image_splits(n_images, protocol.image_splits, protocol.seed, trials.sources)
    for fit in half_fits(features, trials.responses, np.zeros(n_neurons, int), protocol, trials.sources):
        at = np.ix_(splits[fit.split][1], fit.neurons)
        mean = sum(fit.predicted) / 2
        total[at] += mean - mean.mean(axis=0)
        count[at] += 1
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)


def _per_neuron(values, recording: Recording) -> np.ndarray:
    """A score's values by neuron in the order of the recording, mean over splits."""
    from brainscore_vision.metrics.mouse_metrics.averages import nanmean
    array = values.transpose(..., 'neuroid').values
    array = nanmean(np.atleast_2d(array), axis=0)
    place = {neuroid: k for k, neuroid in enumerate(values['neuroid_id'].values)}
    return array[[place[neuroid] for neuroid in recording.facts['neuroid_id']]]
