"""The twin mouse: its recording, loaders of stimulus set and trials, and the truth behind them."""
from functools import lru_cache
from pathlib import Path

import numpy as np
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_core.supported_data_standards.brainio.stimuli import StimulusSet
from brainscore_vision.data.simulated_mouse import scenes, trials
from brainscore_vision.data.simulated_mouse.loading import simulated_assembly, simulated_stimulus_set
from brainscore_vision.data.simulated_mouse.population import BIN_SECONDS
from brainscore_vision.data.simulated_mouse.recording_builder import N_SCENES, SimulatedRecording, Simulation
from brainscore_vision.data.simulated_mouse.scenes import draw_scenes
from brainscore_vision.data.simulated_mouse.trials import N_TRIALS
from PIL import Image

from . import population, twin
from .population import LEVEL_NOISE, SPIKE_LEVEL, TwinPopulation
from .twin import Twin, as_input

IDENTIFIER, SPIKES = 'TwinMouse', 'TwinMouse.spikes'
SEED = 1  # not SimulatedMouse's, whose scenes these would be otherwise
HEIGHT, WIDTH = 144, 256  # pixels of the images of Sensorium 2022


def _simulate(seed: int) -> Simulation:
    shown = draw_scenes(N_SCENES, seed, HEIGHT, WIDTH)
    calcium, spikes = twin_populations(seed)
    return Simulation(shown, {IDENTIFIER: (calcium.calcium(N_TRIALS, seed), calcium.neurons),
                              SPIKES: (spikes.spike_counts(N_TRIALS, seed), spikes.neurons)})


RECORDING = SimulatedRecording(
    IDENTIFIER, version=1, seed=SEED, simulate=_simulate,
    follows_from=tuple(Path(path) for path in (__file__, population.__file__, twin.__file__, twin.WEIGHTS,
                                               scenes.__file__, trials.__file__)),
    libraries=('numpy', 'pillow'), stimulus_prefix='twin_scene', milliseconds=round(BIN_SECONDS * 1000),
    n_bytes=20_000_000)


def load_twin_stimulus_set() -> StimulusSet:
    """The 118 grey scenes, ids ``twin_scene_000`` to ``twin_scene_117``, 8-bit PNGs of 256 x 144."""
    return simulated_stimulus_set(RECORDING)


def load_twin_calcium() -> NeuroidAssembly:
    """Calcium-like responses.

    Returns
    -------
    NeuroidAssembly, float32, shape (5900 presentations, 600 neuroids, 1 time bin)
        Change of fluorescence. Presentations are 118 scenes x 50 trials (coordinates stimulus_id, repetition), neuroids
        3 groups x 200 neurons, with the columns of :class:`~.population.TwinPopulation` as coordinates.

    Raises
    ------
    FileNotFoundError, ValueError
        If the twin's weights are missing or damaged.
    OSError
        If the data home cannot be written.
    """
    return simulated_assembly(RECORDING, IDENTIFIER)


def load_twin_spikes() -> NeuroidAssembly:
    """Spike counts in 250 ms of the same neurons; shape and errors as of :func:`load_twin_calcium`."""
    return simulated_assembly(RECORDING, SPIKES)


@lru_cache(maxsize=1)
def twin_populations(seed: int = SEED) -> tuple[TwinPopulation, TwinPopulation]:
    """The neurons behind the calcium-like and behind the spike-like responses, with their noise-free rates."""
    network = Twin()
    predicted = network.rates(np.stack([as_input(Image.fromarray(scene))
                                        for scene in draw_scenes(N_SCENES, seed, HEIGHT, WIDTH)]))
    return (TwinPopulation.drawn(network, predicted, (LEVEL_NOISE / SPIKE_LEVEL) ** 2, seed),
            TwinPopulation.drawn(network, predicted, 0., seed))
