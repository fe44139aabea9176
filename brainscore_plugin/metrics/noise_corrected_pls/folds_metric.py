"""Brain-Score's face of the predictivity where images are few."""
import numpy as np
from brainscore_core.metrics import Metric, Score
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision.metrics.mouse_metrics.assemblies import (
    feature_rows,
    images_by_trials,
    trials_by_animal,
    with_raw,
)
from brainscore_vision.metrics.mouse_metrics.averages import mean, nanmean
from brainscore_vision.metrics.mouse_metrics.bootstrap import image_weights
from brainscore_vision.metrics.mouse_metrics.halvings import half_means, positive, spearman_brown, trial_halves
from brainscore_vision.metrics.mouse_metrics.sources import image_sources

from .bootstrap import bootstrap_attributes
from .folds import FoldProtocol, fold_correlation, fold_predictions, neuron_correlations

N_BOOTSTRAP = 1000
# Over 40 simulated recordings scores spread 1.6 times as far as bootstrap samples do, which keep what was fitted: root
# mean square over models that know 0, 0.1 and 0.3 (python bench/few_images.py --benchmarks pls --seed 1; what it prints
# as `to meet sd`, times the factor that was in force).
STRETCH = 1.6
N_HALVINGS = 100  # of the trials, for the reliability of neurons


class NoiseCorrectedPLSFolds(Metric):
    r"""Noise-corrected PLS predictivity for recordings of few images; mean over animals, or fields of view.

    Every image's responses are predicted from the other images by :func:`~.folds.fold_predictions`. An animal's value
    is

    .. math:: \mathrm{Corr}(M, s) / \sqrt{\langle\rho\rangle}

    with the correlation of :func:`~.folds.fold_correlation`, in which M is the prediction and s the response averaged
    over all trials, and the mean over neurons of :math:`\rho`, the reliability of s, whose root is what predicting all
    but the noise gets. Averages are divided, not ratios averaged, so that no unreliable neuron explodes. Nothing
    corrects for the noise in the mapping, which is the price of not halving the trials: a score is what can be told
    from so many images of so many trials, not from infinitely many.

    Parameters
    ----------
    protocol : FoldProtocol
    """
    REFERENCE = 'Nayebi et al. 2023'
    NOTES = 'PLS fitted to folds of few images, components chosen in the training images'

    def __init__(self, protocol: FoldProtocol | None = None):
        self.protocol = protocol or FoldProtocol()

    def __call__(self, source: NeuroidAssembly, target: NeuroidAssembly) -> Score:
        """Score how well `source` predicts `target`.

        Parameters
        ----------
        source : NeuroidAssembly, (presentation, neuroid)
            Features; one presentation an image, coordinate stimulus_id.
        target : NeuroidAssembly, (presentation, neuroid)
            Single trials: coordinates stimulus_id, repetition, animal and neuroid_id; NaN where a trial is missing and
            where an image was not shown to an animal.

        Returns
        -------
        Score
            The value, with attributes

            - raw: before noise correction; its own raw is per neuroid
            - animals: the value of each animal; neuroids: of each neuron, NaN where it has no reliability above 0
            - reliability: of each animal's neurons, the mean
            - error, interval: standard deviation and 95 % interval over bootstrap samples of the images; animals that
              saw the same images get the same samples; stretched, because what was fitted stays as it is
            - n_nan, n_neurons, protocol, seed

        Raises
        ------
        ValueError
            If an image of `target` is missing in `source`, or there are too few images or trials.
        """
        of_animals, samples, neurons = {}, [], []
        for name, trials in trials_by_animal(target):
            responses, stimulus_ids = images_by_trials(trials)
            averages = nanmean(responses, axis=1)
            reliability = _reliability(responses, self.protocol.seed)
            predicted = fold_predictions(feature_rows(source, stimulus_ids), averages, self.protocol,
                                         image_sources(trials, stimulus_ids))
            correlations = fold_correlation(predicted, averages, _weights(stimulus_ids, self.protocol.seed))
            values = correlations / np.sqrt(mean(reliability))
            of_animals[name] = values[0], correlations[0], mean(reliability)
            samples.append(values[1:])
            neurons.append(np.stack([neuron_correlations(predicted, averages), reliability]))
        return self._score(target, of_animals, _stretched(np.mean(samples, axis=0)),
                           *np.concatenate(neurons, axis=1))

    def _score(self, target: NeuroidAssembly, of_animals: dict[str, tuple[float, float, float]], samples: np.ndarray,
               raw: np.ndarray, reliabilities: np.ndarray) -> Score:
        # animals one after the other, as `raw` is
        own = np.concatenate([np.flatnonzero(target['animal'].values == name) for name in of_animals])
        neuroids = {name: ('neuroid', target[name].values[own]) for name in ('neuroid_id', 'animal')}
        coords = {'animal': ('animal', list(of_animals))}
        values, raw_values, reliability = (np.array(column) for column in zip(*of_animals.values()))
        per_neuron = raw / np.sqrt(positive(reliabilities))
        score = Score(mean(values))
        score.attrs.update({
            Score.RAW_VALUES_KEY: with_raw(mean(raw_values), Score(raw, coords=neuroids, dims=('neuroid',))),
            'neuroids': Score(per_neuron, coords=neuroids, dims=('neuroid',)),
            'animals': Score(values, coords=coords, dims=('animal',)),
            'reliability': Score(reliability, coords=coords, dims=('animal',)),
            'n_nan': int(np.isnan(per_neuron).sum()),
            'n_neurons': len(per_neuron),
            **bootstrap_attributes(samples, ['image']),
            'protocol': str(self.protocol),
            'seed': self.protocol.seed,
        })
        return score


def _reliability(responses: np.ndarray, seed: int) -> np.ndarray:
    """Reliability of each neuron's average over all trials, Spearman-Brown of the mean over halvings: (n_neurons,)."""
    halves = trial_halves(responses.shape[1], N_HALVINGS, seed)
    first, second = (_standardised(half_means(responses, chosen)) for chosen in (halves, ~halves))
    # few trials without a signal may by chance be opposed, where the formula has a pole
    return spearman_brown(nanmean((first * second).mean(axis=1), axis=0)).clip(-1, 1)


def _standardised(averages: np.ndarray) -> np.ndarray:
    averages = averages - averages.mean(axis=1, keepdims=True)
    spread = averages.std(axis=1, keepdims=True)
    return np.divide(averages, spread, out=np.full(averages.shape, np.nan), where=spread > 0)


def _stretched(samples: np.ndarray) -> np.ndarray:
    return samples.mean() + STRETCH * (samples - samples.mean())


def _weights(stimulus_ids: np.ndarray, seed: int) -> np.ndarray:
    """Bootstrap samples of the images: the same for the same images, unrelated for others."""
    own = sum(ord(letter) * (i + 1) for i, letter in enumerate(str(stimulus_ids[0])))
    return image_weights(len(stimulus_ids), N_BOOTSTRAP, seed + own)
