"""A recording as a benchmark scores it: every neuron's trials, what is known of it, and how reliable it is."""
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from brainscore_plugin.recordings.kinds import REAL, SIMULATED, TWIN, kind_of
from napari_viewer.core.image_sets import ImageSet, of_stimulus_set
from napari_viewer.core.software_gl import keep_triton_out

SCORED_BY_REGRESSION = '-pls'  # ending of the benchmarks whose metric predicts single neurons
EMBEDDED = 'Antolik2016'  # the real recording that is part of this project
NEURON_WORDS = {REAL: 'recorded', TWIN: 'predicted (a twin)', SIMULATED: 'simulated'}


@dataclass(frozen=True)
class Trials:
    """Of one animal, or field of view: its neurons saw the same images.

    Attributes
    ----------
    responses : numpy.ndarray, (n_images, n_trials, n_neurons)
        NaN where a trial is missing.
    stimulus_ids : numpy.ndarray, (n_images,)
    neurons : numpy.ndarray, (n_neurons,)
        Numbers in the recording.
    sources : numpy.ndarray, (n_images,), optional
        What each image was made of, where that is known: splits keep them apart.
    """
    responses: np.ndarray
    stimulus_ids: np.ndarray
    neurons: np.ndarray
    sources: np.ndarray | None = None


class Recording:
    """What a benchmark holds, neuron by neuron.

    Parameters
    ----------
    benchmark : MousePredictivity
        With responses of single neurons.
    """

    def __init__(self, benchmark):
        self.benchmark, self.identifier = benchmark, benchmark.identifier
        assembly = benchmark.recordings
        stimuli = assembly.attrs['stimulus_set']
        self.images: ImageSet = of_stimulus_set(stimuli, self.identifier.partition('.')[0])
        names = [name for name in assembly['neuroid'].to_index().names if name]
        self.facts = pd.DataFrame({name: assembly[name].values for name in names})
        from brainscore_vision.metrics.mouse_metrics.assemblies import images_by_trials, trials_by_animal
        from brainscore_vision.metrics.mouse_metrics.sources import image_sources
        animals = assembly['animal'].values
        self.trials: dict[str, Trials] = {}
        for name, own in trials_by_animal(assembly):
            responses, stimulus_ids = images_by_trials(own)
            self.trials[name] = Trials(responses, stimulus_ids, np.flatnonzero(animals == name),
                                       image_sources(own, stimulus_ids))
        self._thumbnails: dict[tuple[int, int], np.ndarray] = {}

    @property
    def kind(self) -> str:
        """What the neurons are, for titles."""
        return NEURON_WORDS[kind_of(self.identifier)]

    def __len__(self) -> int:
        return len(self.facts)

    @cached_property
    def reliability(self) -> np.ndarray:
        """Split-half reliability of every neuron, Spearman-Brown corrected, mean over halvings: (n_neurons,)."""
        from brainscore_vision.metrics.mouse_metrics.averages import nanmean
        from brainscore_vision.metrics.split_half_reliability.reliability import reliability
        values = np.full(len(self), np.nan)
        for trials in self.trials.values():
            shown = np.isfinite(trials.responses).any(axis=(0, 2))
            values[trials.neurons] = nanmean(reliability(trials.responses[:, shown]), axis=0)
        return values

    @cached_property
    def averages(self) -> np.ndarray:
        """Mean over trials, (n_neurons, n_images) in the order of `images`; NaN where an image was not shown."""
        return self._by_image(lambda trials: np.nanmean(trials.responses, axis=1))

    @cached_property
    def errors(self) -> np.ndarray:
        """Standard error over trials, shaped as `averages`."""
        def standard_error(trials: Trials) -> np.ndarray:
            count = np.isfinite(trials.responses).sum(axis=1)
            spread = np.nanstd(trials.responses, axis=1, ddof=1)
            return spread / np.sqrt(np.maximum(count, 1))
        return self._by_image(standard_error)

    def thumbnail(self, number: int, size: int) -> np.ndarray:
        """An image as a square, uint8 (size, size, 3)."""
        if (number, size) not in self._thumbnails:
            self._thumbnails[number, size] = self.images.square(number, size)
        return self._thumbnails[number, size]

    def describe(self, neuron: int) -> str:
        """What is known of a neuron, on one line."""
        row = self.facts.iloc[neuron]
        words = {'animal': 'of'}  # or of a field of view, where a recording counts by them
        facts = [f'{words.get(name, name.replace("_", " "))} {_short(value)}' for name, value in row.items()
                 if name not in ('neuroid_id', 'reliability') and not pd.isna(value) and value != '']
        return ', '.join(facts)

    def number_of(self, stimulus_id: str) -> int | None:
        """Number of an image by its stimulus_id, or None where the recording has no such image."""
        return self._numbers.get(stimulus_id)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {source: k for k, source in enumerate(self.images.index['source'])}

    def _by_image(self, summarise) -> np.ndarray:
        values = np.full((len(self), len(self.images)), np.nan)
        for trials in self.trials.values():
            images = [self._numbers[stimulus_id] for stimulus_id in trials.stimulus_ids]
            values[np.ix_(trials.neurons, images)] = summarise(trials).T
        return values


def open_recording(identifier: str) -> Recording:
    """The recording of a benchmark.

    Raises
    ------
    FileNotFoundError
        If it is not packaged; says how to get it.
    """
    keep_triton_out()
    from brainscore_vision import load_benchmark
    return Recording(load_benchmark(identifier))


def recordings(ending: str = SCORED_BY_REGRESSION) -> list[str]:
    """Identifiers of the benchmarks of that ending, those whose data lie in this project first."""
    from brainscore_plugin.link import plugins
    found = [identifier for plugin in plugins() if plugin.type == 'benchmarks' for identifier in plugin.identifiers
             if identifier.endswith(ending)]
    return sorted(found, key=lambda name: (not name.startswith(EMBEDDED) and kind_of(name) == REAL, name))


def _short(value) -> str:
    return f'{value:.3g}' if isinstance(value, float) else str(value)
