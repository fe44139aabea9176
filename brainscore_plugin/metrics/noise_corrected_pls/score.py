"""From values of neurons or animals to one Brain-Score score: mean or median over animals."""
import numpy as np
from brainscore_core.metrics import Score
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision.metrics.mouse_metrics.assemblies import with_raw
from brainscore_vision.metrics.mouse_metrics.averages import mean, median, median_per_animal, nanmean
from brainscore_vision.metrics.mouse_metrics.halvings import spearman_brown
from brainscore_vision.metrics.mouse_metrics.interval import Uncertainty, uncertainty
from brainscore_vision.metrics.mouse_metrics.noise_correction import linear_parts, reliability_quartiles

from .bootstrap import bootstrap_attributes
from .predictivity import Predictivity
from .protocol import Protocol, Splits


def score_of_neurons(result: Predictivity, target: NeuroidAssembly, found: Uncertainty, protocol: Splits) -> Score:
    """Mean over animals of the ratio of means, with the attributes of :class:`~.metric.NoiseCorrectedPLS`.

    Parameters
    ----------
    result : Predictivity
        Of the neurons of `target`.
    target : NeuroidAssembly
        The recordings.
    found : Uncertainty
    protocol : Splits
    """
    animals = target['animal'].values
    neuroids = {name: ('neuroid', target[name].values) for name in ('neuroid_id', 'animal')}
    coords = {'animal': ('animal', list(dict.fromkeys(animals)))}
    per_animal, per_neuron, internal = result.of_animals(animals), result.of_neurons(), result.means()[2]
    score = Score(mean(per_animal))
    score.attrs.update({
        Score.RAW_VALUES_KEY: with_raw(mean(_mean_per_animal(result.means()[0], animals)),
                                       Score(result.raw, coords=neuroids, dims=('split', 'neuroid'))),
        'corrected': Score(result.of_splits(animals), coords=coords, dims=('split', 'animal')),
        'animals': Score(per_animal, coords=coords, dims=('animal',)),
        'neuroids': Score(per_neuron, coords=neuroids, dims=('neuroid',)),
        'median_neuron': mean(median_per_animal(per_neuron[None], animals)[0]),
        'published': mean(median_per_animal(nanmean(result.published, axis=0)[None], animals)[0]),
        'reliability': Score(spearman_brown(internal), coords=neuroids, dims=('neuroid',)),
        'reliability_quartiles': reliability_quartiles(internal),
        'n_nan': int(np.isnan(per_neuron).sum()),
        'n_neurons': len(per_neuron),
        **found.attributes(float(score)),
        'protocol': str(protocol),
        'seed': protocol.seed,
    })
    return score


def error_over_splits(result: Predictivity, animals: np.ndarray) -> Uncertainty:
    """Error over animals and image splits; where there is one animal, over its neurons instead.

    Parameters
    ----------
    result : Predictivity
        A row for each image split.
    animals : numpy.ndarray, shape (n_neurons,)
        Whose neuron each is.
    """
    samples = np.stack([linear_parts(*(nanmean(values[:, animals == animal], axis=1) for values in (
        result.raw, result.mapping, result.internal))) for animal in dict.fromkeys(animals)], axis=1)
    units, unit = _units(result, animals)
    return uncertainty(units, samples, True, (unit, 'split'))


def error_over_images(result: Predictivity, samples: Predictivity, animals: np.ndarray) -> Uncertainty:
    """The same over animals and images, of which `samples` has a row for each bootstrap sample."""
    units, unit = _units(result, animals)
    return uncertainty(units, samples.of_splits(animals), False, (unit, 'image'))


def _units(result: Predictivity, animals: np.ndarray) -> tuple[np.ndarray, str]:
    """What the score is the mean of: values of animals, or what each neuron of a single one contributes."""
    if len(set(animals)) == 1:
        return linear_parts(*result.means()), 'neuroid'
    return result.of_animals(animals), 'animal'


def _mean_per_animal(values: np.ndarray, animals: np.ndarray) -> np.ndarray:
    return np.array([mean(values[animals == animal]) for animal in dict.fromkeys(animals)])


def score_of_animals(corrected: np.ndarray, raw: np.ndarray, animals: np.ndarray, bootstrap: np.ndarray,
                     over: list[str], protocol: Protocol) -> Score:
    """Mean over splits, median over animals, with the attributes of :class:`~.metric.NoiseCorrectedPLSPooled`.

    Parameters
    ----------
    corrected, raw : numpy.ndarray, shape (n_splits, n_animals)
        Animals in the order of their first neuron.
    animals : numpy.ndarray, shape (n_neurons,)
        Whose neuron each is.
    bootstrap : numpy.ndarray, shape (n_bootstrap,)
        The score over bootstrap samples of the units named in `over`.
    over : list of str
    protocol : Protocol
    """
    coords = {'animal': ('animal', list(dict.fromkeys(animals)))}
    per_animal = nanmean(corrected, axis=0)
    score = Score(median(per_animal))
    score.attrs.update({
        Score.RAW_VALUES_KEY: with_raw(median(nanmean(raw, axis=0)),
                                       Score(raw, coords=coords, dims=('split', 'animal'))),
        'corrected': Score(corrected, coords=coords, dims=('split', 'animal')),
        'animals': Score(per_animal, coords=coords, dims=('animal',)),
        'n_nan': int(np.isnan(per_animal).sum()),
        'n_neurons': len(animals),
        **bootstrap_attributes(bootstrap, over),
        'protocol': str(protocol),
        'seed': protocol.seed,
    })
    return score
