"""The files of a submitted model that are written for it."""

INIT = '''from brainscore_vision import model_registry
from .model import alexnet64

model_registry['{identifier}'] = lambda: alexnet64('{identifier}')
'''

TEST = '''import json
from pathlib import Path

import numpy as np
import pytest
from brainscore_vision import load_model
from PIL import Image

IDENTIFIER = '{identifier}'
AREAS = ('VISp', 'VISl', 'VISal', 'VISam', 'VISpm', 'VISrl')
# sum of the absolute weights of each layer
WEIGHTS = {weights}


def test_the_weights_are_those_that_were_submitted():
    network = load_model(IDENTIFIER).activations_model._model
    sums = {{layer: float(getattr(network, layer)[0].weight.detach().abs().sum()) for layer in WEIGHTS}}
    assert sums == pytest.approx(WEIGHTS, rel=1e-5)


def test_the_region_layer_map_is_the_models():
    text = (Path(__file__).parent / 'region_layer_map' / f'{{IDENTIFIER}}.json').read_text()
    assert json.loads(text) == load_model(IDENTIFIER).layer_model.region_layer_map


@pytest.mark.parametrize('area', AREAS)
def test_every_mouse_area_is_recorded(area, tmp_path):
    picture = tmp_path / 'noise.png'
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)).save(picture)
    model = load_model(IDENTIFIER)
    features = model.activations_model([str(picture)], layers=model.layers)
    assert np.isfinite(features.values).all()
    assert set(model.layer_model.region_layer_map[area]) <= set(features['layer'].values)
'''

# laid into the plugin instead of its weights, where these are fetched by address
WEIGHTS = '''"""Fetches the model's weights, once, and makes sure that they are the ones that were submitted."""
import hashlib
import os
from pathlib import Path

from torch.hub import download_url_to_file

ADDRESS = '{address}'
SHA256 = '{sha256}'
FILE = 'brainscore-vision/models/{identifier}/weights.safetensors'  # in BRAINSCORE_HOME, by default ~/.brain-score


def fetched_weights() -> Path:
    """The file of the weights, downloaded where it is absent or not the very one.

    Raises
    ------
    OSError
        If it cannot be fetched.
    RuntimeError
        If other weights are at the address.
    """
    path = Path(os.getenv('BRAINSCORE_HOME') or '~/.brain-score').expanduser() / FILE
    if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != SHA256:
        path.parent.mkdir(parents=True, exist_ok=True)
        download_url_to_file(ADDRESS, str(path), hash_prefix=SHA256, progress=False)
    return path
'''
