"""From values of neurons or animals to one Brain-Score score: medians over neurons, means over animals."""
import numpy as np
from brainscore_core.metrics import Score
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision.metrics.mouse_metrics.assemblies import with_raw
from brainscore_vision.metrics.mouse_metrics.averages import mean, median, median_per_animal, nanmean

from .bootstrap import uncertainty
from .predictivity import Predictivity
from .protocol import Protocol


def score_of_neurons(result: Predictivity, target: NeuroidAssembly, bootstrap: np.ndarray, over: list[str],
                     protocol: Protocol) -> Score:
    """Median over each animal's neurons, mean over animals, with the attributes of :class:`~.metric.NoiseCorrectedPLS`.

    Parameters
    ----------
    result : Predictivity
        Of the neurons of `target`.
    target : NeuroidAssembly
        The recordings.
    bootstrap : numpy.ndarray, shape (n_bootstrap,)
        The score over bootstrap samples of the units named in `over`.
    over : list of str
    protocol : Protocol
    """
    animals = target['animal'].values
    neuroids = {name: ('neuroid', target[name].values) for name in ('neuroid_id', 'animal')}
    per_neuron = result.corrected()[0]
    per_animal = median_per_animal(per_neuron[None], animals)[0]
    score = Score(mean(per_animal))
    score.attrs.update({
        Score.RAW_VALUES_KEY: with_raw(mean(median_per_animal(nanmean(result.raw, axis=0)[None], animals)[0]),
                                       Score(result.raw, coords=neuroids, dims=('split', 'neuroid'))),
        'corrected': Score(result.corrected_per_split(), coords=neuroids, dims=('split', 'neuroid')),
        'neuroids': Score(per_neuron, coords=neuroids, dims=('neuroid',)),
        'animals': Score(per_animal, coords={'animal': list(dict.fromkeys(animals))}, dims=('animal',)),
        'published': mean(median_per_animal(nanmean(result.published, axis=0)[None], animals)[0]),
        'n_nan': int(np.isnan(per_neuron).sum()),
        'n_neurons': len(per_neuron),
        **uncertainty(bootstrap, over),
        'protocol': str(protocol),
        'seed': protocol.seed,
    })
    return score


def score_of_animals(corrected: np.ndarray, raw: np.ndarray, animals: np.ndarray, bootstrap: np.ndarray,
                     over: list[str], protocol: Protocol) -> Score:
    """Mean over splits, median over animals, with the attributes of :class:`~.metric.NoiseCorrectedPLSPooled`.

    Parameters
    ----------
    corrected, raw : numpy.ndarray, shape (n_splits, n_animals)
        Animals in the order of their first neuron.
    animals : numpy.ndarray, shape (n_neurons,)
        Whose neuron each is.
    bootstrap, over, protocol
        As of :func:`score_of_neurons`.
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
        **uncertainty(bootstrap, over),
        'protocol': str(protocol),
        'seed': protocol.seed,
    })
    return score
