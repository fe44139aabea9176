"""Weights, filters and accuracies of models by their names."""
import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image

from brainscore_plugin.filter_figures import draw
from brainscore_plugin.link import PLUGIN_ROOT
from brainscore_plugin.named_backbone import named_backbone
from brainscore_plugin.probe_table import as_text, write_csv
from training.backbone import SHAPES

MODEL = 'alexnet64_simclr_sketch'
FILE = str(PLUGIN_ROOT / 'models' / 'alexnet64' / 'weights' / f'{MODEL}.safetensors')


def test_a_model_and_its_file_have_the_same_weights():
    of_model, of_file = named_backbone(MODEL), named_backbone(FILE)
    assert list(of_model) == list(of_file) == list(SHAPES)
    assert all(torch.equal(of_model[name], tensor.float()) for name, tensor in of_file.items())


@pytest.mark.parametrize(('model', 'error', 'says'), [
    ('alexnet46_untrained', LookupError, 'Did you mean alexnet64_untrained'),
    ('pixels64', ValueError, "Model 'pixels64' has no 'conv1.weight'"),
    ('nowhere.safetensors', FileNotFoundError, 'No weights at nowhere.safetensors')])
def test_what_is_not_such_a_network_is_told(model, error, says):
    with pytest.raises(error, match=says):
        named_backbone(model)


def test_filters_are_drawn_one_figure_a_model(tmp_path):
    figures = list(draw(['alexnet64_untrained', FILE], tmp_path / 'filters'))
    assert figures == [tmp_path / 'filters' / f'{name}.png' for name in ('alexnet64_untrained', MODEL)]
    one, other = (np.asarray(Image.open(figure).convert('RGB')) for figure in figures)
    assert one.shape == other.shape
    assert (one != other).any()


def test_accuracies_are_shown_shortly_and_written_fully(tmp_path):
    accuracies = pd.DataFrame({'model': ['untrained'], 'knn': [1 / 3]})
    assert as_text(accuracies).split() == ['model', 'knn', 'untrained', '0.333']
    write_csv(accuracies, tmp_path / 'accuracies.csv')
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / 'accuracies.csv'), accuracies)
