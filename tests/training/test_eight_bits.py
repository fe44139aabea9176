"""Weights in eight bits: how far they are from what they stand for, and that all that reads weights reads them."""
import numpy as np
import pytest
import torch
from brainscore_vision.models.alexnet64.model import convolutional_trunk, load_weights
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save_file

from training.backbone import SHAPES, first_filters, read_weights
from training.eight_bits import SCALE, from_eight_bits, to_eight_bits


@given(seed=st.integers(0, 2 ** 32 - 1), size=st.floats(1e-6, 1e6), zero=st.booleans())
def test_no_weight_moves_by_more_than_half_a_step(seed, size, zero):
    filters = size * torch.randn(5, 3, 4, 4, generator=torch.Generator().manual_seed(seed))
    filters[0] *= 1e-3  # each filter has steps of its own
    if zero:
        filters[1] = 0
    found = from_eight_bits(to_eight_bits({'conv1.weight': filters}))['conv1.weight']
    half_step = filters.flatten(1).abs().amax(dim=1) / 127 / 2
    assert ((found - filters).flatten(1).abs().amax(dim=1) <= half_step * (1 + 1e-5)).all()


def test_weights_of_floating_point_are_left_as_they_are(weights):
    assert all(torch.equal(tensor, weights[name]) for name, tensor in from_eight_bits(weights).items())


@pytest.fixture
def weights():
    generator = torch.Generator().manual_seed(0)
    return {name: torch.randn(shape, generator=generator) for name, shape in SHAPES.items()}


@pytest.fixture
def file(weights, tmp_path):
    path = tmp_path / 'network.safetensors'
    save_file(to_eight_bits(weights), path)
    return path


def test_all_that_reads_weights_reads_the_same(file, weights):
    assert file.stat().st_size < .52 * 2 * sum(tensor.numel() for tensor in weights.values())
    read, network = read_weights(file), convolutional_trunk()
    load_weights(network, file)
    for name, tensor in read.items():
        assert torch.equal(network.state_dict()[name.replace('.', '.0.')], tensor.float())
    np.testing.assert_array_equal(first_filters(file), read['conv1.weight'].numpy())


def test_whole_numbers_without_their_scale_are_refused(file, weights):
    lacking = {name: tensor for name, tensor in to_eight_bits(weights).items() if name != 'conv2.weight' + SCALE}
    save_file(lacking, file)
    with pytest.raises(ValueError, match=r"network\.safetensors: 'conv2\.weight' is int8"):
        read_weights(file)
    with pytest.raises(ValueError, match=r'network\.safetensors does not hold the weights'):
        load_weights(convolutional_trunk(), file)
