"""Brain-Score's face of inter-animal consistency."""
from brainscore_core.metrics import Score
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision.metrics import Ceiling
from brainscore_vision.metrics.mouse_metrics.assemblies import images_by_trials
from brainscore_vision.metrics.mouse_metrics.averages import mean
from brainscore_vision.metrics.mouse_metrics.sources import image_sources
from brainscore_vision.metrics.noise_corrected_pls.protocol import PROTOCOLS, Splits
from brainscore_vision.metrics.noise_corrected_pls.score import error_over_splits, score_of_neurons
from brainscore_vision.metrics.noise_corrected_ridge.protocol import RidgeProtocol

from .consistency import consistency

RIDGE_PROTOCOL = RidgeProtocol(trial_halves=2)  # several times as slow as PLS


class InterAnimalConsistency(Ceiling):
    """What other animals' neurons get in the place of a model's features, mean over animals.

    :func:`~.consistency.consistency` gives the formula.

    Parameters
    ----------
    protocol : Splits
        By default 10 halvings of the images x 5 of the trials and PLS. Halvings of the trials are few, because each has
        features of its own.
    """

    def __init__(self, protocol: Splits = PROTOCOLS['quick']):
        self.protocol = protocol

    def __call__(self, assembly: NeuroidAssembly) -> Score:
        """Consistency of an assembly of single trials.

        Parameters
        ----------
        assembly : NeuroidAssembly, (presentation, neuroid)
            Coordinates stimulus_id, repetition, neuroid_id and animal; all animals saw the same images.

        Returns
        -------
        Score
            With source neurons of unit variance, which predict better than neurons that count by their variance; the
            attributes of `noise_corrected_pls`, n_animals, and raw_sources, the value of the latter. Animals are the
            sources of each other, so that `error`, which takes them for independent, is a rough guide.

        Raises
        ------
        ValueError
            If there are fewer than two animals, or too few images or trials.
        """
        responses, stimulus_ids = images_by_trials(assembly)
        animals, sources = assembly['animal'].values, image_sources(assembly, stimulus_ids)
        as_they_are = consistency(responses, animals, self.protocol, False, sources).of_animals(animals)
        result = consistency(responses, animals, self.protocol, True, sources)
        score = score_of_neurons(result, assembly, error_over_splits(result, animals), self.protocol)
        score.attrs.update({'n_animals': len(set(animals)), 'raw_sources': float(mean(as_they_are))})
        return score


class InterAnimalConsistencyRidge(InterAnimalConsistency):
    """The same by ridge regression, and 2 halvings of the trials."""

    def __init__(self, protocol: Splits = RIDGE_PROTOCOL):
        super().__init__(protocol)
