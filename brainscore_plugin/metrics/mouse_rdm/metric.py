"""Brain-Score's face of the similarity of dissimilarities."""
import numpy as np
from brainscore_core.metrics import Metric, Score
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision.metrics import Ceiling
from brainscore_vision.metrics.noise_corrected_pls.aggregation import feature_rows, with_raw
from brainscore_vision.metrics.noise_corrected_pls.noise_correction import nanmean
from brainscore_vision.metrics.split_half_reliability.metric import images_by_trials

from .dissimilarity import COMPARISONS, Similarity, dissimilarities, half_dissimilarities, similarity

BOOTSTRAPS = 200  # each weighs all pairs of images anew
N_HALVES = 10
SEED = 0


class MouseRDM(Metric):
    """Representational similarity of features and an area, animal by animal, corrected for noise; mean over animals.

    Each animal's neurons give a matrix of dissimilarities between images, 1 - Pearson's r over neurons, which is
    correlated with the features' (as by Conwell et al. 2021, NeurIPS 34, and, with a split-half noise correction, by
    Nayebi et al. 2023, PLoS Comput Biol 19(10):e1011506). :func:`~.dissimilarity.similarity` gives the formula.
    Brain-Score's own metric `rdm` takes one matrix for all neurons and corrects nothing; without noise and with one
    animal the values are equal.

    Parameters
    ----------
    comparison : 'pearson' or 'spearman'
        Correlation of dissimilarities, as in the mouse literature, or of their ranks, as in Brain-Score's `rdm`.
    """

    def __init__(self, comparison: str = 'pearson'):
        if comparison not in COMPARISONS:
            raise ValueError(f"Unknown comparison '{comparison}': choose one of {', '.join(COMPARISONS)}.")
        self.comparison = comparison

    def __call__(self, source: NeuroidAssembly, target: NeuroidAssembly) -> Score:
        """Score how alike `source` and `target` represent images.

        Parameters
        ----------
        source : NeuroidAssembly, (presentation, neuroid)
            Features; one presentation an image, coordinate stimulus_id.
        target : NeuroidAssembly, (presentation, neuroid)
            Responses of single trials: coordinates stimulus_id, repetition and animal; NaN where a trial is missing
            and where an image was not shown to an animal.

        Returns
        -------
        Score
            The value, with attributes

            - raw: the same before noise correction, for half of the trials; its own raw is per animal
            - animals: the value of each animal
            - reliability: of each animal's matrix from all trials; its root is the most that any model can get of
              that matrix before noise correction
            - error, interval: standard deviation over draws of animals and images (of images, where there is one
              animal), see :func:`standard_error`, and the value -+ 1.96 times that; error_over names the units
            - n_neurons, comparison, protocol, seed

        Raises
        ------
        ValueError
            If an image of `target` is missing in `source`, or there are too few images, trials or neurons.
        """
        similarities = {name: self._of_animal(feature_rows(source, ids), responses)
                        for name, ids, responses in _animals(target)}
        coords = {'animal': ('animal', list(similarities))}
        corrected = np.stack([found.corrected() for found in similarities.values()], axis=1)
        raw, reliability = (np.array(values) for values in zip(*(
            (found.raw[0], found.reliability()[0]) for found in similarities.values())))
        error = standard_error(corrected[0], corrected[1:])
        value = _mean(corrected[0])
        score = Score(value)
        score.attrs.update({
            Score.RAW_VALUES_KEY: with_raw(_mean(raw), Score(raw, coords=coords, dims=('animal',))),
            'animals': Score(corrected[0], coords=coords, dims=('animal',)),
            'reliability': Score(reliability, coords=coords, dims=('animal',)),
            'n_neurons': target.sizes['neuroid'],
            'error': error,
            'interval': (value - 1.96 * error, value + 1.96 * error),
            'error_over': ['animal', 'image'] if len(similarities) > 1 else ['image'],
            'n_bootstrap': BOOTSTRAPS,
            'comparison': self.comparison,
            'protocol': f'{N_HALVES} random halvings of the trials',
            'seed': SEED,
        })
        return score

    def _of_animal(self, features: np.ndarray, responses: np.ndarray) -> Similarity:
        """Similarity for the images as they are, and for draws of them."""
        n_images = len(features)
        # the same draws for all animals, as far as they saw as many images
        draws = np.random.default_rng([SEED, 3]).multinomial(n_images, np.full(n_images, 1 / n_images), BOOTSTRAPS)
        return similarity(dissimilarities(features), half_dissimilarities(responses, N_HALVES, SEED), self.comparison,
                          np.concatenate([np.ones((1, n_images)), draws]))


class RDMReliability(Ceiling):
    """Split-half reliability of each animal's dissimilarities, Spearman-Brown corrected, mean over animals."""

    def __call__(self, assembly: NeuroidAssembly) -> Score:
        """Reliability of an assembly of single trials, as `target` of :class:`MouseRDM`.

        Returns
        -------
        Score
            With attribute raw (per animal).
        """
        names, values = [], []
        for name, _, responses in _animals(assembly):
            halves = half_dissimilarities(responses, N_HALVES, SEED)
            names.append(name)
            values.append(similarity(halves.mean(axis=(0, 1)), halves, 'pearson').reliability()[0])
        return with_raw(_mean(np.array(values)), Score(values, coords={'animal': ('animal', names)}, dims=('animal',)))


def standard_error(values: np.ndarray, draws: np.ndarray) -> float:
    r"""Standard error of a mean over animals, each of which was measured on images.

    Drawing animals and images together counts the noise of the measurement twice, so its variance is corrected with
    those of drawing either alone (Schuett et al. 2023, eLife 12:e82566, eq. 6),
    :math:`2 (\sigma^2_{images} + \sigma^2_{animals}) - \sigma^2_{both}`, kept between the larger of the two and that of
    both. It errs on the safe side, by a factor of at most the root of 3: draws of images let the noise of a single pair
    count three times.

    Parameters
    ----------
    values : numpy.ndarray, shape (n_animals,)
        From the images as they are.
    draws : numpy.ndarray, shape (n_draws, n_animals)
        From draws of the images.
    """
    images = np.nanvar(nanmean(draws, axis=1), ddof=1)
    n = len(values)
    if n == 1:
        return float(np.sqrt(images))
    animals = np.nanvar(values) / n  # of a draw of the animals
    drawn = np.random.default_rng([SEED, 2]).integers(n, size=draws.shape)
    both = np.nanvar(nanmean(np.take_along_axis(draws, drawn, axis=1), axis=1), ddof=1)
    # a draw of n animals varies less than n new ones would
    least = max(images, animals * n / (n - 1))
    return float(np.sqrt(np.clip(2 * (images + animals) - both, least, max(both, least))))


def _animals(assembly):
    """Name, images and trials (n_images, n_trials, n_neurons) of every animal."""
    assembly = assembly.transpose('presentation', 'neuroid')
    animals = assembly['animal'].values
    for name in dict.fromkeys(animals):
        own = assembly.isel(neuroid=np.flatnonzero(animals == name))
        shown = np.isfinite(own.values).any(axis=1)
        responses, ids = images_by_trials(own.isel(presentation=np.flatnonzero(shown)))
        yield name, ids, responses


def _mean(values: np.ndarray) -> float:
    return nanmean(values[None], axis=1)[0]
