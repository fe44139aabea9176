from brainscore_vision import data_registry, stimulus_set_registry
from .recording import load_recordings, load_scenes

stimulus_set_registry['deVries2020'] = lambda: load_scenes('deVries2020')
stimulus_set_registry['deVries2020.events'] = lambda: load_scenes('deVries2020.events')
data_registry['deVries2020'] = lambda: load_recordings(identifier='deVries2020')
data_registry['deVries2020.events'] = lambda: load_recordings(identifier='deVries2020.events')
