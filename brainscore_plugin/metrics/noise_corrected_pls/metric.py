"""Brain-Score's face of the noise-corrected PLS predictivity."""
import numpy as np
from brainscore_core.metrics import Metric, Score
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly

from .noise_correction import PROTOCOLS, Protocol, predictivity

BOOTSTRAPS = 1000


class NoiseCorrectedPLS(Metric):
    """Noise-corrected PLS predictivity per neuron, median over an animal's neurons, mean over animals.

    Nayebi et al.'s (2023) measure; :func:`~.noise_correction.predictivity` gives the formula.

    Parameters
    ----------
    protocol : str or Protocol
        'nayebi2023' (10 image splits x 100 trial halves), 'quick' (10 x 5) or a
        :class:`~.noise_correction.Protocol`.

    Examples
    --------
    >>> metric = load_metric('noise_corrected_pls', protocol='quick')
    >>> score = metric(activations, recordings)
    >>> float(score), score.attrs['error']
    """

    def __init__(self, protocol: str | Protocol = 'nayebi2023'):
        if isinstance(protocol, str):
            if protocol not in PROTOCOLS:
                raise ValueError(f"Unknown protocol '{protocol}': choose one of {', '.join(PROTOCOLS)}.")
            protocol = PROTOCOLS[protocol]
        self.protocol = protocol

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
            The value, with attributes raw (the same before noise correction; its own raw is per split and neuroid),
            corrected (per split and neuroid), animals (the value of each animal), n_nan and n_neurons (neurons whose
            correction is undefined in every split, and all), error (standard deviation of the value when animals
            and image splits are resampled), error_over, protocol and seed.

        Raises
        ------
        ValueError
            If an image of `target` is missing in `source`, features are not finite, or there are too few images or
            trials.
        """
        responses, stimulus_ids = images_by_trials(target)
        features = _rows(source, stimulus_ids)
        animals = target['animal'].values
        result = predictivity(features, responses, animals, self.protocol)

        neuroids = {name: ('neuroid', target[name].values) for name in ('neuroid_id', 'animal')}
        corrected, raw = (Score(values, coords=neuroids, dims=('split', 'neuroid'))
                          for values in (result.corrected, result.raw))
        score = Score(_aggregate(result.corrected, animals).item())
        uncorrected = Score(_aggregate(result.raw, animals).item())
        uncorrected.attrs[Score.RAW_VALUES_KEY] = raw
        undefined = np.isnan(result.corrected).all(axis=0)
        per_animal = _medians_per_animal(result.corrected, animals)
        score.attrs.update({
            Score.RAW_VALUES_KEY: uncorrected,
            'corrected': corrected,
            'animals': Score(per_animal[0], coords={'animal': list(dict.fromkeys(animals))}, dims=('animal',)),
            'n_nan': int(undefined.sum()),
            'n_neurons': undefined.size,
            'error': _bootstrap_error(result.corrected, animals, self.protocol.seed),
            'error_over': ['animal', 'split'],
            'n_bootstrap': BOOTSTRAPS,
            'protocol': str(self.protocol),
            'seed': self.protocol.seed,
        })
        return score


def images_by_trials(assembly: NeuroidAssembly) -> tuple:
    """Responses as an array, float64 (n_images, n_trials, n_neuroids), NaN where absent, and the images' ids.

    Trials are ordered by repetition, images as they first appear.
    """
    ids, repetitions = assembly['stimulus_id'].values, assembly['repetition'].values
    stimulus_ids = list(dict.fromkeys(ids))
    row = {stimulus_id: i for i, stimulus_id in enumerate(stimulus_ids)}
    column = {repetition: i for i, repetition in enumerate(sorted(set(repetitions)))}
    rows, columns = [row[i] for i in ids], [column[r] for r in repetitions]
    responses = np.full((len(row), len(column), assembly.sizes['neuroid']), np.nan)
    responses[rows, columns] = assembly.transpose('presentation', 'neuroid').values
    return responses, stimulus_ids


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


def _medians_per_animal(values: np.ndarray, animals: np.ndarray, split_weights: np.ndarray = None) -> np.ndarray:
    """Each neuron's mean over splits, weighted by each row of split_weights, then the median of each animal's neurons.

    values is (n_splits, n_neurons), split_weights (n_draws, n_splits), ones by default -> (n_draws, n_animals).
    """
    split_weights = np.ones((1, len(values))) if split_weights is None else split_weights
    present = np.isfinite(values)
    weight = split_weights @ present
    total = split_weights @ np.where(present, values, 0)
    means = np.divide(total, weight, out=np.full(total.shape, np.nan), where=weight > 0)
    return np.stack([_nanmedian(means[:, animals == animal]) for animal in dict.fromkeys(animals)], axis=1)


def _nanmedian(values: np.ndarray) -> np.ndarray:
    """Median of each row over the values there are; NaN where there is none."""
    defined = np.isfinite(values).any(axis=1)
    medians = np.full(len(values), np.nan)
    medians[defined] = np.nanmedian(values[defined], axis=1)
    return medians


def _aggregate(values: np.ndarray, animals: np.ndarray) -> np.ndarray:
    medians = _medians_per_animal(values, animals)
    return np.nanmean(medians, axis=1) if np.isfinite(medians).any() else np.full(1, np.nan)


def _bootstrap_error(values: np.ndarray, animals: np.ndarray, seed: int) -> float:
    """Standard deviation of the score over draws, with replacement, of animals and of image splits."""
    rng = np.random.default_rng([seed, 2])
    n_splits, n_animals = len(values), len(set(animals))
    split_weights = rng.multinomial(n_splits, np.full(n_splits, 1 / n_splits), size=BOOTSTRAPS)
    animal_weights = rng.multinomial(n_animals, np.full(n_animals, 1 / n_animals), size=BOOTSTRAPS)
    medians = _medians_per_animal(values, animals, split_weights)
    defined = np.isfinite(medians)
    weight = (animal_weights * defined).sum(axis=1)
    draws = (animal_weights * np.where(defined, medians, 0)).sum(axis=1)[weight > 0] / weight[weight > 0]
    return float(draws.std(ddof=1)) if draws.size > 1 else float('nan')
