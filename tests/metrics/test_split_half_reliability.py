"""Split-half reliability: Brain-Score's internal consistency, faster."""
import numpy as np
import pytest
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision import load_metric


def recordings(n_images=20, n_trials=10, n_neurons=6, seed=0, dtype=float):
    rng = np.random.default_rng(seed)
    values = rng.standard_normal((n_images, 1, n_neurons)) + rng.standard_normal((n_images, n_trials, n_neurons))
    return NeuroidAssembly(values.reshape(n_images * n_trials, n_neurons).astype(dtype),
                           dims=['presentation', 'neuroid'], coords={
        'stimulus_id': ('presentation', np.repeat([f'image_{i}' for i in range(n_images)], n_trials)),
        'repetition': ('presentation', np.tile(np.arange(n_trials), n_images)),
        'neuroid_id': ('neuroid', [f'neuron_{i:03d}' for i in range(n_neurons)]),
        'region': ('neuroid', ['VISp'] * n_neurons)})


def raw(assembly, metric='split_half_reliability'):
    """Reliabilities (split, neuroid) in the order of the names: Brain-Score sorts them."""
    values = load_metric(metric)(assembly).raw.transpose('split', 'neuroid')
    return values.values[:, np.argsort(values['neuroid_id'].values)]


@pytest.mark.parametrize(('n_trials', 'n_neurons', 'dtype'), [(10, 6, float), (11, 6, float), (10, 150, np.float32)],
                         ids=['even', 'odd number of trials', 'many neurons in single precision'])
def test_is_brainscores_internal_consistency(n_trials, n_neurons, dtype):
    assembly = recordings(n_trials=n_trials, n_neurons=n_neurons, dtype=dtype)
    ours, theirs = load_metric('split_half_reliability')(assembly), load_metric('internal_consistency')(assembly)
    assert float(ours) == pytest.approx(float(theirs), abs=1e-6)
    assert ours.attrs['error'] == pytest.approx(float(theirs.attrs['error']), abs=1e-6)
    assert raw(assembly) == pytest.approx(raw(assembly, 'internal_consistency'), abs=1e-6)


def test_the_order_of_presentations_does_not_matter():
    assembly = recordings()
    shuffled = assembly.isel(presentation=np.random.default_rng(0).permutation(assembly.sizes['presentation']))
    assert raw(shuffled) == pytest.approx(raw(assembly))


def test_a_baseline_and_a_scale_of_each_neuron_do_not_matter():
    assembly = recordings()
    assert raw(assembly.copy(data=1e6 + 10 * assembly.values)) == pytest.approx(raw(assembly), abs=1e-6)


@pytest.mark.parametrize('constant', [0, .1])
def test_a_constant_neuron_has_no_reliability(constant):
    values = recordings().values.copy()
    values[:, 2] = constant
    assembly = recordings().copy(data=values)
    assert np.isnan(raw(assembly)[:, 2]).all()
    assert np.isfinite(np.delete(raw(assembly), 2, axis=1)).all()
    assert np.isfinite(float(load_metric('split_half_reliability')(assembly)))


def test_missing_trials_are_left_out():
    assembly = recordings(n_trials=20)
    whole = float(load_metric('split_half_reliability')(assembly))
    values = assembly.values.copy()
    values[assembly['repetition'].values == 3] = np.nan
    assembly.values = values
    assert float(load_metric('split_half_reliability')(assembly)) == pytest.approx(whole, abs=.05)


def test_a_missing_trial_is_missing_only_to_its_neuron():
    assembly = recordings()
    values = assembly.values.copy()
    values[7, 2] = np.nan
    holed = raw(assembly.copy(data=values))
    assert np.isfinite(holed).all()
    others = np.arange(6) != 2
    assert (holed[:, others] == raw(assembly)[:, others]).all()
    assert (holed[:, 2] != raw(assembly)[:, 2]).all()


def test_one_trial_is_a_clear_error():
    with pytest.raises(ValueError, match=r'1 trial\(s\)'):
        load_metric('split_half_reliability')(recordings(n_trials=1))


def test_two_trials_of_one_number_are_a_clear_error():
    assembly = recordings(n_trials=4)
    twice = assembly.isel(presentation=[*range(80), 6])
    with pytest.raises(ValueError, match="2 trials of 'image_1' have the number 2"):
        load_metric('split_half_reliability')(twice)
