"""What Brain-Score's website shows of the benchmarks, in its format of metadata.yaml for benchmarks."""
from typing import Any

_SOURCE = 'https://github.com/brain-score/vision/tree/master/brainscore_vision'
_SCENES = {'num_stimuli': 118, 'datatype': 'image', 'stimuli_subtype': 'natural_scenes'}
_ALLEN_SCENES = {**_SCENES, 'extra_notes': "Allen Brain Observatory's natural scenes, 1174 x 918, grey"}
_FILTERED = 'neurons are chosen when the recordings are loaded, by filter {filter}; each image 50 times'

# What cannot be read off the benchmarks, by recording. Texts have at most 100
# characters, notes 1,000.
RECORDINGS: dict[str, dict[str, Any]] = {
    'SimulatedMouse': {
        'plugin': 'simulated_mouse',
        'stimulus_set': {**_SCENES, 'extra_notes': 'dead leaves of natural statistics, no two alike'},
        'data': {'num_recording_sites': 180, 'num_subjects': 3, 'datatype': 'spikes', 'data_publicly_available': True,
                 'pre_processing': 'spike counts of simulated neurons, each image 50 times',
                 'extra_notes': 'simulated: simple and complex cells with divisive normalisation, spikes as variable '
                                'and as reliable as those of real mice, made in place on first use; their truth is '
                                'known, so that metrics can be tested'},
    },
    'TwinMouse': {
        'plugin': 'TwinMouse',
        'stimulus_set': {**_SCENES, 'extra_notes': 'dead leaves of natural statistics, no two alike, 144 x 256'},
        'data': {'num_recording_sites': 600, 'num_subjects': 1, 'datatype': 'calcium', 'data_publicly_available': True,
                 'pre_processing': 'predicted responses, with trials drawn, each image 50 times',
                 'extra_notes': 'no recording: predictions of 600 neurons of VISp of one mouse by a published network '
                                '(Sensorium 2022, MIT licence), made in place on first use; their truth is known'},
    },
    'deVries2020': {
        'plugin': 'deVries2020',
        'stimulus_set': _ALLEN_SCENES,
        'data': {'datatype': 'calcium', 'data_publicly_available': True,
                 'pre_processing': 'mean dF/F, single trials, baseline of 933 ms before',
                 'extra_notes': f'two-photon calcium imaging; {_FILTERED}'},
    },
    'Siegle2021': {
        'plugin': 'Siegle2021',
        'stimulus_set': _ALLEN_SCENES,
        'data': {'datatype': 'spikes', 'data_publicly_available': True,
                 'pre_processing': 'spike counts, single trials, default quality filters of AllenSDK',
                 'extra_notes': f'Neuropixels; {_FILTERED}'},
    },
    'Antolik2016': {
        'plugin': 'Antolik2016',
        'stimulus_set': {'num_stimuli': 100, 'datatype': 'image', 'stimuli_subtype': 'natural_scenes',
                         'extra_notes': 'grey, 31 x 31; two fields of view saw 50 of them, one the others'},
        'data': {'num_recording_sites': 260, 'num_subjects': 2, 'datatype': 'calcium', 'data_publicly_available': True,
                 'pre_processing': 'one number a presentation, as published',
                 'extra_notes': 'two-photon calcium imaging of layer 2/3, three fields of view of two mice, 8 to 12 '
                                'trials; CC BY 4.0, part of the plugin'},
    },
    'Willeke2022': {
        'plugin': 'Willeke2022',
        'stimulus_set': {'datatype': 'image', 'stimuli_subtype': 'natural_scenes',
                         'extra_notes': 'for each mouse some 5,000 images once and 100 10 times, grey, 144 x 256'},
        'data': {'num_subjects': 5, 'datatype': 'calcium', 'data_publicly_available': False,
                 'pre_processing': 'deconvolved, in units of the standard deviation over training trials',
                 'extra_notes': 'Sensorium 2022, two-photon calcium imaging; its licence does not let the recordings '
                                'be passed on, everybody gets a copy from gin.g-node.org/cajal/Sensorium2022'},
    },
    'Conwell2021': {
        'plugin': 'Conwell2021',
        'stimulus_set': {**_SCENES, 'extra_notes': "Allen Brain Observatory's natural scenes at 31 x 31, grey"},
        'data': {'datatype': 'calcium', 'data_publicly_available': True,
                 'pre_processing': 'similarity matrices of sites, events, mean of 50 trials',
                 'extra_notes': 'published by Conwell et al. (2021) without a stated licence, neurons chosen by them '
                                '(filter {filter}); everybody gets a copy from their repository'},
    },
}


def benchmark_metadata(identifiers: list[str]) -> dict[str, Any]:
    """The document of a benchmark plugin.

    Parameters
    ----------
    identifiers : list of str
        Of its benchmarks, which are loaded but not run.

    Returns
    -------
    dict
        ``{'benchmarks': {identifier: {'stimulus_set', 'data', 'metric'}}}``; None where a fact is not known before
        the recordings are loaded.
    """
    return {'benchmarks': {identifier: _entry(identifier) for identifier in identifiers}}


def _entry(identifier: str) -> dict[str, Any]:
    from brainscore_vision import load_benchmark, metric_registry
    benchmark = load_benchmark(identifier)
    facts = RECORDINGS[identifier.split('.')[0]]
    link = f"{_SOURCE}/data/{facts['plugin']}"
    start, end = benchmark._time_bin
    metric_class = type(benchmark.metric)
    metric = next(name for name, registered in metric_registry.items() if registered is metric_class)
    stimuli = {'num_stimuli': None, 'datatype': None, 'stimuli_subtype': None, 'total_size_mb': None,
               'brainscore_link': link, **facts['stimulus_set']}
    data = {'benchmark_type': 'neural', 'task': 'passive viewing', 'region': benchmark.region, 'hemisphere': None,
            'num_recording_sites': None, 'duration_ms': end - start, 'species': 'mouse', 'num_subjects': None,
            'brainscore_link': link, **facts['data']}
    data['extra_notes'] = data['extra_notes'].format(filter=benchmark.neuron_filter)
    return {'stimulus_set': stimuli, 'data': data,
            'metric': {'type': metric, 'reference': metric_class.REFERENCE, 'public': True,
                       'brainscore_link': f"{_SOURCE}/metrics/{metric_class.__module__.split('.')[2]}",
                       'extra_notes': metric_class.NOTES}}
