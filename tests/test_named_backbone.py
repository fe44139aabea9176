"""Weights of models by their names."""
import pytest
import torch

from brainscore_plugin.link import PLUGIN_ROOT
from brainscore_plugin.named_backbone import named_backbone
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
