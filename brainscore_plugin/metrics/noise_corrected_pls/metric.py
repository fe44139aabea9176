"""Brain-Score's face of the noise-corrected PLS predictivity."""
import numpy as np
from brainscore_core.metrics import Metric, Score
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision.metrics.split_half_reliability.metric import images_by_trials

from .noise_correction import PROTOCOLS, Predictivity, Protocol, nanmean, pooled_predictivity, predictivity

BOOTSTRAPS = 1000
INTERVAL = (.025, .975)


class NoiseCorrectedPLS(Metric):
    """Noise-corrected PLS predictivity per neuron, median over an animal's neurons, mean over animals.

    :func:`~.noise_correction.predictivity` gives the formula, and how it differs from Nayebi et al.'s (2023).

    Parameters
    ----------
    protocol : str or Protocol
        'nayebi2023' (10 image splits x 100 random trial halves), 'paper' (100 x even and odd trials), 'quick'
        (10 x 5) or a :class:`~.noise_correction.Protocol`.

    Examples
    --------
    >>> metric = load_metric('noise_corrected_pls', protocol='quick')
    >>> score = metric(activations, recordings)
    >>> float(score), score.attrs['error'], score.attrs['interval']
    """

    def __init__(self, protocol: str | Protocol = 'nayebi2023'):
        self.protocol = _protocol(protocol)

    def __call__(self, source: NeuroidAssembly, target: NeuroidAssembly) -> Score:
        """Score how well `source` predicts `target`.

        Parameters
        ----------
        source : NeuroidAssembly, (presentation, neuroid)
            Features; one presentation an image, coordinate stimulus_id.
        target : NeuroidAssembly, (presentation, neuroid)
            Responses of single trials; presentations are images x repetitions (coordinates stimulus_id, repetition),
            NaN where a trial is missing; the neuroid coordinate animal says whose neuron it is.

        Returns
        -------
        Score
            The value, with attributes

            - raw: the same before noise correction; its own raw is per split and neuroid
            - corrected: per split and neuroid; neuroids: the same from all splits together, which is what counts
            - animals: the value of each animal
            - published: the value by Nayebi et al.'s formula
            - error, interval: standard deviation and 95 % interval of the value over draws, with replacement, of
              animals and image splits (of neurons, where there is one animal); error_over names them
            - n_nan and n_neurons: neurons whose correction is undefined, and all
            - protocol and seed

        Raises
        ------
        ValueError
            If an image of `target` is missing in `source`, features are not finite, there are too few images or
            trials, or a repetition of an image occurs twice.
        """
        responses, stimulus_ids = images_by_trials(target)
        animals = target['animal'].values
        result = predictivity(_rows(source, stimulus_ids), responses, animals, self.protocol)

        neuroids = {name: ('neuroid', target[name].values) for name in ('neuroid_id', 'animal')}
        per_neuron = result.corrected()[0]
        per_animal = _median_per_animal(per_neuron[None], animals)[0]
        draws, over = bootstrap(result, animals, self.protocol.seed)
        score = Score(_mean(per_animal))
        score.attrs.update({
            Score.RAW_VALUES_KEY: _with_raw(_mean(_median_per_animal(nanmean(result.raw, axis=0)[None], animals)[0]),
                                            Score(result.raw, coords=neuroids, dims=('split', 'neuroid'))),
            'corrected': Score(result.corrected_per_split(), coords=neuroids, dims=('split', 'neuroid')),
            'neuroids': Score(per_neuron, coords=neuroids, dims=('neuroid',)),
            'animals': Score(per_animal, coords={'animal': list(dict.fromkeys(animals))}, dims=('animal',)),
            'published': _mean(_median_per_animal(nanmean(result.published, axis=0)[None], animals)[0]),
            'n_nan': int(np.isnan(per_neuron).sum()),
            'n_neurons': len(per_neuron),
            **_uncertainty(draws, over),
            'protocol': str(self.protocol),
            'seed': self.protocol.seed,
        })
        return score


