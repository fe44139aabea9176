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
from brainscore_vision.metrics.mouse_metrics.halvings import spearman_brown

from .between_animals import between_animals
from .bootstrap import uncertainty_of_mean
from .dissimilarity import COMPARISONS, Similarity, mean_correlation, similarity
from .half_matrices import CORRELATION, OF_FEATURES, half_dissimilarities

N_BOOTSTRAP = 200  # each weighs all pairs of images anew
N_HALVES = 10
SEED = 0


class MouseRDM(Metric):
    """Representational similarity of features and an area, animal by animal, corrected for noise; mean over animals.

    Each animal's neurons, in units of their noise, give a matrix of dissimilarities between images, 1 - Pearson's r
    over neurons, which is correlated with the features' (as by Conwell et al. 2021, NeurIPS 34, and, with a split-half
    noise correction, by Nayebi et al. 2023, PLoS Comput Biol 19(10):e1011506). :func:`~.dissimilarity.similarity` gives
    the formula. Unlike theirs the matrices are cross-validated, because noise has a structure of its own that survives
    a split-half correction: see :mod:`.half_matrices`.

    Parameters
    ----------
    comparison : 'pearson' or 'spearman'
        Correlation of dissimilarities, as in the mouse literature, or of their ranks, as in Brain-Score's `rdm`.
    dissimilarity : 'correlation', 'crossnobis' or 'averages'
        Crossnobis compares squared distances, in which the strength of responses counts as much as their pattern.
        'averages' is 1 - r of the averages over trials, as published: Brain-Score's `rdm` takes one such matrix for all
        neurons and corrects nothing; without noise and with one animal the values are equal.
    """
    REFERENCE = 'Kriegeskorte et al. 2008'  # these two are shown on Brain-Score's website
    NOTES = 'dissimilarity matrices by animal, corrected for noise'

    def __init__(self, comparison: str = 'pearson', dissimilarity: str = CORRELATION):
        for what, chosen, known in (('comparison', comparison, COMPARISONS),
                                    ('dissimilarity', dissimilarity, OF_FEATURES)):
            if chosen not in known:
                raise ValueError(f"Unknown {what} '{chosen}': choose one of {', '.join(known)}.")
        self.comparison, self.dissimilarity = comparison, dissimilarity

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
            - error, interval: over animals and images (images alone, where there is one animal), see
              :func:`~.bootstrap.uncertainty_of_mean`; error_over names them
            - n_neurons, comparison, dissimilarity, protocol, seed

        Raises
        ------
        ValueError
            If an image of `target` is missing in `source`, or there are too few images, trials or neurons.
        """
        similarities, n_images = {}, {}
        for name, trials in trials_by_animal(target):
            responses, stimulus_ids = images_by_trials(trials)
            similarities[name] = self._of_animal(feature_rows(source, stimulus_ids), responses)
            n_images[name] = len(stimulus_ids)
        coords = {'animal': ('animal', list(similarities))}
        corrected = np.stack([found.corrected() for found in similarities.values()], axis=1)
        raw, reliability = (np.array(values) for values in zip(*(
            (found.raw[0], found.reliability()[0]) for found in similarities.values())))
        found = uncertainty_of_mean(corrected[0], corrected[1:], min(n_images.values()))
        score = Score(mean(corrected[0]))
        score.attrs.update({
            Score.RAW_VALUES_KEY: with_raw(mean(raw), Score(raw, coords=coords, dims=('animal',))),
            'animals': Score(corrected[0], coords=coords, dims=('animal',)),
            'reliability': Score(reliability, coords=coords, dims=('animal',)),
            'n_neurons': target.sizes['neuroid'],
            **found.attributes(float(score)),
            'n_bootstrap': N_BOOTSTRAP,
            'comparison': self.comparison,
            'dissimilarity': self.dissimilarity,
            'protocol': f'{N_HALVES} random halvings of the trials',
            'seed': SEED,
        })
        return score

    def _of_animal(self, features: np.ndarray, responses: np.ndarray) -> Similarity:
        """Similarity for the images as they are, and for bootstrap samples of them."""
        return similarity(OF_FEATURES[self.dissimilarity](features.astype(float)),
                          half_dissimilarities(responses, N_HALVES, SEED, self.dissimilarity), self.comparison,
                          image_weights(len(features), N_BOOTSTRAP, SEED))


class RDMReliability(Ceiling):
    """Split-half reliability of each animal's dissimilarities, Spearman-Brown corrected, mean over animals."""

    def __call__(self, assembly: NeuroidAssembly) -> Score:
        """Reliability of an assembly of single trials, as `target` of :class:`MouseRDM`.

        Returns
        -------
        Score
            With attributes raw (per animal) and between_animals, a Score (bound: lower, upper): what a matrix that the
            animals share gets of each of theirs, on the scale of scores, mean over animals;
            :func:`~.between_animals.between_animals` says what bounds it. n_animals in its attributes counts those
            that saw the same images as another; NaN without any.
        """
        halves, seen = {}, {}
        for name, trials in trials_by_animal(assembly):
            responses, stimulus_ids = images_by_trials(trials)
            halves[name] = half_dissimilarities(responses, N_HALVES, SEED, CORRELATION)
            seen.setdefault(tuple(stimulus_ids), []).append(name)
        values = spearman_brown(np.array([mean_correlation(*own) for own in halves.values()]))
        score = with_raw(mean(values), Score(values, coords={'animal': ('animal', list(halves))},
                                                       dims=('animal',)))
        bounds = np.concatenate([between_animals([halves[name] for name in names]) for names in seen.values()], axis=1)
        score.attrs['between_animals'] = Score([mean(bound) for bound in bounds], coords={
            'bound': ('bound', ['lower', 'upper'])}, dims=('bound',))
        compared = [len(names) for names in seen.values() if len(names) > 1]
        score.attrs['between_animals'].attrs['n_animals'] = sum(compared)
        return score
