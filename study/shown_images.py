"""Activations of all networks by the same pictures."""
from functools import cached_property

import numpy as np
from tqdm import tqdm

from brainscore_plugin.sweep.fingerprint import stimuli_digest, weights_digest
from study.context import Study
from study.models import BASELINE
from study.recordings import FALLBACK, RECORDINGS

SHOWN_IMAGES = 500  # of a recording, drawn at random


class Activations:
    """Activations of all models by some stimuli, recorded when first needed."""

    def __init__(self, study: Study, stimuli):
        self._study, self._stimuli = study, stimuli
        self.models = [model for model in study.networks if model.group != BASELINE]

    def digests(self, models: list) -> list:
        return [stimuli_digest(self._stimuli), self._study.seed,
                *(f'{model.label} {weights_digest(self._study.networks[model])}' for model in models)]

    def of(self, models: list) -> dict:
        return {model.label: self._all[model.label] for model in models if model.label in self._all}

    @cached_property
    def _all(self) -> dict:
        from brainscore_vision.benchmarks.mouse_predictivity.activations import layer_features
        recorded = {}
        for model in tqdm(self.models, desc='showing pictures', unit='model', leave=False, disable=None):
            network = self._study.networks[model]
            try:
                layers = layer_features(network, self._stimuli, 'VISp', (0, 250), number_of_trials=1)
            except Exception as error:  # models may raise anything
                self._study.missing.append(f"'{model.identifier}' is left out of the activations: {error}")
                continue
            recorded[model.label] = {layer: values.values for layer, values in layers.items()}
        return recorded


def shown_stimuli(study: Study) -> dict:
    """Title -> stimuli of each kind of recording that can be had, at most :data:`SHOWN_IMAGES`."""
    from brainscore_vision import load_benchmark
    shown = {}
    for recording in [*study.recordings, RECORDINGS[FALLBACK]]:
        if recording.name == FALLBACK and shown and recording not in study.recordings:
            continue  # it is there for want of others only
        try:
            stimuli = load_benchmark(recording.benchmarks[0]).recordings.attrs['stimulus_set']
        except Exception:  # plugins may raise anything; the scores say what is missing
            continue
        if not any(set(other['stimulus_id']) == set(stimuli['stimulus_id']) for other in shown.values()):
            shown[recording.prefix] = _draw(stimuli, study.seed)
    return shown


def _draw(stimuli, seed: int):
    rows = np.sort(np.random.default_rng(seed).permutation(len(stimuli))[:SHOWN_IMAGES])
    drawn = stimuli.iloc[rows].copy()
    drawn.stimulus_paths, drawn.identifier = stimuli.stimulus_paths, None
    return drawn
