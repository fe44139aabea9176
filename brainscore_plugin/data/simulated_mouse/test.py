import numpy as np
from brainscore_vision import load_dataset, load_stimulus_set
from brainscore_vision.benchmark_helpers.cache_contract import assert_stimulus_identifier_is_cacheable


def test_stimulus_set():
    stimulus_set = load_stimulus_set('SimulatedMouse')
    assert stimulus_set.identifier == 'SimulatedMouse'
    assert list(stimulus_set['stimulus_id']) == [f'simulated_scene_{i:03d}' for i in range(118)]
    assert_stimulus_identifier_is_cacheable(stimulus_set.identifier)


def test_assembly():
    assembly = load_dataset('SimulatedMouse')
    assert assembly.attrs['identifier'] == 'SimulatedMouse'
    assert assembly.dims == ('presentation', 'neuroid', 'time_bin')
    assert assembly.shape == (118 * 50, 2 * 3 * 60, 1)
    assert set(assembly['region'].values) == {'VISp', 'VISl'}
    assert len(set(assembly['animal'].values)) == 3
    assert len(set(assembly['neuroid_id'].values)) == assembly.sizes['neuroid']
    assert np.isfinite(assembly.values).all()
    assert (assembly.values >= 0).all()


def test_stimuli_of_the_assembly_are_the_stimulus_set():
    assembly = load_dataset('SimulatedMouse')
    assert set(assembly['stimulus_id'].values) == set(load_stimulus_set('SimulatedMouse')['stimulus_id'])
    assert assembly.attrs['stimulus_set_identifier'] == 'SimulatedMouse'
