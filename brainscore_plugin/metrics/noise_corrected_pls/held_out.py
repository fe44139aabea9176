"""Predictivity of recordings whose test images are repeated and whose training images are shown once."""
from collections.abc import Callable

import numpy as np
from brainscore_core.metrics import Metric, Score
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision.metrics.split_half_reliability.metric import images_by_trials

from .aggregation import feature_rows, median_per_row, over_animals, score_of_animals, score_of_neurons
from .noise_correction import (
    EVEN_ODD,
    Predictivity,
    Protocol,
    pooled_predictivity_held_out,
    predictivity_held_out,
)

BOOTSTRAPS = 200  # each correlates every neuron's responses anew
PROTOCOL = Protocol(image_splits=1, trial_halves=10)
POOLED_PROTOCOL = Protocol(image_splits=1, trial_halves=EVEN_ODD, scale=True)


class NoiseCorrectedPLSHeldOut(Metric):
    """Noise-corrected PLS predictivity for a fixed division into training and test images.

    :func:`~.noise_correction.predictivity_held_out` gives the formula. Each animal has a regression and images of its
    own; the value is the median over an animal's neurons, mean over animals.

    Parameters
    ----------
    training : callable
        Animal -> its training trials, NeuroidAssembly (presentation, neuroid) with the coordinates stimulus_id and
        neuroid_id, the neurons as in the recordings that are scored.
    protocol : Protocol
        10 random halvings of the trials by default.
    """

    def __init__(self, training: Callable[[str], NeuroidAssembly], protocol: Protocol = PROTOCOL):
        self.training = training
        self.protocol = protocol

    def __call__(self, source: NeuroidAssembly, target: NeuroidAssembly) -> Score:
        """Score how well `source` predicts `target`.

        Parameters
        ----------
        source : NeuroidAssembly, (presentation, neuroid)
            Features of training and test images; one presentation an image, coordinate stimulus_id.
        target : NeuroidAssembly, (presentation, neuroid)
            Repeated trials of the test images: coordinates stimulus_id, repetition, animal and neuroid_id; NaN where a
            trial is missing and where an image was not shown to an animal.

        Returns
        -------
        Score
            With the attributes of :class:`~.metric.NoiseCorrectedPLS`, of one split; error and interval are over draws
            of animals and test images.

        Raises
        ------
        ValueError
            If an image is missing in `source`, serves an animal for training and test, or the neurons differ; if there
            are too few images or trials.
        """
        animals = target['animal'].values
        correlations = np.full((4, 1 + BOOTSTRAPS, len(animals)), np.nan)
        for animal in dict.fromkeys(animals):
            result = predictivity_held_out(*_arrays(source, target, self.training, animal, self.protocol))
            correlations[:, :, animals == animal] = result.raw, result.mapping, result.internal, result.published
        draws, unit = over_animals(Predictivity(*correlations[:, 1:]).corrected_per_split(), animals,
                                   np.random.default_rng([self.protocol.seed, 2]))
        return score_of_neurons(Predictivity(*correlations[:, :1]), target, draws, [unit, 'image'], self.protocol)


class NoiseCorrectedPLSPooledHeldOut(Metric):
    """The same with correlations pooled over an animal's neurons, median over animals: for comparison only.

    Parameters
    ----------
    training : callable
        As of :class:`NoiseCorrectedPLSHeldOut`.
    protocol : Protocol
        Even and odd trials, features and responses scaled to unit variance by default.
    """

    def __init__(self, training: Callable[[str], NeuroidAssembly], protocol: Protocol = POOLED_PROTOCOL):
        self.training = training
        self.protocol = protocol

    def __call__(self, source: NeuroidAssembly, target: NeuroidAssembly) -> Score:
        """Score how well `source` predicts `target`; parameters and errors as of :class:`NoiseCorrectedPLSHeldOut`.

        Returns
        -------
        Score
            With the attributes of :class:`~.metric.NoiseCorrectedPLSPooled`, of one split.
        """
        animals = target['animal'].values
        corrected, raw = np.stack([
            pooled_predictivity_held_out(*_arrays(source, target, self.training, animal, self.protocol))
            for animal in dict.fromkeys(animals)], axis=-1)
        rng = np.random.default_rng([self.protocol.seed, 2])
        drawn = rng.integers(corrected.shape[1], size=corrected[1:].shape)
        draws = median_per_row(np.take_along_axis(corrected[1:], drawn, axis=1))
        return score_of_animals(corrected[:1], raw[:1], animals, draws, ['animal', 'image'], self.protocol)


def _arrays(source, target, training, animal, protocol) -> tuple:
    """Arguments of the functions of arrays for one animal; the first draw of test images is all of them, once."""
    test = target.isel(neuroid=np.flatnonzero(target['animal'].values == animal))
    test = test.transpose('presentation', 'neuroid')
    test = test.isel(presentation=np.flatnonzero(np.isfinite(test.values).any(axis=1)))
    responses, test_ids = images_by_trials(test)
    train = training(animal).transpose('presentation', 'neuroid')
    train_ids = train['stimulus_id'].values
    shared = set(train_ids) & set(test_ids)
    if shared:
        raise ValueError(f"{len(shared)} image(s) serve {animal} for training and test, such as '{min(shared)}': "
                         'divide the images by identity.')
    if not np.array_equal(train['neuroid_id'].values, test['neuroid_id'].values):
        raise ValueError(f'The neurons of the training trials of {animal} are not those of its test trials.')
    n_images = len(test_ids)
    # the same draws for all animals, as far as they saw the same images
    draws = np.random.default_rng([protocol.seed, 3]).multinomial(n_images, np.full(n_images, 1 / n_images), BOOTSTRAPS)
    weights = np.concatenate([np.ones((1, n_images)), draws])
    return (feature_rows(source, train_ids), train.values, feature_rows(source, test_ids), responses, protocol, weights)
