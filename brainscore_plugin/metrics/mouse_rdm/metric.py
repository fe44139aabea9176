"""Brain-Score's face of the similarity of dissimilarities."""
import numpy as np
from brainscore_core.metrics import Metric, Score
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision.metrics import Ceiling
from brainscore_vision.metrics.mouse_metrics.assemblies import (
    feature_rows,
    images_by_trials,
    trials_by_animal,
    with_raw,
)
from brainscore_vision.metrics.mouse_metrics.averages import mean
from brainscore_vision.metrics.mouse_metrics.bootstrap import image_weights

from .bootstrap import standard_error
from .dissimilarity import COMPARISONS, Similarity, dissimilarities, half_dissimilarities, similarity

N_BOOTSTRAP = 200  # each weighs all pairs of images anew
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
    REFERENCE = 'Kriegeskorte et al. 2008'  # these two are shown on Brain-Score's website
    NOTES = 'dissimilarity matrices by animal, corrected for noise'

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
            - error, interval: standard deviation over bootstrap samples of animals and images (of images, where
              there is one animal), see :func:`~.bootstrap.standard_error`, and the value -+ 1.96 times that; error_over
              names what was resampled
            - n_neurons, comparison, protocol, seed

        Raises
        ------
        ValueError
            If an image of `target` is missing in `source`, or there are too few images, trials or neurons.
        """
        similarities = {name: self._of_animal(source, trials) for name, trials in trials_by_animal(target)}
        coords = {'animal': ('animal', list(similarities))}
        corrected = np.stack([found.corrected() for found in similarities.values()], axis=1)
        raw, reliability = (np.array(values) for values in zip(*(
            (found.raw[0], found.reliability()[0]) for found in similarities.values())))
        error = standard_error(corrected[0], corrected[1:], SEED)
        value = mean(corrected[0])
        score = Score(value)
        score.attrs.update({
            Score.RAW_VALUES_KEY: with_raw(mean(raw), Score(raw, coords=coords, dims=('animal',))),
            'animals': Score(corrected[0], coords=coords, dims=('animal',)),
            'reliability': Score(reliability, coords=coords, dims=('animal',)),
            'n_neurons': target.sizes['neuroid'],
            'error': error,
            'interval': (value - 1.96 * error, value + 1.96 * error),
            'error_over': ['animal', 'image'] if len(similarities) > 1 else ['image'],
            'n_bootstrap': N_BOOTSTRAP,
            'comparison': self.comparison,
            'protocol': f'{N_HALVES} random halvings of the trials',
            'seed': SEED,
        })
        return score

    def _of_animal(self, source: NeuroidAssembly, trials: NeuroidAssembly) -> Similarity:
        """Similarity for the images as they are, and for bootstrap samples of them."""
        responses, stimulus_ids = images_by_trials(trials)
        return similarity(dissimilarities(feature_rows(source, stimulus_ids)),
                          half_dissimilarities(responses, N_HALVES, SEED), self.comparison,
                          image_weights(len(stimulus_ids), N_BOOTSTRAP, SEED))


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
        for name, trials in trials_by_animal(assembly):
            halves = half_dissimilarities(images_by_trials(trials)[0], N_HALVES, SEED)
            names.append(name)
            values.append(similarity(halves.mean(axis=(0, 1)), halves, 'pearson').reliability()[0])
        return with_raw(mean(np.array(values)), Score(values, coords={'animal': ('animal', names)}, dims=('animal',)))
