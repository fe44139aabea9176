from brainscore_vision import data_registry, stimulus_set_registry
from .recording import load_responses, load_scenes

stimulus_set_registry['Siegle2021'] = load_scenes
data_registry['Siegle2021'] = load_responses
data_registry['Siegle2021.binned'] = lambda: load_responses('Siegle2021.binned')
