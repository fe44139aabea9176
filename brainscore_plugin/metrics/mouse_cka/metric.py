"""Brain-Score's face of linear CKA."""
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
from brainscore_vision.metrics.mouse_metrics.interval import Uncertainty, uncertainty

from .cka import Alignment, alignment

N_HALVINGS = 10
SEED = 0


class MouseCKA(Metric):
    """Debiased linear CKA of features and an area, animal by animal, corrected for noise; mean over animals.

    :func:`~.cka.alignment` gives the formula. Nothing is fitted. Neurons and features count by their variance.
    Brain-Score's own `cka` is the same without noise and with one animal.
    """
    REFERENCE = 'Kornblith et al. 2019'  # these two are shown on Brain-Score's website
    NOTES = 'debiased linear CKA by animal, corrected for noise'

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
            - animals: the value of each animal; reliability: of each animal's representation from all trials
            - error, interval: over animals and images (jackknife), or images where there is one animal; error_over
            - n_neurons, protocol, seed

        Raises
        ------
        ValueError
            If an image of `target` is missing in `source`, or there are too few images or trials.
        """
        found = {name: self._of_animal(source, trials) for name, trials in trials_by_animal(target)}
        coords = {'animal': ('animal', list(found))}
        values, raw, reliability = (np.array(column) for column in zip(*(
            (one.corrected()[0], one.raw(), one.reliability()) for one in found.values())))
        score = Score(mean(values))
        score.attrs.update({
            Score.RAW_VALUES_KEY: with_raw(mean(raw), Score(raw, coords=coords, dims=('animal',))),
            'animals': Score(values, coords=coords, dims=('animal',)),
            'reliability': Score(reliability, coords=coords, dims=('animal',)),
            'n_neurons': target.sizes['neuroid'],
            **_uncertainty(values, list(found.values())).attributes(float(score)),
            'protocol': f'{N_HALVINGS} random halvings of the trials',
            'seed': SEED,
        })
        return score

    def _of_animal(self, source: NeuroidAssembly, trials: NeuroidAssembly) -> Alignment:
        responses, stimulus_ids = images_by_trials(trials)
        return alignment(feature_rows(source, stimulus_ids), responses, N_HALVINGS, SEED)


class CKAReliability(Ceiling):
    """Alignment of two halves of each animal's trials, Spearman-Brown corrected, mean over animals."""

    def __call__(self, assembly: NeuroidAssembly) -> Score:
        """Reliability of an assembly of single trials, as `target` of :class:`MouseCKA`; attribute raw, per animal."""
        names, values = [], []
        for name, trials in trials_by_animal(assembly):
            responses = images_by_trials(trials)[0]
            names.append(name)
            values.append(alignment(np.nanmean(responses, axis=1), responses, N_HALVINGS, SEED).reliability())
        return with_raw(mean(np.array(values)), Score(values, coords={'animal': ('animal', names)}, dims=('animal',)))


def _uncertainty(values: np.ndarray, found: list[Alignment]) -> Uncertainty:
    """Over animals and images; animals that saw fewer images have NaN for the rest."""
    images = np.full((max(len(one.cross) for one in found) - 1, len(found)), np.nan)
    for column, one in enumerate(found):
        contributions = one.pseudovalues()
        images[:len(contributions), column] = contributions
    if len(found) == 1:
        return uncertainty(images[:, 0], images[:0], True, ('image',))
    return uncertainty(values, images, True, ('animal', 'image'))
