"""Brain-Score's face of held-out predictivity: two animals that saw different images."""
import numpy as np
import pytest
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision import load_metric
from brainscore_vision.benchmark_helpers.validate_error import assert_valid_uncertainty
from brainscore_vision.metrics.noise_corrected_pls.protocol import Protocol


def recordings(n_neurons=8, n_train=100, n_test=30, n_trials=6):
    rng = np.random.default_rng(0)
    weights, features, training, blocks = rng.standard_normal((12, 2 * n_neurons)), {}, {}, []
    for animal in (0, 1):
        ids = [f'image_{animal}_{i:03d}' for i in range(n_train + n_test)]
        own = rng.standard_normal((len(ids), 12))
        features.update(zip(ids, own))
        responses = own @ weights[:, animal * n_neurons:][:, :n_neurons]
        names = [f'{animal}.{i}' for i in range(n_neurons)]
        training[str(animal)] = assembly(
            ids[:n_train], 1, responses[:n_train] + rng.standard_normal((n_train, n_neurons)), names, animal)
        trials = responses[n_train:, None] + rng.standard_normal((n_test, n_trials, n_neurons))
        values = np.full((n_test * n_trials, 2 * n_neurons), np.nan)
        values[:, animal * n_neurons:][:, :n_neurons] = trials.reshape(-1, n_neurons)
        blocks.append((ids[n_train:], values))
    names = [f'{animal}.{i}' for animal in (0, 1) for i in range(n_neurons)]
    target = assembly(blocks[0][0] + blocks[1][0], n_trials, np.concatenate([values for _, values in blocks]), names,
                      np.repeat([0, 1], n_neurons))
    ids = list(features)
    source = NeuroidAssembly(np.stack([features[i] for i in ids]), dims=['presentation', 'neuroid'], coords={
        'stimulus_id': ('presentation', ids), 'shown': ('presentation', range(len(ids))),
        'neuroid_id': ('neuroid', range(12)), 'layer': ('neuroid', ['layer'] * 12)})
    return source, target, training


def assembly(ids, n_trials, values, names, animals):
    animals = np.broadcast_to(np.asarray(animals).astype(str), len(names))
    return NeuroidAssembly(values, dims=['presentation', 'neuroid'], coords={
        'stimulus_id': ('presentation', np.repeat(ids, n_trials)),
        'repetition': ('presentation', np.tile(np.arange(n_trials), len(ids))),
        'neuroid_id': ('neuroid', names), 'animal': ('neuroid', animals),
        'region': ('neuroid', ['VISp'] * len(names))})


@pytest.mark.parametrize('metric', ['noise_corrected_pls_held_out', 'noise_corrected_pls_pooled_held_out'])
def test_animals_are_scored_on_their_own_images(metric):
    source, target, training = recordings()
    score = load_metric(metric, protocol=Protocol(1, 5, n_components=12))(source, target, training.__getitem__)
    assert score.item() == pytest.approx(1, abs=.1)
    assert score.attrs['animals'].sizes == {'animal': 2}
    assert score.attrs['corrected'].sizes['split'] == 1
    assert score.attrs['error_over'] == ['animal', 'image']
    assert_valid_uncertainty(score)


def test_the_reliability_of_animals_that_saw_different_images_is_that_of_each():
    _, target, _ = recordings()
    together = load_metric('split_half_reliability')(target).raw
    for animal in ('0', '1'):
        own = target.isel(neuroid=np.flatnonzero(target['animal'].values == animal))
        own = own.isel(presentation=np.flatnonzero(np.isfinite(own.values).all(axis=1)))
        alone = load_metric('split_half_reliability')(own).raw
        mine = np.isin(together['neuroid_id'].values, own['neuroid_id'].values)
        assert together.values[:, mine] == pytest.approx(alone.values)


def test_an_image_in_training_and_test_is_refused():
    source, target, training = recordings()
    leaky = assembly(['image_0_100'], 1, np.zeros((1, 8)), training['0']['neuroid_id'].values, 0)
    with pytest.raises(ValueError, match="such as 'image_0_100'"):
        load_metric('noise_corrected_pls_held_out')(source, target, training=lambda animal: leaky)


def test_other_neurons_in_training_are_refused():
    source, target, training = recordings()
    shuffled = training['0'].isel(neuroid=np.arange(8)[::-1])
    with pytest.raises(ValueError, match='neurons of the training trials of 0'):
        load_metric('noise_corrected_pls_held_out')(source, target, training=lambda animal: shuffled)
