"""Split-half reliability: Brain-Score's internal consistency, faster."""
import numpy as np
import pytest
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision import load_metric


def recordings(n_images=20, n_trials=10, n_neurons=6, seed=0):
    rng = np.random.default_rng(seed)
    values = rng.standard_normal((n_images, 1, n_neurons)) + rng.standard_normal((n_images, n_trials, n_neurons))
    return NeuroidAssembly(values.reshape(n_images * n_trials, n_neurons), dims=['presentation', 'neuroid'], coords={
        'stimulus_id': ('presentation', np.repeat([f'image_{i}' for i in range(n_images)], n_trials)),
        'repetition': ('presentation', np.tile(np.arange(n_trials), n_images)),
        'neuroid_id': ('neuroid', np.arange(n_neurons)),
        'region': ('neuroid', ['VISp'] * n_neurons)})


def test_is_brainscores_internal_consistency():
    assembly = recordings()
    ours, theirs = load_metric('split_half_reliability')(assembly), load_metric('internal_consistency')(assembly)
    assert float(ours) == pytest.approx(float(theirs), abs=1e-6)
    assert ours.attrs['error'] == pytest.approx(float(theirs.attrs['error']), abs=1e-6)
    assert np.sort(ours.raw.values, axis=None) == pytest.approx(np.sort(theirs.raw.values, axis=None), abs=1e-6)


def test_missing_trials_are_left_out():
    assembly = recordings(n_trials=20)
    whole = float(load_metric('split_half_reliability')(assembly))
    values = assembly.values.copy()
    values[assembly['repetition'].values == 3] = np.nan
    assembly.values = values
    assert float(load_metric('split_half_reliability')(assembly)) == pytest.approx(whole, abs=.05)


def test_one_repetition_is_a_clear_error():
    with pytest.raises(ValueError, match='1 repetition'):
        load_metric('split_half_reliability')(recordings(n_trials=1))
