from brainscore_vision import data_registry, stimulus_set_registry
from .recording import load_recordings, load_scenes

stimulus_set_registry['Siegle2021'] = load_scenes
data_registry['Siegle2021'] = load_recordings
data_registry['Siegle2021.binned'] = lambda: load_recordings(identifier='Siegle2021.binned')
