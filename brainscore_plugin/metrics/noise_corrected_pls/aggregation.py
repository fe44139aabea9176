"""From values per neuron to one score with its error: medians over neurons, means and draws over animals."""
import numpy as np
from brainscore_core.metrics import Score
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly

from .noise_correction import PROTOCOLS, Predictivity, Protocol, nanmean

BOOTSTRAPS = 1000
INTERVAL = (.025, .975)


def known_protocol(protocol: str | Protocol) -> Protocol:
    if isinstance(protocol, str):
        if protocol not in PROTOCOLS:
            raise ValueError(f"Unknown protocol '{protocol}': choose one of {', '.join(PROTOCOLS)}.")
        return PROTOCOLS[protocol]
    return protocol


def feature_rows(source: NeuroidAssembly, stimulus_ids: list) -> np.ndarray:
    """The features of the images, (n_images, n_features), averaged where a model answers one image repeatedly."""
    values = source.transpose('presentation', 'neuroid').values
    found = {}
    for row, stimulus_id in enumerate(source['stimulus_id'].values):
        found.setdefault(stimulus_id, []).append(row)
    missing = [stimulus_id for stimulus_id in stimulus_ids if stimulus_id not in found]
    if missing:
        raise ValueError(f"The features lack {len(missing)} of {len(stimulus_ids)} images, first '{missing[0]}': "
                         'show the model every image of the recordings.')
    if all(len(found[stimulus_id]) == 1 for stimulus_id in stimulus_ids):
        return values[[found[stimulus_id][0] for stimulus_id in stimulus_ids]]
    return np.stack([values[found[stimulus_id]].mean(axis=0) for stimulus_id in stimulus_ids])


def score_of_neurons(result: Predictivity, target: NeuroidAssembly, draws: np.ndarray, over: list,
                     protocol: Protocol) -> Score:
    """Median over each animal's neurons, mean over animals, with the attributes of :class:`~.metric.NoiseCorrectedPLS`.

    Parameters
    ----------
    result : Predictivity
        Of the neurons of `target`.
    target : NeuroidAssembly
        The recordings.
    draws : numpy.ndarray, shape (n_draws,)
        The value over draws of the units named in `over`.
    over : list of str
    protocol : Protocol
    """
    animals = target['animal'].values
    neuroids = {name: ('neuroid', target[name].values) for name in ('neuroid_id', 'animal')}
    per_neuron = result.corrected()[0]
    per_animal = median_per_animal(per_neuron[None], animals)[0]
    score = Score(_mean(per_animal))
    score.attrs.update({
        Score.RAW_VALUES_KEY: with_raw(_mean(median_per_animal(nanmean(result.raw, axis=0)[None], animals)[0]),
                                       Score(result.raw, coords=neuroids, dims=('split', 'neuroid'))),
        'corrected': Score(result.corrected_per_split(), coords=neuroids, dims=('split', 'neuroid')),
        'neuroids': Score(per_neuron, coords=neuroids, dims=('neuroid',)),
        'animals': Score(per_animal, coords={'animal': list(dict.fromkeys(animals))}, dims=('animal',)),
        'published': _mean(median_per_animal(nanmean(result.published, axis=0)[None], animals)[0]),
        'n_nan': int(np.isnan(per_neuron).sum()),
        'n_neurons': len(per_neuron),
        **uncertainty(draws, over),
        'protocol': str(protocol),
        'seed': protocol.seed,
    })
    return score


def score_of_animals(corrected: np.ndarray, raw: np.ndarray, animals: np.ndarray, draws: np.ndarray, over: list,
                     protocol: Protocol) -> Score:
    """Mean over splits, median over animals, with the attributes of :class:`~.metric.NoiseCorrectedPLSPooled`.

    Parameters
    ----------
    corrected, raw : numpy.ndarray, shape (n_splits, n_animals)
        Animals in the order of their first neuron.
    animals : numpy.ndarray, shape (n_neurons,)
        Whose neuron each is.
    draws, over, protocol
        As of :func:`score_of_neurons`.
    """
    coords = {'animal': ('animal', list(dict.fromkeys(animals)))}
    per_animal = nanmean(corrected, axis=0)
    score = Score(median_of(per_animal))
    score.attrs.update({
        Score.RAW_VALUES_KEY: with_raw(median_of(nanmean(raw, axis=0)),
                                       Score(raw, coords=coords, dims=('split', 'animal'))),
        'corrected': Score(corrected, coords=coords, dims=('split', 'animal')),
        'animals': Score(per_animal, coords=coords, dims=('animal',)),
        'n_nan': int(np.isnan(per_animal).sum()),
        'n_neurons': len(animals),
        **uncertainty(draws, over),
        'protocol': str(protocol),
        'seed': protocol.seed,
    })
    return score


