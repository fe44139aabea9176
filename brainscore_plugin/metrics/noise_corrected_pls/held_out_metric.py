"""Brain-Score's face of the predictivity where test images are repeated and training images are shown once."""
from collections.abc import Callable

import numpy as np
from brainscore_core.metrics import Metric, Score
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision.metrics.mouse_metrics.assemblies import feature_rows, images_by_trials, trials_by_animal
from brainscore_vision.metrics.mouse_metrics.bootstrap import image_weights
from brainscore_vision.metrics.mouse_metrics.sources import has_sources

from .bootstrap import pooled_held_out_bootstrap
from .held_out_predictivity import held_out_predictivity, pooled_held_out_predictivity
from .predictivity import Predictivity
from .protocol import EVEN_ODD, Protocol
from .score import error_over_images, score_of_animals, score_of_neurons

N_BOOTSTRAP = 200  # each correlates every neuron's responses anew
PROTOCOL = Protocol(image_splits=1, trial_halves=10)
POOLED_PROTOCOL = Protocol(image_splits=1, trial_halves=EVEN_ODD, scale=True)

Training = Callable[[str], NeuroidAssembly]


class NoiseCorrectedPLSHeldOut(Metric):
    """Noise-corrected PLS predictivity for a fixed division into training and test images.

    :func:`~.held_out_predictivity.held_out_predictivity` gives the formula. Each animal has a regression and images of
    its own; the value is the mean over animals.

    Parameters
    ----------
    protocol : Protocol
        10 random halvings of the trials by default.
    """
    REFERENCE = 'Nayebi et al. 2023'
    NOTES = 'PLS fitted to images shown once, scored on repeated ones'

    def __init__(self, protocol: Protocol = PROTOCOL):
        self.protocol = protocol

    def __call__(self, source: NeuroidAssembly, target: NeuroidAssembly, training: Training) -> Score:
        """Score how well `source` predicts `target`, after a fit to `training`.

        Parameters
        ----------
        source : NeuroidAssembly, (presentation, neuroid)
            Features of training and test images; one presentation an image, coordinate stimulus_id.
        target : NeuroidAssembly, (presentation, neuroid)
            Repeated trials of the test images: coordinates stimulus_id, repetition, animal and neuroid_id; NaN where a
            trial is missing and where an image was not shown to an animal.
        training : callable
            Animal -> its trials of the training images, NeuroidAssembly (presentation, neuroid) with the coordinates
            stimulus_id and neuroid_id, the neurons as in `target`. Called for one animal after the other, so that the
            trials of all of them need not be held at a time.

        Returns
        -------
        Score
            With the attributes of :class:`~.metric.NoiseCorrectedPLS`, of one split; error and interval are over
            animals and bootstrap samples of the test images.

        Raises
        ------
        ValueError
            If an image is missing in `source`, serves an animal for training and test, or the neurons differ; if there
            are too few images or trials.
        """
        animals = target['animal'].values
        correlations = np.full((4, 1 + N_BOOTSTRAP, len(animals)), np.nan)
        for animal, test in trials_by_animal(target):
            found = held_out_predictivity(*_arrays(source, test, training(animal), animal, self.protocol))
            correlations[:, :, animals == animal] = found.raw, found.mapping, found.internal, found.published
        whole, samples = Predictivity(*correlations[:, :1]), Predictivity(*correlations[:, 1:])
        return score_of_neurons(whole, target, error_over_images(whole, samples, animals), self.protocol)


class NoiseCorrectedPLSPooledHeldOut(Metric):
    """The same with correlations pooled over an animal's neurons, median over animals: for comparison only.

    Parameters
    ----------
    protocol : Protocol
        Even and odd trials, features and responses scaled to unit variance by default.
    """
    REFERENCE = 'Prasad, Manor & Pereira 2022'
    NOTES = 'PLS fitted to images shown once, scored on repeated ones, neurons pooled'

    def __init__(self, protocol: Protocol = POOLED_PROTOCOL):
        self.protocol = protocol

    def __call__(self, source: NeuroidAssembly, target: NeuroidAssembly, training: Training) -> Score:
        """Score how well `source` predicts `target`; parameters and errors as of :class:`NoiseCorrectedPLSHeldOut`.

        Returns
        -------
        Score
            With the attributes of :class:`~.metric.NoiseCorrectedPLSPooled`, of one split.
        """
        corrected, raw = np.stack([
            pooled_held_out_predictivity(*_arrays(source, test, training(animal), animal, self.protocol))
            for animal, test in trials_by_animal(target)], axis=-1)
        bootstrap = pooled_held_out_bootstrap(corrected[1:], self.protocol.seed)
        return score_of_animals(corrected[:1], raw[:1], target['animal'].values, *bootstrap, self.protocol)


def _arrays(source: NeuroidAssembly, test: NeuroidAssembly, training: NeuroidAssembly, animal: str,
            protocol: Protocol) -> tuple:
    """Arguments of the functions of arrays for one animal: its test images as they are, then bootstrap samples."""
    responses, test_ids = images_by_trials(test)
    training = training.transpose('presentation', 'neuroid')
    training_ids = training['stimulus_id'].values
    shared = set(training_ids) & set(test_ids)
    if shared:
        raise ValueError(f"{len(shared)} image(s) serve {animal} for training and test, such as '{min(shared)}': "
                         'divide the images by identity.')
    sources = [set(trials['source'].values) if has_sources(trials) else set() for trials in (training, test)]
    if both := set.intersection(*sources):
        raise ValueError(f"{len(both)} source(s) have images for training and test of {animal}, such as '{min(both)}': "
                         'divide the images by source.')
    if not np.array_equal(training['neuroid_id'].values, test['neuroid_id'].values):
        raise ValueError(f'The neurons of the training trials of {animal} are not those of its test trials: give the '
                         'same neurons in the same order.')
    return (feature_rows(source, training_ids), training.values, feature_rows(source, test_ids), responses, protocol,
            image_weights(len(test_ids), N_BOOTSTRAP, protocol.seed))
