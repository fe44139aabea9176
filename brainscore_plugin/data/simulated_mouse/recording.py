"""The simulated mouse: its recording, loaders of stimulus set and spike counts, and the truth behind them."""
from functools import lru_cache
from pathlib import Path

import numpy as np
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_core.supported_data_standards.brainio.stimuli import StimulusSet

from . import population, scenes, trials
from .loading import simulated_assembly, simulated_stimulus_set
from .population import BIN_SECONDS, Population
from .recording_builder import N_SCENES, SimulatedRecording, Simulation
from .scenes import draw_scenes
from .trials import N_TRIALS

IDENTIFIER, SEED = 'SimulatedMouse', 0


def _simulate(seed: int) -> Simulation:
    shown = draw_scenes(N_SCENES, seed)
    simulated = Population.calibrated(shown, seed)
    return Simulation(shown, {IDENTIFIER: (simulated.spike_counts(shown, N_TRIALS, seed), simulated.neurons)})


RECORDING = SimulatedRecording(
    IDENTIFIER, version=2, seed=SEED, simulate=_simulate,
    follows_from=tuple(Path(module) for module in (__file__, scenes.__file__, population.__file__, trials.__file__)),
    libraries=('numpy', 'pillow'), stimulus_prefix='simulated_scene', milliseconds=round(BIN_SECONDS * 1000),
    n_bytes=10_000_000)


def load_simulated_stimulus_set() -> StimulusSet:
    """The 118 grey scenes, ids ``simulated_scene_000`` to ``simulated_scene_117``, 8-bit PNGs of 128 x 128."""
    return simulated_stimulus_set(RECORDING)


def load_simulated_assembly() -> NeuroidAssembly:
    """The simulated spike counts.

    Returns
    -------
    NeuroidAssembly, float32, shape (5900 presentations, 360 neuroids, 1 time bin)
        Spike counts in 250 ms. Presentations are 118 scenes x 50 trials (coordinates stimulus_id, repetition);
        neuroids are 2 areas x 3 animals x 60 neurons, with the parameters of
        :class:`~.population.Population` as coordinates (region is VISp or VISl).
    """
    return simulated_assembly(RECORDING, IDENTIFIER)


def simulated_scenes() -> np.ndarray:
    """The scenes as an array, uint8 (118, 128, 128), in the order of the stimulus set."""
    return draw_scenes(N_SCENES, SEED)


@lru_cache(maxsize=1)
def simulated_population() -> Population:
    """The neurons behind the recordings, with their noise-free rates and features."""
    return Population.calibrated(simulated_scenes(), SEED)
