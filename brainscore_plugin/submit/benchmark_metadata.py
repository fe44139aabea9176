"""What Brain-Score's website shows of the benchmarks, in its format of metadata.yaml for benchmarks."""
from typing import Any

from brainscore_plugin.recordings.catalogue import published

from .own_plugins import own_plugins

_SOURCE = 'https://github.com/brain-score/vision/tree/master/brainscore_vision'
_SCENES = {'num_stimuli': 118, 'datatype': 'image', 'stimuli_subtype': 'natural_scenes'}

# What is no recording has nothing that is published.
SIMULATED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    'SimulatedMouse': (
        {**_SCENES, 'extra_notes': 'dead leaves of natural statistics, no two alike'},
        {'num_recording_sites': 180, 'num_subjects': 3, 'datatype': 'spikes', 'data_publicly_available': True,
         'pre_processing': 'spike counts of simulated neurons, each image 50 times',
         'extra_notes': 'simulated: simple and complex cells with divisive normalisation, spikes as variable and as '
                        'reliable as those of real mice, made in place on first use; their truth is known, so that '
                        'metrics can be tested'}),
    'TwinMouse': (
        {**_SCENES, 'extra_notes': 'dead leaves of natural statistics, no two alike, 144 x 256'},
        {'num_recording_sites': 600, 'num_subjects': 1, 'datatype': 'calcium', 'data_publicly_available': True,
         'pre_processing': 'predicted responses, with trials drawn, each image 50 times',
         'extra_notes': 'no recording: predictions of 600 neurons of VISp of one mouse by a published network '
                        '(Sensorium 2022, MIT licence), made in place on first use; their truth is known'}),
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
    recording = identifier.split('.')[0]
    stimulus_facts, data_facts = SIMULATED[recording] if recording in SIMULATED else _published_facts(recording)
    link = f'{_SOURCE}/data/{_data_plugin(recording)}'
    start, end = benchmark._time_bin
    metric_class = type(benchmark.metric)
    metric = next(name for name, registered in metric_registry.items() if registered is metric_class)
    stimuli = {'num_stimuli': None, 'datatype': None, 'stimuli_subtype': None, 'total_size_mb': None,
               'brainscore_link': link, **stimulus_facts}
    data = {'benchmark_type': 'neural', 'task': 'passive viewing', 'region': benchmark.region, 'hemisphere': None,
            'num_recording_sites': None, 'duration_ms': end - start, 'species': 'mouse', 'num_subjects': None,
            'brainscore_link': link, **data_facts}
    data['extra_notes'] = data['extra_notes'].format(selection=benchmark.neuron_selection)
    return {'stimulus_set': stimuli, 'data': data,
            'metric': {'type': metric, 'reference': metric_class.REFERENCE, 'public': True,
                       'brainscore_link': f"{_SOURCE}/metrics/{metric_class.__module__.split('.')[2]}",
                       'extra_notes': metric_class.NOTES}}


def _published_facts(recording: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return published(recording).stimulus_facts, published(recording).data_facts


def _data_plugin(recording: str) -> str:
    return next(plugin.name for plugin in own_plugins() if plugin.type == 'data' and
                recording in {identifier.split('.')[0] for identifier in plugin.identifiers})
