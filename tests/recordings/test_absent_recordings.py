"""What is said where recordings, or the neurons of an area, are not there."""
import shutil

import numpy as np
import pandas as pd
import pytest
from brainscore_vision import load_benchmark, load_dataset

from brainscore_plugin.check import check_recordings
from brainscore_plugin.recordings.brainio_writer import AssemblyWriter, image_trials, write_stimuli
from brainscore_plugin.recordings.packaged_folder import packaged_folder

BENCHMARKS = {'deVries2020.VISp-pls': 'allen-calcium', 'Siegle2021.VISrl-rdm': 'allen-neuropixels',
              'Willeke2022.VISp-pls_pooled': 'sensorium2022', 'Conwell2021.VISam-rdm': 'allen-rsm'}


def package_neurons(reliability):
    """Three scenes, two trials, and neurons of VISp and VISl of these reliabilities, as deVries2020."""
    neurons = pd.DataFrame({'neuroid_id': [f'neuron_{i}' for i in range(len(reliability))], 'animal': 'mouse',
                          'region': np.resize(['VISp', 'VISl'], len(reliability)), 'reliability': reliability,
                          'p_run_mod_ns': .5, 'p_ns': .01})
    with packaged_folder('deVries2020', {}) as layout:
        stimuli = pd.DataFrame({'stimulus_id': ['scene_a', 'scene_b', 'scene_c'], 'image_number': range(3)})
        write_stimuli(layout, stimuli, np.zeros((3, 4, 5), np.uint8))
        with AssemblyWriter(layout.assembly, image_trials(stimuli['stimulus_id'], 2), [(0, 467)]) as writer:
            writer.append(np.zeros((3, 2, len(neurons))), neurons)


@pytest.mark.parametrize(('benchmark', 'name'), BENCHMARKS.items())
def test_checking_and_scoring_name_the_commands_that_get_them(benchmark, name, home):
    with pytest.raises(FileNotFoundError, match=f'recordings fetch {name}.*recordings package {name}') as checked:
        check_recordings(benchmark)
    assert '\n' not in str(checked.value)
    with pytest.raises(FileNotFoundError, match=f'recordings fetch {name}'):
        load_benchmark(benchmark).recordings  # noqa: B018


def test_checking_is_content_with_recordings_and_with_benchmarks_that_need_none(home):
    package_neurons([.9, .9])
    check_recordings('deVries2020.VISp-pls')
    check_recordings('SimulatedMouse.VISp-pls')
    assert load_benchmark('deVries2020.VISl-pls').recordings.shape == (6, 1)


@pytest.mark.parametrize(('area', 'reliability', 'says'), [
    ('VISl', [.9, .7, .9], "selection 'nayebi2023' leaves no neuron of VISl"),
    ('VISam', [.9, .9], "No neurons of 'VISam' were recorded"),
])
def test_an_area_without_neurons_says_so(area, reliability, says, home):
    package_neurons(reliability)
    with pytest.raises(ValueError, match=says):
        load_benchmark(f'deVries2020.{area}-pls').recordings  # noqa: B018


@pytest.mark.parametrize(('damage', 'says'), [
    (lambda folder: (folder / 'assy_deVries2020.nc').write_bytes(b'CDF'), 'assy_deVries2020.nc has changed'),
    (lambda folder: (folder / 'assy_deVries2020.nc').unlink(), 'assy_deVries2020.nc is missing'),
    (lambda folder: shutil.rmtree(folder / 'stimulus_deVries2020'), 'scene_a.png is missing'),
], ids=['assembly', 'no assembly', 'no images'])
def test_damaged_files_are_named(damage, says, home):
    package_neurons([.9, .9])
    damage(home / 'deVries2020')
    with pytest.raises(ValueError, match=says):
        load_dataset('deVries2020')
