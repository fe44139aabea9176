"""The network computes what AlexNet with a projection head computes, on one device and on several."""
import numpy as np
import pytest
import torch
from lightly.loss import NTXentLoss
from torch import nn
from torchvision.models import alexnet

from training.graphed_step import GraphedStep
from training.network import RepeatedInputLinear
from training.nt_xent import nt_xent
from training.recipes import Recipe, named_recipe
from training.simclr import SimCLR

RECIPE = Recipe(batch_size=8, head_width=32)
IMAGES = torch.randint(0, 256, (16, 64, 64, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


def _views(n=16):
    return torch.randn(n, 3, 64, 64, generator=torch.Generator().manual_seed(2))


def test_the_layer_for_repeated_inputs_is_the_plain_layer():
    torch.manual_seed(0)
    short = RepeatedInputLinear(6, 5, repeats=4)
    plain = nn.Linear(24, 5)
    plain.load_state_dict(short.state_dict())
    inputs = torch.randn(7, 6, requires_grad=True)
    repeated = inputs.detach().repeat_interleave(4, dim=1).requires_grad_()
    (short(inputs) ** 2).sum().backward()
    (plain(repeated) ** 2).sum().backward()
    assert torch.allclose(short(inputs), plain(repeated), atol=1e-5)
    for mine, theirs in zip(short.parameters(), plain.parameters()):
        assert torch.allclose(mine.grad, theirs.grad, atol=1e-5, rtol=1e-5)
    assert torch.allclose(inputs.grad, repeated.grad.view(7, 6, 4).sum(-1), atol=1e-5, rtol=1e-5)


def test_embeddings_and_gradients_are_those_of_alexnet_with_its_pooling():
    module = SimCLR(RECIPE, IMAGES)
    torch.manual_seed(1)
    whole = alexnet(weights=None)
    head = nn.Sequential(nn.Linear(9216, 32), nn.ReLU(), nn.Linear(32, 128))
    whole.features.load_state_dict(module.backbone.state_dict())
    head.load_state_dict(module.projection_head.state_dict())
    views = _views()
    mine, theirs = module(views), head(whole.avgpool(whole.features(views)).flatten(1))
    assert torch.allclose(mine, theirs, atol=1e-5)
    mine.square().sum().backward()
    theirs.square().sum().backward()
    parameters = list(whole.features.parameters()) + list(head.parameters())
    for one, other in zip(module.parameters(), parameters):
        assert torch.allclose(one.grad, other.grad, atol=1e-5, rtol=1e-4)


def test_the_loss_is_nt_xent():
    a, b = torch.randn(2, 6, 10, generator=torch.Generator().manual_seed(0)).double()
    z = np.concatenate([a, b]) / np.linalg.norm(np.concatenate([a, b]), axis=1, keepdims=True)
    similarity = np.exp(z @ z.T / RECIPE.temperature)
    expected = np.mean([-np.log(similarity[i, (i + 6) % 12] / (similarity[i].sum() - similarity[i, i]))
                        for i in range(12)])  # Chen et al. 2020, Eq. 1
    assert np.isclose(SimCLR(RECIPE, IMAGES).loss(a, b).item(), expected, rtol=1e-6)


def test_initial_weights_follow_from_the_seed_and_leave_the_generator_alone():
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    first, again, other = (SimCLR(RECIPE, IMAGES, seed).backbone[0].weight for seed in (1, 1, 2))
    assert torch.equal(torch.rand(1), expected)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def _embed_in_a_process_of_two(rank, address, folder):
    torch.distributed.init_process_group('gloo', init_method=address, rank=rank, world_size=2)
    module = SimCLR(RECIPE, IMAGES)
    wrapped = nn.parallel.DistributedDataParallel(module)
    first, second = _views().chunk(2)
    mine = torch.cat([first[rank * 4:(rank + 1) * 4], second[rank * 4:(rank + 1) * 4]])
    loss = module.loss(*wrapped(mine).chunk(2))
    loss.backward()
    torch.save({'loss': loss.item(), 'gradient': module.backbone[0].weight.grad}, f'{folder}/{rank}.pt')
    torch.distributed.destroy_process_group()


def test_two_processes_have_the_loss_and_gradients_of_one(tmp_path):
    torch.multiprocessing.start_processes(
        _embed_in_a_process_of_two, args=(f'file://{tmp_path}/rendezvous', tmp_path), nprocs=2, start_method='fork')
    shared = [torch.load(tmp_path / f'{rank}.pt', weights_only=True) for rank in range(2)]
    module = SimCLR(RECIPE, IMAGES)
    loss = module.loss(*module(_views()).chunk(2))
    loss.backward()
    assert np.isclose(np.mean([result['loss'] for result in shared]), loss.item(), rtol=1e-5)
    for result in shared:
        assert torch.allclose(result['gradient'], module.backbone[0].weight.grad, atol=1e-5, rtol=1e-4)
    alone = NTXentLoss(RECIPE.temperature)
    first, second = module(_views()).chunk(2)
    assert abs(alone(first[:4], second[:4]).item() - loss.item()) > .1  # what a device sees by itself is another loss


def test_the_loss_of_graphs_is_that_of_lightly():
    a, b = torch.randn(2, 6, 10, generator=torch.Generator().manual_seed(0)).double().requires_grad_()
    losses = NTXentLoss(.1)(a, b), nt_xent(a, b, .1)
    gradients = [torch.autograd.grad(loss, (a, b), retain_graph=True) for loss in losses]
    assert torch.allclose(*losses, rtol=1e-12)
    for theirs, mine in zip(*gradients):
        assert torch.allclose(theirs, mine, atol=1e-12)


@pytest.mark.skipif(not torch.cuda.is_available(), reason='CUDA graphs need a GPU of Nvidia')
def test_a_graphed_step_is_the_step_and_leaves_statistics_and_generator_alone():
    modules = [SimCLR(named_recipe('normalised'), IMAGES.cuda()).to('cuda', memory_format=torch.channels_last)
               for _ in range(2)]
    numbers = torch.arange(8, device='cuda')
    for module, is_graphed in zip(modules, (False, True)):
        module.generator, module.is_graphed = torch.Generator('cuda').manual_seed(5), is_graphed
    plain, graphed = modules
    with torch.autocast('cuda', torch.bfloat16):
        step = GraphedStep(graphed.contrast, graphed, graphed.generator, numbers)
        for shift in range(3):
            plain.zero_grad()
            loss = plain.contrast(numbers + shift)
            loss.backward()
            assert torch.allclose(step(numbers + shift), loss, rtol=1e-3)
    for one, other in zip(plain.parameters(), graphed.parameters()):
        assert (one.grad - other.grad).norm() < .05 * one.grad.norm()
    for one, other in zip(plain.buffers(), graphed.buffers()):
        assert torch.allclose(one.float(), other.float(), rtol=1e-2)
