from brainscore_vision import data_registry, stimulus_set_registry
from .recording import load_all_stimuli, load_responses, load_stimuli

stimulus_set_registry['Willeke2022'] = load_all_stimuli
stimulus_set_registry['Willeke2022.21067-10-18'] = lambda: load_stimuli('21067-10-18')
stimulus_set_registry['Willeke2022.22846-10-16'] = lambda: load_stimuli('22846-10-16')
stimulus_set_registry['Willeke2022.23343-5-17'] = lambda: load_stimuli('23343-5-17')
stimulus_set_registry['Willeke2022.23656-14-22'] = lambda: load_stimuli('23656-14-22')
stimulus_set_registry['Willeke2022.23964-4-22'] = lambda: load_stimuli('23964-4-22')
data_registry['Willeke2022.21067-10-18'] = lambda: load_responses('21067-10-18')
data_registry['Willeke2022.22846-10-16'] = lambda: load_responses('22846-10-16')
data_registry['Willeke2022.23343-5-17'] = lambda: load_responses('23343-5-17')
data_registry['Willeke2022.23656-14-22'] = lambda: load_responses('23656-14-22')
data_registry['Willeke2022.23964-4-22'] = lambda: load_responses('23964-4-22')
