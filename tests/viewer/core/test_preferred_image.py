"""Preferred images and receptive fields of channels."""
import numpy as np
import pytest
import torch
from torch import nn

from napari_viewer.core.networks import open_network
from napari_viewer.core.preferred_image import STEPS, preferred_image, receptive_field
from napari_viewer.core.unit_figure import unit_figure


@pytest.fixture(scope='module')
def network():
    """Two layers of 5 x 5 and 3 x 3: fields of 5 and 7 pixels."""
    torch.manual_seed(0)
    network = open_network(nn.Sequential(nn.Conv2d(3, 4, 5), nn.ReLU(), nn.Conv2d(4, 6, 3)))
    network.input_size = 32
    return network


def test_a_preferred_image_drives_the_channel_more_than_any_of_noise(network):
    made = list(preferred_image(network, '2', 3))
    assert len(made) == STEPS
    noise = np.random.default_rng(0).integers(0, 256, (20, 32, 32, 3), dtype=np.uint8)
    responses = network.maps(np.concatenate([made[-1][None], noise]))['2'][:, 3].mean(axis=(1, 2))
    assert responses[0] > responses[1:].max() + 3 * responses[1:].std()
    assert (made[-1] == list(preferred_image(network, '2', 3))[-1]).all()  # seeded


def test_a_receptive_field_is_as_wide_as_the_kernels_make_it(network):
    for layer, width in (('0', 5), ('2', 7)):
        field = receptive_field(network, layer, 1)
        rows, columns = np.nonzero(field)
        assert (np.ptp(rows) + 1, np.ptp(columns) + 1) == (width, width)
    assert unit_figure(np.zeros((32, 32, 3), np.uint8), field, 'a unit').std() > 5
