"""Figures of models' filters by the models' names."""
import numpy as np
import pytest
from PIL import Image

from brainscore_plugin.filter_figures import draw
from brainscore_plugin.link import PLUGIN_ROOT

MODEL = 'alexnet64_simclr_sketch'
FILE = str(PLUGIN_ROOT / 'models' / 'alexnet64' / 'weights' / f'{MODEL}.safetensors')


def test_filters_are_drawn_one_figure_a_model(tmp_path):
    figures = list(draw(['alexnet64_untrained', FILE], tmp_path / 'filters'))
    assert figures == [tmp_path / 'filters' / f'{name}.png' for name in ('alexnet64_untrained', MODEL)]
    one, other = (np.asarray(Image.open(figure).convert('RGB')) for figure in figures)
    assert one.shape == other.shape
    assert (one != other).any()


def test_another_network_is_told_and_nothing_is_drawn(tmp_path):
    with pytest.raises(ValueError, match="Model 'pixels64' has no 'conv1.weight'"):
        list(draw(['pixels64'], tmp_path / 'filters'))
    assert not (tmp_path / 'filters').exists()
