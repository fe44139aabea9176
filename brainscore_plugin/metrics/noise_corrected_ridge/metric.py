"""Brain-Score's face of the noise-corrected ridge predictivity."""
import numpy as np
from brainscore_core.metrics import Metric, Score
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision.metrics.mouse_metrics.assemblies import feature_rows, images_by_trials, trials_by_animal
from brainscore_vision.metrics.mouse_metrics.sources import image_sources
from brainscore_vision.metrics.noise_corrected_pls.predictivity import Predictivity, predictivity
from brainscore_vision.metrics.noise_corrected_pls.protocol import find_protocol
from brainscore_vision.metrics.noise_corrected_pls.score import error_over_splits, score_of_neurons

from .protocol import PROTOCOLS, RidgeProtocol


class NoiseCorrectedRidge(Metric):
    """Noise-corrected ridge predictivity of an animal's neurons, mean over animals.

    As `noise_corrected_pls` in all but the regression: every feature may serve every neuron, and each neuron has a
    penalty of its own (:class:`~.protocol.RidgeProtocol`). Noisier responses get larger penalties, and no correction
    for noise makes up for that: a score is what can be told from responses as noisy as these, which is less than from
    noise-free ones.

    Parameters
    ----------
    protocol : str or RidgeProtocol
        'standard' (10 image splits x 10 random trial halves), 'quick' (10 x 5) or a protocol.
    """
    REFERENCE = 'Hoerl & Kennard 1970'  # these two are shown on Brain-Score's website, at most 100 and 1,000 characters
    NOTES = 'ridge predictivity of neurons, a penalty for each, corrected for their noise by ratios of means'

    def __init__(self, protocol: str | RidgeProtocol = 'standard'):
        self.protocol = find_protocol(protocol, PROTOCOLS)

    def __call__(self, source: NeuroidAssembly, target: NeuroidAssembly) -> Score:
        """Score how well `source` predicts `target`; parameters, attributes and errors as of `noise_corrected_pls`.

        Animals may have seen different images.
        """
        animals = target['animal'].values
        correlations = np.full((4, self.protocol.image_splits, len(animals)), np.nan)
        for name, trials in trials_by_animal(target):
            responses, stimulus_ids = images_by_trials(trials)
            own = animals == name
            found = predictivity(feature_rows(source, stimulus_ids), responses, animals[own], self.protocol,
                                 image_sources(trials, stimulus_ids))
            correlations[:, :, own] = found.raw, found.mapping, found.internal, found.published
        result = Predictivity(*correlations)
        return score_of_neurons(result, target, error_over_splits(result, animals), self.protocol)
