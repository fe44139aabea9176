"""A user's own weights become a model of their own, which can be taken out again."""
import hashlib
import json
import os
import re
import subprocess
import sys

import pytest
import torch
from safetensors.torch import save_file
from typer.testing import CliRunner

from brainscore_plugin import link as links
from brainscore_plugin.command_line import app
from brainscore_plugin.register import register, remove
from training.backbone import SHAPES


def random_weights(seed):
    generator = torch.Generator().manual_seed(seed)
    return {name: torch.randn(shape, generator=generator).div(30).half() for name, shape in SHAPES.items()}


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv('BRAINSCORE_MOUSE_HOME', str(tmp_path / 'home'))
    return tmp_path / 'home'


@pytest.fixture
def weights(tmp_path):
    """As exported: with a card beside."""
    path = tmp_path / 'leaves.safetensors'
    save_file(random_weights(0), path)
    path.with_suffix('.json').write_text(json.dumps({'name': 'leaves'}))
    return path


@pytest.fixture
def brainscore(tmp_path):
    """An installed Brain-Score as far as links are concerned, with a model of its own and one that is only a folder."""
    root = tmp_path / 'brainscore_vision'
    for type_ in links.PLUGIN_TYPES:
        (root / type_).mkdir(parents=True)
    (root / 'models' / 'stock').mkdir()
    (root / 'models' / 'stock' / '__init__.py').write_text("model_registry['Stock_Net'] = lambda: None\n")
    (root / 'models' / 'only_a_folder').mkdir()
    links.link(root)
    return root


def entries(*folders):
    return {path: path.lstat().st_mtime_ns for folder in folders for path in sorted(folder.rglob('*'))}


def test_a_registered_model_is_a_linked_plugin_of_its_own(home, weights, brainscore):
    place = register('leaves', weights, brainscore)
    assert place == home / 'models' / 'leaves'
    assert (brainscore / 'models' / 'leaves').resolve() == place.resolve()
    (plugin,) = [plugin for plugin in links.plugins() if plugin.name == 'leaves']
    assert plugin.identifiers == ['leaves']
    assert links.is_live(plugin, brainscore)
    assert (place / 'weights' / 'leaves.safetensors').read_bytes() == weights.read_bytes()
    assert json.loads((place / 'cards' / 'leaves.json').read_text()) == {'name': 'leaves'}
    from brainscore_core.plugin_management.parse_plugin_changes import get_plugin_ids
    assert get_plugin_ids('models', ['leaves'], str(home)) == ['leaves']
    for file in place.rglob('*.py'):
        assert not re.search(r'(from|import) (brainscore_plugin|training)', file.read_text())


def test_a_card_of_other_weights_is_refused_and_nothing_written(home, weights, brainscore):
    card = weights.with_suffix('.json')
    card.write_text(json.dumps({'weights': {'sha256': hashlib.sha256(weights.read_bytes()).hexdigest()}}))
    place = register('leaves', weights, brainscore)
    save_file(random_weights(1), weights)
    with pytest.raises(ValueError, match='is the card of other weights'):
        register('leaves', weights, brainscore, replace=True)
    with pytest.raises(ValueError, match='is the card of other weights'):
        register('twigs', weights, brainscore)
    assert not (home / 'models' / 'twigs').exists()
    for content in ('[]', '{"weights": 3}', '{', ''):
        card.write_text(content)
        with pytest.raises(ValueError, match=re.escape(f'{card} is damaged')):
            register('twigs', weights, brainscore)
    assert place.is_dir()


def test_unlink_takes_registered_models_out_and_link_puts_them_back(home, weights, brainscore):
    register('leaves', weights, brainscore)
    links.unlink(brainscore)
    assert not os.path.lexists(brainscore / 'models' / 'leaves')
    links.link(brainscore)
    assert (brainscore / 'models' / 'leaves').is_dir()


def test_unlink_knows_models_registered_in_another_home_too(home, weights, brainscore, tmp_path, monkeypatch):
    register('leaves', weights, brainscore)
    monkeypatch.setenv('BRAINSCORE_MOUSE_HOME', str(tmp_path / 'other'))
    assert brainscore / 'models' / 'leaves' in links.unlink(brainscore)


def test_a_registered_model_whose_folder_is_gone_is_unlinked(home, weights, brainscore):
    place = register('leaves', weights, brainscore)
    place.rename(home / 'elsewhere')
    links.link(brainscore)
    assert not os.path.lexists(brainscore / 'models' / 'leaves')


def test_remove_leaves_everything_as_it_was(home, weights, brainscore):
    before = entries(brainscore).keys()
    register('leaves', weights, brainscore)
    remove('leaves', brainscore)
    assert entries(brainscore).keys() == before
    assert list((home / 'models').iterdir()) == []
    with pytest.raises(LookupError, match="No registered model 'leaves'. Registered are: none"):
        remove('leaves', brainscore)
    with pytest.raises(LookupError, match='No registered model'):
        remove('alexnet64', brainscore)


