"""The benchmark class that all mouse benchmarks share."""
import logging
from collections.abc import Callable, Iterator
from functools import cached_property

import numpy as np
from brainscore_core.metrics import Metric, Score
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_core.supported_data_standards.brainio.stimuli import StimulusSet
from brainscore_vision import load_ceiling
from brainscore_vision.benchmark_helpers.memory import MemoryEstimate
from brainscore_vision.benchmarks import BenchmarkBase
from brainscore_vision.model_helpers.activations.cache_key import revision_enabled
from brainscore_vision.model_interface import BrainModel

from .activations import in_memory, layer_features, measure_layers
from .commitment import Commitment, commitment
from .memory import memory_estimate

_logger = logging.getLogger(__name__)


class MousePredictivity(BenchmarkBase):
    """How well a model's features predict single neurons of one mouse visual area.

    The model sees every image once; the metric is then computed for every layer that the model maps to the area.
    The score is that of the layer the model commits to, the first one it maps to the area.

    The image fills the model's field of view, whatever visual degrees the model declares. Brain-Score's usual
    conversion would cut the centre out of an image that spans 120 degrees of a mouse's visual field and show a
    model of 8 degrees one fifteenth of its width; mouse acuity is so low (0.5 cycles/degree; Prusky et al. 2000,
    Vision Res 40:2201) that 120 degrees hold no more detail than models see in 8.

    A model that maps no layer to the mouse area is asked for its V1 instead, and one that maps none to that either for
    the middle one of its layers (:func:`~.commitment.commitment`); `score.attrs['region']` says what was recorded, and
    so does the comment.

    Parameters
    ----------
    identifier : str
        Such as 'SimulatedMouse.VISp-pls'.
    area : str
        Acronym of the Allen Mouse Common Coordinate Framework: VISp, VISl, VISal, VISam, VISpm or VISrl.
    version : int
        Raised whenever scores change.
    load_recordings : callable
        Returns the area's single-trial responses, NeuroidAssembly (presentation, neuroid), with stimulus_set among
        its attributes. Called when they are first needed.
    metric : Metric
        Called with the features of one layer and the recordings, and with `load_training` as `training` where it
        is given; returns a Score with attributes as those of `noise_corrected_pls`.
    time_bin : (int, int)
        Start and end of the response window in ms after image onset.
    bibtex : str
        The recordings' publication.
    parent : str, optional
        Node of Brain-Score's benchmark tree; the area by default.
    neuron_selection : str, optional
        Name of the filter that chose the neurons; it goes into the score's attributes.
    ceiler : Metric, optional
        Gives the ceiling of the recordings; `split_half_reliability` of the neurons by default.
    consistency : Metric, optional
        Gives what other animals' neurons predict of an animal's, where all saw the same images.
    load_training : callable, optional
        Animal -> its single trials of the training images, NeuroidAssembly (presentation, neuroid), where these are
        other images than those that are scored.
    resolvable_difference : float, optional
        Least difference between two models' scores that recordings of this size can be expected to show, where it is
        known; it goes into the score's attributes.
    """

    def __init__(self, identifier: str, area: str, version: int, load_recordings: Callable[[], NeuroidAssembly],
                 metric: Metric, time_bin: tuple[int, int], bibtex: str, parent: str | None = None,
                 neuron_selection: str = 'none', ceiler: Metric | None = None, consistency: Metric | None = None,
                 load_training: Callable[[str], NeuroidAssembly] | None = None,
                 resolvable_difference: float | None = None):
        super().__init__(identifier=identifier, version=version, ceiling_func=None, parent=parent or area,
                         bibtex=bibtex)
        self.region = area
        self._load_recordings = load_recordings
        self.metric = metric
        self._time_bin = time_bin
        self.neuron_selection = neuron_selection
        self._ceiler = ceiler
        self._consistency = consistency
        self.load_training = load_training
        self.resolvable_difference = resolvable_difference

    @cached_property
    def recordings(self) -> NeuroidAssembly:
        """Single-trial responses of the area, (presentation, neuroid)."""
        recordings = self._load_recordings()
        for dimension, what in (('presentation', 'trials'), ('neuroid', 'neurons')):
            if recordings.sizes[dimension] == 0:
                raise ValueError(f"{self.identifier}: the recordings have no {what} of {self.region} (filter "
                                 f"'{self.neuron_selection}'). Check the filter and the packaged file.")
        return recordings

    def all_recordings(self) -> Iterator[NeuroidAssembly]:
        """The recordings that are scored, then each animal's recordings of training images where there are any."""
        yield self.recordings
        if self.load_training is not None:
            yield from map(self.load_training, dict.fromkeys(self.recordings['animal'].values))

    @cached_property
    def ceiling(self) -> Score:
        """Spearman-Brown corrected split-half reliability of the recordings, by default the median over neurons.

        Computed anew in each process: Brain-Score's store of ceilings knows a benchmark by its name alone and would
        return that of older recordings.
        """
        ceiler = self._ceiler or load_ceiling('split_half_reliability')
        return ceiler(self.recordings)

    @property
    def compares_animals(self) -> bool:
        """Whether there are several animals that saw the same images, and :attr:`inter_animal_consistency` exists."""
        return self._consistency is not None and len(set(self.recordings['animal'].values)) > 1

    @cached_property
    def inter_animal_consistency(self) -> Score | None:
        """What other animals' neurons get in the place of a model's features; None where animals cannot be compared.

        Computed once a process, when it is first asked for: each halving of the trials has features of its own, so that
        it costs several times what a layer of a model does.
        """
        if self._consistency is None or not self.compares_animals:
            return None
        return self._consistency(self.recordings)

    def __call__(self, candidate: BrainModel) -> Score:
        """Score a model; see :class:`MousePredictivity`.

        Returns
        -------
        Score
            The committed layer's score with the metric's attributes (raw, corrected, animals, error, n_nan,
            n_neurons, seed, …) and layer (the committed one), layer_scores (a Score over layer, its error in
            attribute error, NaN where a layer cannot be scored, for the reason in attribute failures), ceiling,
            region, filter, comment and, where they are known, inter_animal_consistency and resolvable_difference.

        Raises
        ------
        ValueError
            If the committed layer cannot be recorded or scored, with its name; the others may fail.
        """
        chosen = commitment(candidate, self.region)
        features, failures = self._features_or_reasons(candidate, chosen)
        committed = next(iter(features))
        scores = {}
        for layer, values in features.items():
            try:
                scores[layer] = self.score_features(values)
            except ValueError as error:
                if layer == committed:
                    raise self._without_layer(candidate, layer, error) from error
                failures[layer] = str(error)
        score = scores[committed]
        layers = list(dict.fromkeys([*features, *failures]))
        layer_scores = Score([float(scores.get(layer, np.nan)) for layer in layers], coords={'layer': layers},
                             dims=('layer',))
        layer_scores.attrs.update({'error': {layer: value.attrs['error'] for layer, value in scores.items()},
                                   'failures': failures})
        comment = chosen.comment or f'layer {committed} for {self.region}'
        if chosen.region != self.region or not chosen.mapped:
            _logger.warning(f'{self.identifier}: {comment}')
        score.attrs.update({'layer': committed, 'layer_scores': layer_scores, 'ceiling': self.ceiling,
                            'region': chosen.region, 'filter': self.neuron_selection, 'comment': comment})
        if self.inter_animal_consistency is not None:
            score.attrs['inter_animal_consistency'] = self.inter_animal_consistency
        if self.resolvable_difference is not None:
            score.attrs['resolvable_difference'] = self.resolvable_difference
        return score

    def _features_or_reasons(self, candidate: BrainModel,
                             chosen: Commitment) -> tuple[dict[str, NeuroidAssembly], dict[str, str]]:
        """Features of the layers that can be recorded, and why the others cannot."""
        try:
            return self.features(candidate)[1], {}
        except Exception as error:  # layers may raise anything; one image tells which does
            if not chosen.layers:
                raise
            measured = self.measure_layers(candidate)
            failures = {layer: str(found) for layer, found in measured.items() if isinstance(found, Exception)}
            if not failures:
                raise
            if chosen.layers[0] in failures:
                raise self._without_layer(candidate, chosen.layers[0], measured[chosen.layers[0]]) from error
        return self.features(candidate, [layer for layer in chosen.layers if layer not in failures])[1], failures

    def _without_layer(self, candidate: BrainModel, layer: str, error: int | Exception) -> ValueError:
        return ValueError(f"{self.identifier}: layer '{layer}' of {candidate.identifier} cannot be scored: {error}")

    def score_features(self, features: NeuroidAssembly) -> Score:
        """The metric's score of the features (presentation, neuroid) of one layer on this benchmark's recordings."""
        training = {} if self.load_training is None else {'training': self.load_training}
        return self.metric(features, self.recordings, **training)

    def features(self, candidate: BrainModel, layers: list[str] | None = None,
                 allocate: Callable[..., np.ndarray] = in_memory) -> tuple[str, dict[str, NeuroidAssembly]]:
        """Show a model the images.

        Parameters
        ----------
        candidate : BrainModel
            The model.
        layers : list of str, optional
            Layers to record instead of those that the model maps to the area.
        allocate : callable, optional
            As of :func:`~.activations.layer_features`.

        Returns
        -------
        region : str
            The region recorded.
        features : dict of str to NeuroidAssembly
            Layer -> features (presentation, neuroid); the first layer is the one committed to.
        """
        region = commitment(candidate, self.region).region
        return region, layer_features(candidate, self._stimulus_set(), region, self._time_bin, self._n_trials, layers,
                                      allocate)

    def measure_layers(self, candidate: BrainModel, layers: list[str] | None = None) -> dict[str, int | Exception]:
        """Show a model one image: layer -> how many features it has, or why it cannot be recorded."""
        chosen = commitment(candidate, self.region)
        return measure_layers(candidate, self._stimulus_set(), chosen.region, self._time_bin,
                              layers or list(chosen.layers))

    def preallocate_memory(self, candidate: BrainModel, raise_if_oom: bool = True) -> MemoryEstimate:
        """Whether a model can be scored in the memory there is, from one image; Brain-Score asks before it scores.

        Raises
        ------
        MemoryError
            If it cannot, unless `raise_if_oom` is False.
        """
        estimate = memory_estimate(self.measure_layers(candidate), self.recordings, self._n_trials)
        _logger.info(f'{self.identifier}: {estimate}')
        if estimate.will_oom and raise_if_oom:
            raise MemoryError(f'{self.identifier}: {estimate}')
        return estimate

    @property
    def _n_trials(self) -> int:
        return len(set(self.recordings['repetition'].values))

    def _stimulus_set(self) -> StimulusSet:
        shown = self.recordings.attrs['stimulus_set']
        stimulus_set = shown.copy()
        stimulus_set.stimulus_paths = shown.stimulus_paths
        # Brain-Score stores activations under the names of model and stimuli alone, so that changed weights would
        # be given old activations. Without a name nothing is stored; with revisions in the names it may be.
        stimulus_set.identifier = shown.identifier if revision_enabled() else None
        return stimulus_set
