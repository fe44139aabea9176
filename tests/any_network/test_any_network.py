"""Any network by its name: what the names say, what is recorded, and what is chosen."""
import re

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn
from typer.testing import CliRunner

from brainscore_plugin.any_network import NetworkName, is_network_name, load_model
from brainscore_plugin.any_network.layers import chosen_layers, recordable_layers
from brainscore_plugin.any_network.named_model import described_network
from brainscore_plugin.any_network.network_name import with_defaults
from brainscore_plugin.any_network.plugin.preprocessing import preprocess
from brainscore_plugin.any_network.plugin.recorder import per_image
from brainscore_plugin.command_line import app

OWN = '''
import torch
from torch import nn


class Odd(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, stride=4)
        self.relu = nn.ReLU(inplace=True)
        self.pair, self.named = Pair(), Named()
        self.time_first = nn.GRU(4, 6)
        self.bias = Bias()
        self.image_size = (24, 32)

    def forward(self, images):
        maps = self.relu(self.conv(images)) + self.bias(images)
        tokens = self.named(self.pair(maps)[0])['tokens']
        return self.time_first(tokens.movedim(1, 0))[0]


class Pair(nn.Module):
    def forward(self, maps):
        return maps * 2, maps.shape


class Named(nn.Module):
    def forward(self, maps):
        return {'size': maps.shape[-1], 'tokens': maps.flatten(2).mT}


class Bias(nn.Module):  # the same whatever is shown
    def forward(self, images):
        return torch.ones(1, 4, 1, 1)


def odd():
    return Odd()


def halved():
    return nn.Sequential(nn.Conv2d(3, 4, 3, stride=8), nn.ReLU()).bfloat16()


def no_network():
    return 3


def unsteady():
    network, contrast = nn.Sequential(nn.Conv2d(3, 4, 3, stride=8), nn.ReLU()), time.time() % 1000
    network.register_forward_pre_hook(lambda module, images: (images[0] * contrast,))
    return network


import time
'''


@pytest.fixture
def own(tmp_path):
    path = tmp_path / 'mine.py'
    path.write_text(OWN)
    return path


@pytest.fixture
def image(tmp_path):
    path = tmp_path / 'noise.png'
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)).save(path)
    return path


@pytest.mark.parametrize(('name', 'expected'), [
    ('torchvision:resnet18', NetworkName('torchvision', 'resnet18', weights='DEFAULT')),
    ('torchvision:resnet18@IMAGENET1K_V1@64px',
     NetworkName('torchvision', 'resnet18', weights='IMAGENET1K_V1', image_size=(64, 64))),
    ('timm:vit_tiny_patch16_224@seed3@64x96px',
     NetworkName('timm', 'vit_tiny_patch16_224', seed=3, image_size=(64, 96))),
    ('timm:vit@w.safetensors', NetworkName('timm', 'vit', weights='w.safetensors')),
])
def test_a_name_says_source_weights_and_size(name, expected):
    assert NetworkName.parse(name) == expected


@pytest.mark.parametrize('name', ['timm:vit@64', 'torchvision:', 'mine.py:f@best', 'pixels64@none', 'torchvision:r@'])
def test_what_is_no_name_is_refused_with_the_form_that_is_expected(name):
    with pytest.raises(ValueError, match='expected SOURCE:NETWORK'):
        NetworkName.parse(name)


def test_defaults_are_added_where_a_name_has_none():
    assert with_defaults('torchvision:resnet18', 'none', '64px') == 'torchvision:resnet18@none@64px'
    assert with_defaults('torchvision:resnet18@seed2', 'none', '64px') == 'torchvision:resnet18@seed2@64px'
    assert with_defaults('timm:vit@32px', 'none', '64px') == 'timm:vit@32px@none'
    assert with_defaults('pixels64', 'none', '64px') == 'pixels64'
    assert not is_network_name('SimulatedMouse.VISp-pls')


def test_random_weights_are_seeded_and_leave_the_global_generator():
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    first, again, other = (load_model(f'torchvision:squeezenet1_1@{seed}@64px').activations_model._model.state_dict()
                           for seed in ('none', 'seed0', 'seed1'))
    assert torch.rand(1) == expected
    name = 'features.0.weight'
    assert torch.equal(first[name], again[name])
    assert not torch.equal(first[name], other[name])