def bootstrap(result: Predictivity, animals: np.ndarray, seed: int) -> tuple:
    """The score over draws, with replacement, of its units: animals and image splits.

    Animals are the units that a score is to hold for beyond; their differences contain those of the neurons drawn in
    each. Because a draw of A animals varies less than A new animals would, deviations from the mean of the draws are
    stretched by sqrt(A / (A - 1)) (Davison & Hinkley 1997, Bootstrap Methods and their Application, section 2.3). Where
    there is one animal its neurons are drawn instead.

    Parameters
    ----------
    result : Predictivity
        Of all neurons.
    animals : numpy.ndarray, shape (n_neurons,)
        Whose neuron each is.
    seed : int

    Returns
    -------
    draws : numpy.ndarray, shape (BOOTSTRAPS,)
    over : list of str
        The units drawn.
    """
    rng = np.random.default_rng([seed, 2])
    n_splits = len(result.raw)
    split_weights = rng.multinomial(n_splits, np.full(n_splits, 1 / n_splits), size=BOOTSTRAPS).astype(float)
    per_neuron = result.corrected(split_weights)
    draws, unit = over_animals(per_neuron, animals, rng)
    return draws, [unit, 'split']


def over_animals(per_neuron: np.ndarray, animals: np.ndarray, rng: np.random.Generator) -> tuple:
    """Mean over a draw of animals, or median over a draw of the neurons of a single one, for each row of values.

    See :func:`bootstrap` for why the draws of animals are stretched.

    Parameters
    ----------
    per_neuron : numpy.ndarray, shape (n_draws, n_neurons)
    animals : numpy.ndarray, shape (n_neurons,)
    rng : numpy.random.Generator

    Returns
    -------
    draws : numpy.ndarray, shape (n_draws,)
    unit : str
        What was drawn, 'animal' or 'neuroid'.
    """
    n_animals = len(set(animals))
    if n_animals == 1:
        drawn = rng.integers(per_neuron.shape[1], size=per_neuron.shape)
        return median_per_row(np.take_along_axis(per_neuron, drawn, axis=1)), 'neuroid'
    medians = median_per_animal(per_neuron, animals)
    drawn = rng.integers(n_animals, size=medians.shape)
    draws = nanmean(np.take_along_axis(medians, drawn, axis=1), axis=1)
    centre = nanmean(draws[None], axis=1)
    return centre + np.sqrt(n_animals / (n_animals - 1)) * (draws - centre), 'animal'


def median_per_animal(values: np.ndarray, animals: np.ndarray) -> np.ndarray:
    """Median over each animal's neurons, (n, n_neurons) -> (n, n_animals); animals as they first appear."""
    return np.stack([median_per_row(values[:, animals == animal]) for animal in dict.fromkeys(animals)], axis=1)


def median_per_row(values: np.ndarray) -> np.ndarray:
    """Median of each row over the values there are; NaN, without numpy's warning, where there is none."""
    medians = np.full(len(values), np.nan)
    defined = np.isfinite(values).any(axis=1)
    complete = np.isfinite(values).all(axis=1)
    medians[complete] = np.median(values[complete], axis=1)
    some = defined & ~complete
    if some.any():
        medians[some] = np.nanmedian(values[some], axis=1)
    return medians


def median_of(values: np.ndarray) -> float:
    return median_per_row(values[None])[0]


def _mean(values: np.ndarray) -> float:
    return nanmean(values[None], axis=1)[0]


def with_raw(value: float, raw: Score) -> Score:
    score = Score(value)
    score.attrs[Score.RAW_VALUES_KEY] = raw
    return score


def uncertainty(draws: np.ndarray, over: list) -> dict:
    draws = draws[np.isfinite(draws)]
    if len(draws) < 2:
        return {'error': float('nan'), 'error_nan_reason': 'no neuron has a defined noise correction'}
    return {'error': float(draws.std(ddof=1)), 'interval': tuple(np.quantile(draws, INTERVAL).tolist()),
            'error_over': over, 'n_bootstrap': len(draws)}
