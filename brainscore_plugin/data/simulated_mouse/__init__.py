from brainscore_vision import data_registry, stimulus_set_registry
from .recording import load_simulated_assembly, load_simulated_stimulus_set

stimulus_set_registry['SimulatedMouse'] = load_simulated_stimulus_set
data_registry['SimulatedMouse'] = load_simulated_assembly