class NoiseCorrectedPLSPooled(Metric):
    """The published measure of the study of image domains: correlations pooled over an animal's neurons.

    Median over animals, mean over image splits; even and odd trials; features and responses scaled to unit variance.
    It mostly measures that neurons differ in their mean rate (see :func:`~.noise_correction.pooled_predictivity`) and
    is kept to compare with published numbers.

    Parameters
    ----------
    protocol : str or Protocol
        By default that of the released code: 100 image splits, even and odd trials, 25 components, ``scale=True``.
    """

    def __init__(self, protocol: str | Protocol = 'released_code'):
        self.protocol = _protocol(protocol)

    def __call__(self, source: NeuroidAssembly, target: NeuroidAssembly) -> Score:
        """Score how well `source` predicts `target`; parameters and errors as of :class:`NoiseCorrectedPLS`.

        Returns
        -------
        Score
            The value, with attributes raw (before noise correction; its own raw is per split and animal), corrected
            (per split and animal), animals, error and interval over draws of animals and image splits, n_nan (animals
            without a value), n_neurons, protocol and seed.
        """
        responses, stimulus_ids = images_by_trials(target)
        animals = target['animal'].values
        corrected, raw = pooled_predictivity(_rows(source, stimulus_ids), responses, animals, self.protocol)
        names = list(dict.fromkeys(animals))
        coords = {'animal': ('animal', names)}
        rng = np.random.default_rng([self.protocol.seed, 2])
        draws = np.array([_median(nanmean(corrected[rng.integers(len(corrected), size=len(corrected))], axis=0)
                                  [rng.integers(len(names), size=len(names))]) for _ in range(BOOTSTRAPS)])
        per_animal = nanmean(corrected, axis=0)
        score = Score(_median(per_animal))
        score.attrs.update({
            Score.RAW_VALUES_KEY: _with_raw(_median(nanmean(raw, axis=0)),
                                            Score(raw, coords=coords, dims=('split', 'animal'))),
            'corrected': Score(corrected, coords=coords, dims=('split', 'animal')),
            'animals': Score(per_animal, coords=coords, dims=('animal',)),
            'n_nan': int(np.isnan(per_animal).sum()),
            'n_neurons': len(animals),
            **_uncertainty(draws, ['animal', 'split']),
            'protocol': str(self.protocol),
            'seed': self.protocol.seed,
        })
        return score


def _protocol(protocol: str | Protocol) -> Protocol:
    if isinstance(protocol, str):
        if protocol not in PROTOCOLS:
            raise ValueError(f"Unknown protocol '{protocol}': choose one of {', '.join(PROTOCOLS)}.")
        return PROTOCOLS[protocol]
    return protocol


def _rows(source: NeuroidAssembly, stimulus_ids: list) -> np.ndarray:
    """The features of the images, (n_images, n_features), averaged where a model answers one image repeatedly."""
    values = source.transpose('presentation', 'neuroid').values
    rows = {}
    for row, stimulus_id in enumerate(source['stimulus_id'].values):
        rows.setdefault(stimulus_id, []).append(row)
    missing = [stimulus_id for stimulus_id in stimulus_ids if stimulus_id not in rows]
    if missing:
        raise ValueError(f"The features lack {len(missing)} of {len(stimulus_ids)} images, first '{missing[0]}': "
                         'show the model every image of the recordings.')
    if all(len(rows[stimulus_id]) == 1 for stimulus_id in stimulus_ids):
        return values[[rows[stimulus_id][0] for stimulus_id in stimulus_ids]]
    return np.stack([values[rows[stimulus_id]].mean(axis=0) for stimulus_id in stimulus_ids])


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
    n_animals = len(set(animals))
    if n_animals == 1:
        drawn = rng.integers(per_neuron.shape[1], size=per_neuron.shape)
        return _median_per_row(np.take_along_axis(per_neuron, drawn, axis=1)), ['neuroid', 'split']
    medians = _median_per_animal(per_neuron, animals)
    drawn = rng.integers(n_animals, size=medians.shape)
    draws = nanmean(np.take_along_axis(medians, drawn, axis=1), axis=1)
    centre = nanmean(draws[None], axis=1)
    return centre + np.sqrt(n_animals / (n_animals - 1)) * (draws - centre), ['animal', 'split']


def _median_per_animal(values: np.ndarray, animals: np.ndarray) -> np.ndarray:
    """Median over each animal's neurons, (n, n_neurons) -> (n, n_animals); animals as they first appear."""
    return np.stack([_median_per_row(values[:, animals == animal]) for animal in dict.fromkeys(animals)], axis=1)


def _median_per_row(values: np.ndarray) -> np.ndarray:
    """Median of each row over the values there are; NaN, without numpy's warning, where there is none."""
    medians = np.full(len(values), np.nan)
    defined = np.isfinite(values).any(axis=1)
    complete = np.isfinite(values).all(axis=1)
    medians[complete] = np.median(values[complete], axis=1)
    some = defined & ~complete
    if some.any():
        medians[some] = np.nanmedian(values[some], axis=1)
    return medians


def _median(values: np.ndarray) -> float:
    return _median_per_row(values[None])[0]


def _mean(values: np.ndarray) -> float:
    return nanmean(values[None], axis=1)[0]


def _with_raw(value: float, raw: Score) -> Score:
    score = Score(value)
    score.attrs[Score.RAW_VALUES_KEY] = raw
    return score


def _uncertainty(draws: np.ndarray, over: list) -> dict:
    draws = draws[np.isfinite(draws)]
    if len(draws) < 2:
        return {'error': float('nan'), 'error_nan_reason': 'no neuron has a defined noise correction'}
    return {'error': float(draws.std(ddof=1)), 'interval': tuple(np.quantile(draws, INTERVAL).tolist()),
            'error_over': over, 'n_bootstrap': len(draws)}
