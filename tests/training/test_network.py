"""The network in training, and what is exported of it: plain AlexNet, the same function."""
import numpy as np
import pytest
import torch
from brainscore_vision.models.alexnet64.model import convolutional_trunk
from torch import nn

from training.backbone import checked, trunk
from training.network import SharedBatchNorm2d, exported_weights, projection_head, trunk_to_train
from training.recipes import RECIPES, Recipe
from training.simclr import SimCLR

NORMALISED = RECIPES['normalised']
VIEWS = torch.randn(32, 3, 64, 64, generator=torch.Generator().manual_seed(0))


def _seeded(build, *arguments):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        return build(*arguments)


@pytest.mark.parametrize('steps', [0, 5])
def test_what_is_exported_is_plain_alexnet_and_the_same_function(steps):
    network = _seeded(trunk_to_train, NORMALISED)
    optimizer = torch.optim.SGD(network.parameters(), lr=.1, momentum=.9)
    for _ in range(steps):
        optimizer.zero_grad()
        (network(VIEWS) - 1).square().mean().backward()
        optimizer.step()
    plain = trunk(checked(exported_weights(network.state_dict()), 'test'))
    assert [type(layer).__name__ for layer in plain][:4] == ['Conv2d', 'ReLU', 'MaxPool2d', 'Conv2d']
    x, y = VIEWS, VIEWS
    for mine, theirs in zip(network.eval(), plain):
        x, y = mine(x), theirs(y)
        assert torch.allclose(x, y, atol=1e-5 * x.abs().max().item())
    if steps:
        assert exported_weights(network.state_dict())['conv2.bias'].abs().min() > 0


@pytest.mark.parametrize('seed', [0, 1])
def test_the_untrained_model_of_a_seed_is_where_its_training_begins(seed):
    """But for the folding of statistics that are still 0 and 1, with 1e-5 added to the variance."""
    network = SimCLR(NORMALISED, torch.zeros(2, 64, 64, 3, dtype=torch.uint8), seed).backbone
    begins = exported_weights(network.state_dict())
    model = convolutional_trunk(seed, 'kaiming').state_dict()
    for name, tensor in begins.items():
        torch.testing.assert_close(tensor, model[name.replace('.', '.0.')], rtol=1e-5, atol=0)


def test_without_normalisation_the_weights_are_exported_as_they_are():
    network = _seeded(trunk_to_train, Recipe())
    weights = exported_weights(network.state_dict())
    assert torch.equal(weights['conv4.weight'], network[8].weight)
    assert torch.equal(weights['conv4.bias'], network[8].bias)


def test_kaiming_weights_keep_the_variance_from_layer_to_layer_and_torchvisions_lose_it():
    def last_over_first(recipe):
        x = torch.randn(64, 3, 64, 64, generator=torch.Generator().manual_seed(1))
        squares = []
        for layer in _seeded(trunk_to_train, recipe).eval():
            if isinstance(layer, nn.MaxPool2d):
                continue  # of its own, pooling raises the values
            x = layer(x)
            if isinstance(layer, nn.ReLU):
                squares.append(x.square().mean().item())
        return squares[-1] / squares[0]

    kaiming = Recipe(initial_weights='kaiming')
    assert .2 < last_over_first(kaiming) < 5
    assert last_over_first(Recipe()) < .1


def test_the_first_layers_scale_is_a_factor_of_its_initial_weights_alone():
    plain, scaled = (_seeded(trunk_to_train, NORMALISED.override({'first_layer_scale': scale})) for scale in (1., .25))
    assert torch.equal(scaled[0].convolution.weight, .25 * plain[0].convolution.weight)
    assert torch.equal(scaled[3].convolution.weight, plain[3].convolution.weight)


@pytest.mark.parametrize(('settings', 'layers'), [
    ({}, ['Linear', 'SharedBatchNorm1d', 'ReLU', 'Linear', 'SharedBatchNorm1d']),
    ({'head_norm': False}, ['Linear', 'ReLU', 'Linear']),
    ({'head_norm': False, 'average_pooling': True}, ['RepeatedInputLinear', 'ReLU', 'Linear']),
])
def test_the_head_is_as_the_recipe_says(settings, layers):
    head = projection_head(NORMALISED.override(settings))
    assert [type(layer).__name__ for layer in head] == layers
    assert head(torch.rand(4, 256)).shape == (4, 128)


def _normalise_in_a_process_of_two(rank, address, folder):
    torch.distributed.init_process_group('gloo', init_method=address, rank=rank, world_size=2)
    layer = SharedBatchNorm2d(3)
    part = VIEWS[rank * 16:(rank + 1) * 16].clone().requires_grad_()
    output = layer(part)
    output.pow(3).sum().backward()
    torch.save({'output': output.detach(), 'gradient': part.grad, **layer.state_dict()}, f'{folder}/{rank}.pt')
    torch.distributed.destroy_process_group()


def test_two_processes_normalise_by_the_statistics_of_both(tmp_path):
    torch.multiprocessing.start_processes(
        _normalise_in_a_process_of_two, args=(f'file://{tmp_path}/rendezvous', tmp_path), nprocs=2,
        start_method='fork')
    shares = [torch.load(tmp_path / f'{rank}.pt', weights_only=True) for rank in range(2)]
    layer, whole = nn.BatchNorm2d(3), VIEWS.clone().requires_grad_()
    output = layer(whole)
    output.pow(3).sum().backward()
    assert torch.allclose(torch.cat([share['output'] for share in shares]), output, atol=1e-5)
    assert torch.allclose(torch.cat([share['gradient'] for share in shares]), whole.grad, atol=1e-4)
    for share in shares:
        assert torch.allclose(share['running_mean'], layer.running_mean, atol=1e-6)
        assert torch.allclose(share['running_var'], layer.running_var, atol=1e-5)
        assert share['num_batches_tracked'] == 1


def test_alone_the_shared_normalisation_is_torchs():
    mine, theirs = SharedBatchNorm2d(3), nn.BatchNorm2d(3)
    assert torch.equal(mine(VIEWS), theirs(VIEWS))
    assert np.isclose(mine.running_var[0].item(), theirs.running_var[0].item(), rtol=0)
