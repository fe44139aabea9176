"""Loaders of the simulated recordings: stimulus set, spike counts and the truth behind them."""
import numpy as np
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly, StimulusMergeAssemblyLoader
from brainscore_core.supported_data_standards.brainio.stimuli import StimulusSet
from brainscore_vision import load_stimulus_set

from .population import Population
from .recording_builder import IDENTIFIER, N_SCENES, SEED, recording_directory
from .scenes import cut_scenes


def load_simulated_stimulus_set() -> StimulusSet:
    """The 118 greyscale scenes, ids ``simulated_scene_000`` to ``simulated_scene_117``, 8-bit PNGs of 128 x 128."""
    directory = recording_directory()
    stimulus_set = StimulusSet.from_files(directory / f'stimulus_{IDENTIFIER}.csv',
                                          directory / f'stimulus_{IDENTIFIER}')
    stimulus_set.identifier = IDENTIFIER
    return stimulus_set


def load_simulated_assembly() -> NeuroidAssembly:
    """The simulated spike counts.

    Returns
    -------
    NeuroidAssembly, float32, shape (5900 presentations, 360 neuroids, 1 time bin)
        Spike counts in 250 ms. Presentations are 118 scenes x 50 trials (coordinates stimulus_id, repetition);
        neuroids are 2 areas x 3 animals x 60 neurons, with the parameters of
        :class:`~.population.Population` as coordinates (region is VISp or VISl).
    """
    stimulus_set = load_stimulus_set(IDENTIFIER)
    path = recording_directory() / f'assy_{IDENTIFIER}.nc'
    assembly = StimulusMergeAssemblyLoader(cls=NeuroidAssembly, file_path=path, stimulus_set_identifier=IDENTIFIER,
                                           stimulus_set=stimulus_set).load()
    assembly.attrs['identifier'] = IDENTIFIER
    return assembly


def simulated_scenes() -> np.ndarray:
    """The scenes as an array, uint8 (118, 128, 128), in the order of the stimulus set."""
    return cut_scenes(N_SCENES, SEED)


def simulated_population() -> Population:
    """The neurons behind the recordings, with their noise-free rates and features."""
    return Population.calibrated(simulated_scenes(), SEED)
