"""The backbone as file, filters and network; and the plugin, which has a copy of its own, is the same network."""
import subprocess
import sys

import numpy as np
import pytest
import torch
from brainscore_vision.models.alexnet64 import model as plugin
from brainscore_vision.models.alexnet64.weights import weights_file
from safetensors.torch import save_file
from torchvision.models import alexnet
from torchvision.transforms.functional import normalize

from training import backbone
from training.backbone import CONVOLUTIONS, SHAPES, first_filters, read_weights, trunk

WEIGHTS = weights_file('alexnet64_simclr_sketch')


def test_the_plugin_has_the_same_constants():
    for name in ('CONVOLUTIONS', 'IMAGENET_MEAN', 'IMAGENET_STD'):
        assert getattr(plugin, name) == getattr(backbone, name)
    state = plugin.convolutional_trunk().state_dict()
    assert {name.replace('.0.', '.'): tuple(tensor.shape) for name, tensor in state.items()} == SHAPES


def test_the_plugin_computes_the_same_features_from_the_same_file():
    images = torch.from_numpy(np.random.default_rng(0).random((2, 3, 64, 64), dtype=np.float32))
    x = y = normalize(images, backbone.IMAGENET_MEAN, backbone.IMAGENET_STD)
    theirs, ours = plugin.convolutional_trunk(), trunk(read_weights(WEIGHTS))
    plugin.load_weights(theirs, WEIGHTS)
    behind = {'pool1': 3, 'pool2': 6, **{layer: index + 2 for layer, index in CONVOLUTIONS.items()}}
    done = 0
    with torch.no_grad():
        for name, block in theirs.named_children():
            x, y = block(x), ours[done:behind[name]](y)
            done = behind[name]
            assert x.abs().max() > 0
            assert torch.equal(x, y), name


def test_shapes_are_torchvisions():
    features = alexnet(weights=None).features
    found = {f'{layer}.{part}': tuple(getattr(features[index], part).shape)
             for layer, index in CONVOLUTIONS.items() for part in ('weight', 'bias')}
    assert found == SHAPES


def test_filters_are_the_same_from_a_file_its_weights_and_its_network():
    weights = read_weights(WEIGHTS)
    filters = first_filters(WEIGHTS)
    assert filters.shape == (64, 3, 11, 11)
    assert filters.dtype == np.float32
    assert np.array_equal(filters, weights['conv1.weight'].float().numpy())
    assert np.array_equal(filters, first_filters(weights))
    assert np.array_equal(filters, first_filters(trunk(weights)))
    named = plugin.convolutional_trunk()
    plugin.load_weights(named, WEIGHTS)
    assert np.array_equal(filters, first_filters(named, 'conv1'))


@pytest.mark.parametrize(('network', 'layer', 'says'), [
    (torch.nn.ReLU(), None, 'no convolution'), (plugin.convolutional_trunk(), 'conv6', "no layer 'conv6'"),
    (plugin.convolutional_trunk(), 'pool1', "no layer 'pool1' with filters")])
def test_a_network_without_filters_is_told(network, layer, says):
    with pytest.raises(LookupError, match=says):
        first_filters(network, layer)


@pytest.mark.parametrize('read', [first_filters, read_weights])
def test_files_without_filters_are_told(tmp_path, read):
    with pytest.raises(FileNotFoundError, match='brainscore-mouse export'):
        read(tmp_path / 'none.safetensors')
    path = tmp_path / 'mine.safetensors'
    path.write_bytes(b'\x80\x04.')
    with pytest.raises(ValueError, match='not a complete safetensors file'):
        read(path)
    save_file({'fc.weight': torch.zeros(1)}, path)
    with pytest.raises(ValueError, match=r"no 'conv1\.weight'.*found fc\.weight"):
        read(path)


def test_filters_of_a_file_are_read_without_pytorch():
    program = ('import sys; from pathlib import Path; from training.backbone import first_filters; '
               'first_filters(Path(sys.argv[1])); sys.exit("torch" in sys.modules)')
    assert subprocess.run([sys.executable, '-c', program, WEIGHTS]).returncode == 0


def test_weights_of_another_network_are_refused(tmp_path):
    path = tmp_path / 'other.safetensors'
    good = {name: torch.zeros(shape) for name, shape in SHAPES.items()}
    for bad, says in [({**good, 'conv1.weight': torch.zeros(64, 3, 7, 7)}, r'float32 of shape \(64, 3, 7, 7\)'),
                      ({**good, 'fc.weight': torch.zeros(1)}, "'fc.weight', which is not a weight"),
                      ({**good, 'conv5.bias': torch.zeros(256, dtype=torch.int64)}, 'int64'),
                      ({**good, 'conv1.bias': torch.full((64,), torch.nan)}, 'not finite'),
                      ({'conv1.weight': good['conv1.weight']}, "no 'conv1.bias'")]:
        save_file(bad, path)
        with pytest.raises(ValueError, match=says):
            read_weights(path)
