from brainscore_vision import data_registry, stimulus_set_registry
from .recording import load_twin_calcium, load_twin_spikes, load_twin_stimulus_set

stimulus_set_registry['TwinMouse'] = load_twin_stimulus_set
data_registry['TwinMouse'] = load_twin_calcium
data_registry['TwinMouse.spikes'] = load_twin_spikes
