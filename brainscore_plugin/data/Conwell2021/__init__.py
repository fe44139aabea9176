from brainscore_vision import data_registry, stimulus_set_registry
from .recording import load_scenes, load_similarities

stimulus_set_registry['Conwell2021'] = load_scenes
data_registry['Conwell2021'] = load_similarities