def test_published_weights_that_are_not_here_are_never_replaced_by_random_ones(monkeypatch, tmp_path, without_network):
    monkeypatch.setenv('TORCH_HOME', str(tmp_path))
    with pytest.raises(FileNotFoundError, match='not here and have not been fetched.*@none'):
        load_model('torchvision:resnet18')
    result = CliRunner().invoke(app, ['layers', 'torchvision:resnet18'])
    assert result.exit_code == 1
    assert 'will be fetched from https://download.pytorch.org' in result.output
    assert "ask for random weights by 'torchvision:resnet18@none'" in result.output
    assert list(tmp_path.rglob('*.pth')) == []


@pytest.mark.parametrize(('name', 'error', 'says'), [
    ('torchvision:resnet19@none', LookupError, 'torchvision has no model'),
    ('torchvision:resnet18@IMAGENET9', LookupError, 'it has IMAGENET1K_V1'),
    ('torchvision:inception_v3@none@64px', ValueError, 'does not run on images of 64 x 64 pixels'),
    ('torchvision:resnet18@absent.safetensors', FileNotFoundError, 'absent.safetensors'),
    ('{own}:nothing', LookupError, 'it has odd, halved, no_network'),
    ('{own}:no_network', ValueError, 'returns int, expected a torch.nn.Module'),
])
def test_what_cannot_be_built_says_why(own, name, error, says):
    with pytest.raises(error, match=re.escape(says)):
        load_model(name.format(own=own))


def test_any_output_is_recorded_image_by_image(own, image):
    network, settings = described_network(NetworkName.parse(f'{own}:odd'))
    assert settings['image_size'] == (24, 32)
    assert settings['all_layers'] == ['conv', 'relu', 'pair', 'named', 'time_first']  # not the bias
    assert settings['axes'] == {'time_first': 1}
    model = load_model(f'{own}:odd')
    recorded = model.activations_model.get_activations(
        preprocess([str(image)], (24, 32), [0] * 3, [1] * 3, 'bilinear'), settings['all_layers'])
    assert {layer: values.shape for layer, values in recorded.items()} == {
        'conv': (1, 192), 'relu': (1, 192), 'pair': (1, 192), 'named': (1, 192), 'time_first': (1, 288)}
    assert recorded['conv'].min() < 0 == recorded['relu'].min()  # what works in place behind it changes nothing
    assert all(values.dtype == np.float32 for values in recorded.values())


def test_half_precision_is_recorded_as_float32(own, image):
    features = load_model(f'{own}:halved@32px').activations_model([str(image)], layers=['1'])
    assert features.dtype == np.float32
    assert np.isfinite(features.values).all()
    assert features.values.any()


def test_windows_and_tokens_are_flattened_in_their_order():
    tokens = torch.arange(2 * 3 * 4.).reshape(2, 3, 4)
    assert torch.equal(per_image(tokens, 2), tokens.reshape(2, 12))
    assert torch.equal(per_image([tokens.movedim(0, 1), 3], 2, axis=1), tokens.reshape(2, 12))
    assert per_image(torch.ones(3, 2), 2) is None
    assert per_image({'ids': torch.ones(2, 3, dtype=torch.long)}, 2) is None


@pytest.mark.parametrize(('name', 'first', 'last', 'count'), [
    ('alexnet', 'features.1', 'features.11', 5), ('resnet18', 'relu', 'layer4.1', 9),
    ('mobilenet_v2', 'features.0', 'features.18', 16), ('convnext_tiny', 'features.0', 'features.7', 8)])
def test_chosen_layers_are_convolutions_or_blocks(name, first, last, count):
    from torchvision import models
    with torch.device('meta'):
        network = models.get_model(name)
    network = network.to_empty(device='cpu').eval()
    for weights in network.state_dict().values():
        weights.fill_(.001)
    layers = recordable_layers(network, (32, 32) if name != 'alexnet' else (64, 64))
    chosen = chosen_layers(network, layers)
    assert (chosen[0], chosen[-1], len(chosen)) == (first, last, count)
    assert set(chosen) <= {layer.name for layer in layers}


def test_a_network_without_maps_has_its_layers_chosen_too():
    network = nn.Sequential(nn.Flatten(), nn.Linear(48, 8), nn.ReLU(), nn.Linear(8, 3)).eval()
    assert chosen_layers(network, recordable_layers(network, (4, 4))) == ['2', '3']


def test_the_whole_image_is_resized(image):
    values = preprocess([str(image)], (20, 30), (.5, .5, .5), (.5, .5, .5), 'bicubic')
    assert values.shape == (1, 3, 20, 30)
    with Image.open(image) as opened:
        expected = np.asarray(opened.resize((30, 20), Image.Resampling.BICUBIC)).transpose(2, 0, 1) / 127.5 - 1
    assert values[0] == pytest.approx(expected, abs=1e-5)
