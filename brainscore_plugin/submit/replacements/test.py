import json
from pathlib import Path

import numpy as np
import pytest
from brainscore_vision import load_model
from PIL import Image

FOLDER = Path(__file__).parent
SUBMISSION = json.loads((FOLDER / 'submission.json').read_text(encoding='utf-8'))
IDENTIFIER = SUBMISSION['identifier']
AREAS = ('VISp', 'VISl', 'VISal', 'VISam', 'VISpm', 'VISrl')


def test_the_weights_are_those_that_were_submitted():
    network = load_model(IDENTIFIER).activations_model._model
    submitted = SUBMISSION['sums_of_absolute_weights']
    sums = {layer: float(getattr(network, layer)[0].weight.detach().abs().sum()) for layer in submitted}
    assert sums == pytest.approx(submitted, rel=1e-5)


def test_the_region_layer_map_is_the_models():
    text = (FOLDER / 'region_layer_map' / f'{IDENTIFIER}.json').read_text(encoding='utf-8')
    assert json.loads(text) == load_model(IDENTIFIER).layer_model.region_layer_map


@pytest.mark.parametrize('area', AREAS)
def test_every_mouse_area_is_recorded(area, tmp_path):
    image = tmp_path / 'noise.png'
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)).save(image)
    model = load_model(IDENTIFIER)
    features = model.activations_model([str(image)], layers=model.layers)
    assert np.isfinite(features.values).all()
    assert set(model.layer_model.region_layer_map[area]) <= set(features['layer'].values)
