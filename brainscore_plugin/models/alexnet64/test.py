import hashlib
import json

import pytest
import torch
from brainscore_vision import load_model, load_stimulus_set
from brainscore_vision.models.alexnet64.model import CARDS, check_card, convolutional_trunk, load_weights
from brainscore_vision.models.alexnet64.weights import weights_file
from safetensors.torch import load_file, save_file

FEATURES = {'conv1': 14400, 'conv2': 9408, 'conv3': 3456, 'conv4': 2304, 'conv5': 2304}
TRAINED = ['alexnet64_simclr_imagenet', 'alexnet64_simclr_real', 'alexnet64_simclr_painting',
           'alexnet64_simclr_clipart', 'alexnet64_simclr_infograph', 'alexnet64_simclr_sketch',
           'alexnet64_simclr_quickdraw', 'alexnet64_simclr_cremi']
MORE_SEEDS = [f'{identifier}_seed{seed}' for identifier in TRAINED for seed in (1, 2)]


def network(identifier):
    return load_model(identifier).activations_model._model


@pytest.mark.parametrize('area', ['VISp', 'VISl', 'VISal', 'VISam', 'VISpm', 'VISrl'])
def test_every_layer_is_recorded_for_a_mouse_area(area):
    model = load_model('alexnet64_untrained')
    model.start_recording(area, time_bins=[(0, 250)])
    layers = model.look_at(load_stimulus_set('SimulatedMouse'), number_of_trials=1)['layer'].values
    assert {layer: (layers == layer).sum() for layer in dict.fromkeys(layers)} == FEATURES


@pytest.mark.parametrize('region', ['V1', 'V2', 'V4', 'IT'])
def test_primate_areas_are_mapped(region):
    model = load_model('alexnet64_untrained')
    assert model.layer_model.region_layer_map[region] in FEATURES


@pytest.mark.parametrize('identifier', TRAINED)
def test_a_trained_model_has_the_weights_of_its_file(identifier):
    loaded, saved = network(identifier).state_dict(), load_file(weights_file(identifier))
    assert {name.replace('.0.', '.'): tuple(tensor.shape) for name, tensor in loaded.items()} == {
        name: tuple(tensor.shape) for name, tensor in saved.items()}
    assert all(torch.equal(loaded[name.replace('.', '.0.')], tensor.float()) for name, tensor in saved.items())


@pytest.mark.parametrize('identifier', MORE_SEEDS)
def test_weights_in_eight_bits_are_whole_numbers_times_a_scale_of_each_filter(identifier):
    loaded, saved = network(identifier).state_dict(), load_file(weights_file(identifier))
    for layer in FEATURES:
        whole, scale = saved[f'{layer}.weight'], saved[f'{layer}.weight_scale']
        assert whole.dtype == torch.int8
        assert torch.equal(loaded[f'{layer}.0.weight'], whole * scale[:, None, None, None])


def test_no_two_models_have_the_same_filters():
    filters = [network(identifier).conv1[0].weight for identifier in ['alexnet64_untrained', *TRAINED, *MORE_SEEDS]]
    assert not any(torch.allclose(one, other, atol=1e-3) for i, one in enumerate(filters) for other in filters[:i])


@pytest.mark.parametrize('identifier', [*TRAINED, *MORE_SEEDS])
def test_a_card_tells_of_the_very_weights(identifier):
    card = json.loads((CARDS / f'{identifier}.json').read_text())
    content = weights_file(identifier).read_bytes()
    assert card['name'] == identifier
    assert card['weights']['sha256'] == hashlib.sha256(content).hexdigest()
    assert card['data']['count'] > 0
    assert len(card['training']['loss']) == card['training']['epochs'] > 0
    assert card['data']['description'] in (CARDS / f'{identifier}.md').read_text()


@pytest.mark.parametrize(('weights', 'says'), [
    (None, 'no file'),
    (b'text', 'not a complete safetensors file'),
    ({'conv1.weight': torch.zeros(64, 3, 7, 7)}, 'expected .*found'),
])
def test_an_error_names_the_file_of_the_weights(tmp_path, weights, says):
    path = tmp_path / 'mine.safetensors'
    if isinstance(weights, dict):
        save_file(weights, path)
    elif weights is not None:
        path.write_bytes(weights)
    with pytest.raises((FileNotFoundError, ValueError), match=rf'mine\.safetensors.*{says}|{says}.*mine\.safetensors'):
        load_weights(convolutional_trunk(), path)


def test_a_card_of_other_weights_is_noticed(tmp_path):
    weights, card = tmp_path / 'mine.safetensors', tmp_path / 'mine.json'
    save_file({'a': torch.zeros(1)}, weights)
    check_card(card, weights)  # a model without a card
    card.write_text(json.dumps({'weights': {'sha256': hashlib.sha256(weights.read_bytes()).hexdigest()}}))
    check_card(card, weights)
    save_file({'a': torch.ones(1)}, weights)
    with pytest.raises(ValueError, match=r'mine\.json is the card of other weights'):
        check_card(card, weights)
    card.write_text('[]')
    with pytest.raises(ValueError, match=r'mine\.json cannot be read'):
        check_card(card, weights)
