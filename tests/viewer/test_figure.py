"""The viewer's pictures without a window."""
import numpy as np
import pytest

import napari_viewer
from napari_viewer.core.filter_sheet import FilterSheet
from napari_viewer.core.networks import open_network


def test_figures_are_the_sheets_of_the_views(weight_files, images, tmp_path):
    network = open_network(weight_files[0])
    made = napari_viewer.figure('filters', weight_files[:1], theme='dark', out=tmp_path / 'filters.png')
    assert (made == FilterSheet({network.name: network.filters}).draw()).all()
    assert (tmp_path / 'filters.png').stat().st_size > 1000
    light = napari_viewer.figure('activations', weight_files[:2], images=images[:3], image=2, layer='conv2')
    assert light[0, 0].mean() > 200
    assert np.ptp(light) > 200


def test_what_cannot_be_drawn_says_why():
    with pytest.raises(ValueError, match='filters, activations, neurons, matrices'):
        napari_viewer.figure('filter')
    with pytest.raises(ValueError, match='alexnet64_untrained'):
        napari_viewer.figure('filters')
