"""Models as the website's zips: what can be packed, and what is in them."""
import hashlib
import json
import zipfile

import pytest
import torch
from safetensors.torch import save_file
from typer.testing import CliRunner

from brainscore_plugin import link as links
from brainscore_plugin.command_line import app
from brainscore_plugin.register import register
from brainscore_plugin.submit import model_zip
from brainscore_plugin.submit.checks import Check
from brainscore_plugin.submit.model_zip import write_model_zip
from training.backbone import SHAPES

SKETCH = links.PLUGIN_ROOT / 'models/alexnet64/weights/alexnet64_simclr_sketch.safetensors'


def files(archive):
    with zipfile.ZipFile(archive) as zipped:
        return {name.partition('/models/')[2].partition('/')[2]: zipped.read(name) for name in zipped.namelist()
                if not name.endswith('/')}


@pytest.fixture
def registered(tmp_path, monkeypatch):
    """The name of a model of the user's own."""
    monkeypatch.setenv('BRAINSCORE_MOUSE_HOME', str(tmp_path / 'home'))
    brainscore = tmp_path / 'brainscore_vision'
    for type_ in links.PLUGIN_TYPES:
        (brainscore / type_).mkdir(parents=True)
    save_file({name: torch.full(shape, .01) for name, shape in SHAPES.items()}, tmp_path / 'leaves.safetensors')
    register('leaves', tmp_path / 'leaves.safetensors', brainscore)
    return 'leaves'


def test_a_zip_holds_one_plugin_with_everything_inside(tmp_path):
    write_model_zip('alexnet64_simclr_sketch', tmp_path / 'sketch.zip')
    inside = files(tmp_path / 'sketch.zip')
    assert inside.keys() == {'__init__.py', 'model.py', 'test.py', 'requirements.txt', 'README.md',
                             'region_layer_map/alexnet64_simclr_sketch.json',
                             'weights/alexnet64_simclr_sketch.safetensors'}
    assert inside['weights/alexnet64_simclr_sketch.safetensors'] == SKETCH.read_bytes()
    regions = json.loads(inside['region_layer_map/alexnet64_simclr_sketch.json'])
    assert {'VISp', 'V1', 'V2', 'V4', 'IT'} <= regions.keys()
    assert all('>=' in line for line in inside['requirements.txt'].decode().splitlines())
    write_model_zip('alexnet64_simclr_sketch', tmp_path / 'again.zip')
    assert (tmp_path / 'again.zip').read_bytes() == (tmp_path / 'sketch.zip').read_bytes()


def test_weights_at_an_address_are_not_in_the_zip_but_known_by_their_sha256(tmp_path):
    write_model_zip('alexnet64_simclr_sketch', tmp_path / 'sketch.zip', 'https://example.org/sketch.safetensors')
    inside = files(tmp_path / 'sketch.zip')
    assert not any(name.startswith('weights/') for name in inside)
    assert 'https://example.org/sketch.safetensors' in inside['weights.py'].decode()
    assert hashlib.sha256(SKETCH.read_bytes()).hexdigest() in inside['weights.py'].decode()


def test_an_untrained_model_has_no_weights(tmp_path):
    write_model_zip('alexnet64_untrained', tmp_path / 'untrained.zip')
    assert files(tmp_path / 'untrained.zip').keys() == {
        '__init__.py', 'model.py', 'test.py', 'requirements.txt', 'region_layer_map/alexnet64_untrained.json'}


def test_a_registered_model_can_be_packed(tmp_path, registered):
    write_model_zip(registered, tmp_path / 'leaves.zip')
    inside = files(tmp_path / 'leaves.zip')
    assert inside['weights/leaves.safetensors'] == (tmp_path / 'leaves.safetensors').read_bytes()
    assert not any(name.startswith('.') for name in inside)


@pytest.mark.parametrize(('identifier', 'options', 'says'), [
    ('alexnet64_simclr_scetch', [], 'Did you mean alexnet64_simclr_sketch'),
    ('alexnet64-simclr', [], 'no hyphens and no blanks'),
    ('pixels64', [], 'submit pull-request'),
    ('alexnet64_untrained_seed1', [], 'submit pull-request'),
    ('alexnet', [], 'a model of the installed Brain-Score'),
    ('alexnet64_untrained', ['--weights', 'https://example.org/w'], 'no weights to fetch'),
    ('alexnet64_simclr_sketch', ['--weights', 'sketch.safetensors'], "'embed' or an address http"),
    ('alexnet64_simclr_sketch', ['--weights', "http://a/'+x"], "'embed' or an address http"),
])
def test_what_cannot_be_packed_says_why(tmp_path, identifier, options, says):
    result = CliRunner().invoke(app, ['submit', 'model', identifier, *options, '--out', str(tmp_path / 'model.zip')])
    assert result.exit_code == 1
    assert says in result.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize('out', ['model.tar', 'nowhere/model.zip'])
def test_a_place_that_is_none_is_refused(tmp_path, out):
    result = CliRunner().invoke(app, ['submit', 'model', 'alexnet64_untrained', '--out', str(tmp_path / out)])
    assert result.exit_code == 1
    assert 'a file .zip in a folder that exists' in result.output


def test_damaged_weights_are_refused(tmp_path, registered):
    weights = tmp_path / 'home' / 'models' / 'leaves' / 'weights' / 'leaves.safetensors'
    weights.write_bytes(weights.read_bytes()[:1000])
    result = CliRunner().invoke(app, ['submit', 'model', 'leaves', '--out', str(tmp_path / 'leaves.zip')])
    assert result.exit_code == 1
    assert 'not a complete safetensors file' in result.output
    assert not (tmp_path / 'leaves.zip').exists()


def test_a_registered_model_of_another_release_cannot_fetch_its_weights(tmp_path, registered):
    code = tmp_path / 'home' / 'models' / 'leaves' / 'model.py'
    code.write_text(code.read_text().replace('load_weights(trunk, ', 'load_weights(trunk,'))
    with pytest.raises(ValueError, match="register the model again with '--replace'"):
        write_model_zip('leaves', tmp_path / 'leaves.zip', 'https://example.org/leaves')


@pytest.mark.parametrize(('name', 'says'), [('other', 'has the SHA-256'), ('absent', 'cannot be fetched')])
def test_nothing_is_written_if_a_check_fails(tmp_path, monkeypatch, served, name, says):
    """Other weights at the address, or none; the checks that take long are passed over here."""
    monkeypatch.setattr(model_zip, 'plugin_test_checks', lambda *_: [])
    monkeypatch.setattr(model_zip, 'endpoint_check', lambda *_: Check('endpoint', lambda: 'passed over'))
    folder, address = served
    (folder / 'other').write_bytes(b'other weights')
    result = CliRunner().invoke(app, ['submit', 'model', 'alexnet64_simclr_sketch', '--weights', f'{address}/{name}',
                                      '--out', str(tmp_path / 'model.zip')])
    assert result.exit_code == 1
    (line,) = (line for line in result.output.splitlines() if line.startswith('✗'))
    assert 'weights at their address' in line
    assert says in line
    assert list(tmp_path.iterdir()) == []