def test_models_are_copied_and_removed_where_links_are_refused(home, weights, brainscore, monkeypatch):
    def refuse(*_, **__):
        raise OSError('a required privilege is not held by the client')
    monkeypatch.setattr('pathlib.Path.symlink_to', refuse)
    register('leaves', weights, brainscore)
    save_file(random_weights(1), weights)
    register('leaves', weights, brainscore, replace=True)
    copied = brainscore / 'models' / 'leaves' / 'weights' / 'leaves.safetensors'
    assert copied.read_bytes() == weights.read_bytes()
    remove('leaves', brainscore)
    assert not os.path.lexists(brainscore / 'models' / 'leaves')


@pytest.mark.parametrize(('name', 'says'), [
    ('my-model', 'cannot be'), ('1model', 'cannot be'), ('', 'cannot be'), ('../outside', 'cannot be'),
    ('class', 'cannot be'), ('Leaves', 'cannot be'), ('ünder', 'cannot be'), ('x' * 65, 'cannot be'),
    ('leaves\n', 'cannot be'),
    ('alexnet64_untrained', 'is taken: models/alexnet64 registers it'), ('alexnet64', 'is taken: .* exists'),
    ('alexnet64_simclr_sketch', 'is taken: models/alexnet64'), ('noise_corrected_pls', 'is taken: metrics/'),
    ('stock_net', 'is taken: models/stock'), ('only_a_folder', 'is taken: .* exists'),
])
def test_a_name_that_is_none_or_taken_is_refused_before_anything_is_written(home, weights, brainscore, name, says):
    before = entries(brainscore)
    for replace in (False, True):
        with pytest.raises(ValueError, match=says):
            register(name, weights, brainscore, replace)
    assert entries(brainscore) == before
    assert not home.exists()


@pytest.mark.parametrize(('change', 'error', 'says'), [
    (lambda path: save_file({'conv1.weight': torch.zeros(96, 3, 11, 11)}, path), ValueError, "no 'conv1.bias'"),
    (lambda path: path.write_bytes(path.read_bytes()[:1000]), ValueError, 'not a complete safetensors file'),
    (lambda path: path.unlink(), FileNotFoundError, 'No weights at'),
])
def test_other_weights_are_refused_before_anything_is_written(home, weights, brainscore, change, error, says):
    change(weights)
    with pytest.raises(error, match=says):
        register('leaves', weights, brainscore)
    assert not home.exists()


def test_a_model_of_ones_own_is_replaced_only_on_request(home, weights, brainscore):
    from brainscore_plugin.sweep.fingerprint import _folder_digest
    place = register('leaves', weights, brainscore)
    before = _folder_digest.__wrapped__(links.Plugin('models', place))
    save_file(random_weights(1), weights)
    with pytest.raises(ValueError, match="registered already: update it with '--replace'"):
        register('leaves', weights, brainscore)
    assert _folder_digest.__wrapped__(links.Plugin('models', place)) == before
    register('leaves', weights, brainscore, replace=True)
    assert (place / 'weights' / 'leaves.safetensors').read_bytes() == weights.read_bytes()
    assert _folder_digest.__wrapped__(links.Plugin('models', place)) != before  # a sweep computes it anew
    assert [path.name for path in (home / 'models').iterdir()] == ['leaves']


@pytest.mark.parametrize('registered', [False, True])
def test_a_model_that_cannot_be_linked_is_as_before(home, weights, brainscore, monkeypatch, registered):
    if registered:
        register('leaves', weights, brainscore)
    before = {path: path.read_bytes() for path in home.rglob('*') if path.is_file()}
    save_file(random_weights(1), weights)

    def fail(_):
        raise PermissionError('cannot be written')
    monkeypatch.setattr('brainscore_plugin.register.link', fail)
    with pytest.raises(PermissionError):
        register('leaves', weights, brainscore, replace=True)
    assert {path: path.read_bytes() for path in home.rglob('*') if path.is_file()} == before


def test_brainscores_command_line_scores_a_registered_model(home, weights, tmp_path):
    view = str(tmp_path / 'view')
    invoke = CliRunner().invoke
    assert invoke(app, ['link', '--view', view]).exit_code == 0
    result = invoke(app, ['register', 'leaves', str(weights), '--view', view])
    assert result.exit_code == 0, result.output
    assert 'leaves' in invoke(app, ['status', '--view', view]).output
    run = subprocess.run([sys.executable, '-m', 'brainscore_vision', 'score', '--model_identifier=leaves',
                          '--benchmark_identifier=SimulatedMouse.VISp-rdm'],
                         env={**os.environ, 'PYTHONPATH': view}, cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr[-3000:]
    assert 'layer_scores' in run.stdout
    result = invoke(app, ['register', '--remove', 'leaves', '--view', view])
    assert result.exit_code == 0, result.output
    assert 'leaves' not in invoke(app, ['status', '--view', view]).output


@pytest.mark.parametrize('arguments', [['register', 'leaves'], ['register', 'leaves', 'weights', '--remove']])
def test_register_wants_weights_or_remove(arguments):
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 1
    assert 'One of' in result.output
