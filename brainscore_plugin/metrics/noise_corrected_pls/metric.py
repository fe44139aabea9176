"""Brain-Score's face of the noise-corrected PLS predictivity, where the images are halved at random."""
from brainscore_core.metrics import Metric, Score
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision.metrics.mouse_metrics.assemblies import feature_rows, images_by_trials
from brainscore_vision.metrics.mouse_metrics.sources import image_sources

from .bootstrap import pooled_bootstrap
from .predictivity import pooled_predictivity, predictivity
from .protocol import Protocol, find_protocol
from .score import error_over_splits, score_of_animals, score_of_neurons


class NoiseCorrectedPLS(Metric):
    """Noise-corrected PLS predictivity of an animal's neurons, mean over animals.

    :func:`~.predictivity.predictivity` gives the formula, and how it differs from Nayebi et al.'s (2023).

    Parameters
    ----------
    protocol : str or Protocol
        'nayebi2023' (10 image splits x 100 random trial halves), 'paper' (100 x even and odd trials), 'quick'
        (10 x 5) or a :class:`~.protocol.Protocol`.

    Examples
    --------
    >>> metric = load_metric('noise_corrected_pls', protocol='quick')
    >>> score = metric(activations, recordings)
    >>> float(score), score.attrs['error'], score.attrs['interval']
    """
    REFERENCE = 'Nayebi et al. 2023'  # these two are shown on Brain-Score's website, at most 100 and 1,000 characters
    NOTES = 'PLS predictivity of neurons, corrected for their noise by ratios of means'

    def __init__(self, protocol: str | Protocol = 'nayebi2023'):
        self.protocol = find_protocol(protocol)

    def __call__(self, source: NeuroidAssembly, target: NeuroidAssembly) -> Score:
        """Score how well `source` predicts `target`.

        Parameters
        ----------
        source : NeuroidAssembly, (presentation, neuroid)
            Features; one presentation an image, coordinate stimulus_id.
        target : NeuroidAssembly, (presentation, neuroid)
            Responses of single trials; presentations are images x trials (coordinates stimulus_id, repetition), NaN
            where a trial is missing; the neuroid coordinate animal says whose neuron it is. Where there is a
            presentation coordinate source, images of one source are never on both sides of a split.

        Returns
        -------
        Score
            The value, with attributes

            - raw: mean over neurons before noise correction; its own raw is per split and neuroid
            - animals: the value of each animal; corrected: the same from each split alone, per split and animal
            - neuroids: each neuron's own ratio, NaN for n_nan of n_neurons; median_neuron: its median over an animal's
              neurons, mean over animals; published: the same by Nayebi et al.'s formula
            - reliability: of each neuron, for all trials; reliability_quartiles: over neurons
            - error, interval: standard error and 95 % interval by Student's t, over animals and image splits (over
              neurons, where there is one animal: it holds for that animal); error_over names them. The images are
              taken as they are
            - protocol and seed

        Raises
        ------
        ValueError
            If an image of `target` is missing in `source`, features are not finite, there are too few images or
            trials, or an image has two trials of the same number.
        """
        responses, stimulus_ids = images_by_trials(target)
        animals = target['animal'].values
        result = predictivity(feature_rows(source, stimulus_ids), responses, animals, self.protocol,
                              image_sources(target, stimulus_ids))
        return score_of_neurons(result, target, error_over_splits(result, animals), self.protocol)


class NoiseCorrectedPLSPooled(Metric):
    """The published measure of the study of image domains: correlations pooled over an animal's neurons.

    Median over animals, mean over image splits; even and odd trials; features and responses scaled to unit variance.
    It mostly measures that neurons differ in their mean rate (see :func:`~.predictivity.pooled_predictivity`) and
    is kept to compare with published numbers.

    Parameters
    ----------
    protocol : str or Protocol
        By default that of the released code: 100 image splits, even and odd trials, 25 components, ``scale=True``.
    """
    REFERENCE = 'Prasad, Manor & Pereira 2022'
    NOTES = 'correlations over all images and neurons at once; for comparison only, chance reaches high values'

    def __init__(self, protocol: str | Protocol = 'released_code'):
        self.protocol = find_protocol(protocol)

    def __call__(self, source: NeuroidAssembly, target: NeuroidAssembly) -> Score:
        """Score how well `source` predicts `target`; parameters and errors as of :class:`NoiseCorrectedPLS`.

        Returns
        -------
        Score
            The value, with attributes raw (before noise correction; its own raw is per split and animal), corrected
            (per split and animal), animals, error and interval over bootstrap samples of animals and image splits,
            n_nan (animals without a value), n_neurons, protocol and seed.
        """
        responses, stimulus_ids = images_by_trials(target)
        animals = target['animal'].values
        corrected, raw = pooled_predictivity(feature_rows(source, stimulus_ids), responses, animals, self.protocol,
                                             image_sources(target, stimulus_ids))
        return score_of_animals(corrected, raw, animals, *pooled_bootstrap(corrected, self.protocol.seed),
                                self.protocol)
