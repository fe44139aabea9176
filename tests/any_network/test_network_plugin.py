"""A registered network is the one that was scored by its name, and what is handed in."""
import json
import re
import zipfile

import numpy as np
import pytest
import torch
from test_any_network import OWN

from brainscore_plugin import link as links
from brainscore_plugin.any_network import NetworkName, load_model
from brainscore_plugin.register import register_network
from brainscore_plugin.submit.model_zip import write_model_zip
from brainscore_plugin.submit.plugin_module import plugin_module


@pytest.fixture
def brainscore(tmp_path, monkeypatch):
    monkeypatch.setenv('BRAINSCORE_MOUSE_HOME', str(tmp_path / 'home'))
    root = tmp_path / 'brainscore_vision'
    for type_ in links.PLUGIN_TYPES:
        (root / type_).mkdir(parents=True)
    return root


@pytest.fixture
def own(tmp_path):
    (tmp_path / 'mine.py').write_text(OWN)
    return tmp_path / 'mine.py'


@pytest.mark.parametrize('name', ['{own}:odd', '{own}:halved@40px', 'torchvision:squeezenet1_1@seed4@64px'])
def test_what_was_scored_by_its_name_is_what_is_registered(brainscore, own, name):
    name = name.format(own=own)
    place = register_network('mine', NetworkName.parse(name), brainscore)
    assert (brainscore / 'models' / 'mine').resolve() == place.resolve()
    scored, registered = load_model(name), plugin_module(place / 'model.py').registered_network('mine')
    assert registered.layer_model.region_layer_map == scored.layer_model.region_layer_map
    assert registered.layers == scored.layers
    size = json.loads((place / 'network.json').read_text())['image_size']
    images = torch.rand(2, 3, *size)
    expected = scored.activations_model.get_activations(images, scored.layers)
    for layer, values in registered.activations_model.get_activations(images, scored.layers).items():
        assert np.array_equal(values, expected[layer])
    assert (place / 'weights').is_dir() == ('seed' not in name)
    for file in place.rglob('*.py'):
        assert not re.search(r'(from|import) (brainscore_plugin|training)', file.read_text())


def test_layers_that_are_named_are_mapped_and_the_first_committed_to(brainscore, own):
    place = register_network('mine', NetworkName.parse(f'{own}:odd'), brainscore, ['pair', 'conv'])
    regions = plugin_module(place / 'model.py').registered_network('mine').layer_model.region_layer_map
    assert regions['VISp'] == ['pair', 'conv']
    with pytest.raises(LookupError, match="has no layer 'conv7'.*it has conv, relu, pair"):
        register_network('other', NetworkName.parse(f'{own}:odd'), brainscore, ['conv7'])
    assert [path.name for path in links.registered_models().iterdir()] == ['mine']


def test_a_network_that_is_another_each_time_is_refused_and_nothing_left(brainscore, own):
    with pytest.raises(ValueError, match='must build the same network every time'):
        register_network('mine', NetworkName.parse(f'{own}:unsteady@40px'), brainscore)
    assert list(links.registered_models().iterdir()) == []


def test_a_zip_holds_the_registered_plugin(brainscore, own, tmp_path):
    place = register_network('mine', NetworkName.parse(f'{own}:odd'), brainscore)
    write_model_zip('mine', tmp_path / 'mine.zip')
    with zipfile.ZipFile(tmp_path / 'mine.zip') as zipped:
        inside = {name.partition('models/mine/')[2]: zipped.read(name) for name in zipped.namelist() if name[-1] != '/'}
    assert inside['architecture_file.py'] == own.read_bytes()
    for file in ('network.json', 'model.py', '__init__.py', 'weights/mine.safetensors'):
        assert inside[file] == (place / file).read_bytes()
    write_model_zip('mine', tmp_path / 'mine.zip', 'https://example.org/mine.safetensors')
    with zipfile.ZipFile(tmp_path / 'mine.zip') as zipped:
        assert not any('weights/' in name for name in zipped.namelist())
        submission = json.loads(zipped.read('mine/models/mine/submission.json'))
    assert submission['weights']['address'] == 'https://example.org/mine.safetensors'
