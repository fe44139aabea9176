from brainscore_vision import data_registry, stimulus_set_registry
from .recording import load_responses, load_stimuli, load_training_responses, load_training_stimuli

stimulus_set_registry['Antolik2016'] = load_stimuli
stimulus_set_registry['Antolik2016.training'] = load_training_stimuli
data_registry['Antolik2016'] = load_responses
data_registry['Antolik2016.training'] = load_training_responses
