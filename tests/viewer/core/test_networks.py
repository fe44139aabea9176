"""Networks from files of weights, runs and modules; their filters and feature maps."""
import numpy as np
import pytest

from napari_viewer.core.networks import convolutional_layers, open_network
from training.backbone import CONVOLUTIONS


def test_maps_are_those_of_a_forward_pass(weight_files, images, random_weights):
    import torch
    from torchvision.models import alexnet
    network = open_network(weight_files[0])
    features = alexnet(weights=None).features.eval()
    features.load_state_dict({f'{CONVOLUTIONS[layer]}.{part}': torch.tensor(values.astype(np.float32))
                              for key, values in random_weights(0).items() for layer, part in [key.split('.')]})
    maps = network.maps(images[:2])
    x = torch.tensor((images[:2] / 255. - [.485, .456, .406]) / [.229, .224, .225]).permute(0, 3, 1, 2).float()
    with torch.inference_mode():
        for k, module in enumerate(features):
            x = module(x)
            layer = next((name for name, index in CONVOLUTIONS.items() if k == index + 1), None)
            if layer:
                np.testing.assert_allclose(maps[layer], x.numpy(), atol=1e-4)
    assert list(maps) == list(CONVOLUTIONS) == network.layers


def test_checkpoints_and_runs_are_read(tmp_path, weight_files, random_weights):
    import torch
    state = {f'backbone.{CONVOLUTIONS[layer]}.{part}': torch.tensor(values)
             for key, values in random_weights(0).items() for layer, part in [key.split('.')]}
    (tmp_path / 'myrun' / 'checkpoints').mkdir(parents=True)
    path = tmp_path / 'myrun' / 'checkpoints' / 'last.ckpt'
    torch.save({'state_dict': {**state, 'projection_head.0.weight': torch.zeros(2)}, 'epoch': 3}, path)
    for source in (path, tmp_path / 'myrun'):
        network = open_network(source)
        assert network.name == 'myrun'
        np.testing.assert_array_equal(network.filters, open_network(weight_files[0]).filters)


def test_layers_of_any_module():
    from torch import nn
    module = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(inplace=True), nn.Sequential(nn.Conv2d(4, 5, 3)), nn.Flatten())
    layers = convolutional_layers(module)
    assert layers == {'0': module[1], '2.0': module[2][0]}
    network = open_network(module)
    assert network.filters.shape == (4, 3, 3, 3)
    maps = network.maps(np.zeros((1, 16, 16, 3), np.uint8))
    assert maps['0'].shape == (1, 4, 14, 14)
    assert maps['2.0'].shape == (1, 5, 12, 12)
    assert maps['0'].min() >= 0


@pytest.mark.parametrize(('source', 'error', 'said'), [
    ('nowhere.safetensors', FileNotFoundError, "'.safetensors' file"), ('nowhere.ckpt', FileNotFoundError, 'run'),
    ('cut.safetensors', ValueError, 'not a complete safetensors'), ('other.safetensors', ValueError, 'conv1.weight'),
    ('cut.ckpt', ValueError, 'last.ckpt'), ('notes.txt', ValueError, '.safetensors')])
def test_wrong_files_raise_errors_that_say_what_to_choose(tmp_path, source, error, said):
    from safetensors.numpy import save_file
    (tmp_path / 'cut.safetensors').write_bytes(b'\x10\x00\x00')
    save_file({'fc.weight': np.zeros(3, np.float32)}, tmp_path / 'other.safetensors')
    (tmp_path / 'cut.ckpt').write_bytes(b'PK\x03\x04')
    (tmp_path / 'notes.txt').write_text('hello')
    with pytest.raises(error, match=said):
        open_network(tmp_path / source)


def test_a_network_without_convolutions_raises_an_error():
    from torch import nn
    with pytest.raises(ValueError, match='no convolutional layer'):
        open_network(nn.Linear(3, 2))


def test_a_module_stays_in_training_and_may_be_grey_or_of_half_precision():
    from torch import nn
    module = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4).eval(), nn.Dropout()).half()
    network = open_network(module)
    first, second = (network.maps(np.full((1, 16, 16, 3), 200, np.uint8))['0'] for _ in range(2))
    assert (first == second).all()
    assert first.dtype == np.float32
    assert [part.training for part in module] == [True, False, True]
    with pytest.raises(ValueError, match='5 channels'):
        open_network(nn.Conv2d(5, 4, 3)).maps(np.zeros((1, 16, 16, 3), np.uint8))
