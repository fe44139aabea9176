"""A run becomes weights and a card that tells the truth, or an error and nothing."""
import hashlib
import json
import os
import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import load_file
from torchvision.models import alexnet
from typer.testing import CliRunner

from brainscore_plugin.command_line import app
from training.backbone import SHAPES, read_weights, trunk
from training.export import export, import_checkpoint
from training.probe import untrained_trunk

DESCRIBED = {'domain': 'leaves', 'fingerprint': 'abc', 'seed': 3, 'split': 'all', 'count': 1234, 'precision': '32-true',
             'recipe': {'batch_size': 64, 'crop_scale': [.08, 1.]}, 'device': '2 CPU threads',
             'versions': {'torch': '2.15'},
             'data': {'name': 'leaves', 'count': 2000, 'title': 'photographs of leaves', 'official': False,
                      'licence': "the images' own", 'citation': '', 'recipe': {'size': 64, 'volumes': {'a': 1}},
                      'archives': [{'name': 'leaves.zip', 'bytes': 9, 'sha256': 'def', 'official': False}]}}
SAID = "1,234 images of the domain 'leaves': photographs of leaves."


@pytest.fixture(scope='module')
def state():
    backbone = {f'backbone.{key}': value for key, value in alexnet().features.state_dict().items()}
    return {**backbone, 'projection_head.0.weight': torch.zeros(2, 2)}


@pytest.fixture
def run(tmp_path, state):
    """A run as `training.train` leaves it, stopped after the third epoch but before its checkpoint."""
    folder = tmp_path / 'leaves_run'
    (folder / 'checkpoints').mkdir(parents=True)
    (folder / 'run.json').write_text(json.dumps(DESCRIBED))
    pd.DataFrame({'epoch': [0, 1, 2], 'loss': [4., 3., 2.5], 'learning_rate': .1, 'pairs_per_s': 9., 'seconds': 10.}
                 ).to_csv(folder / 'metrics.csv', index=False)
    torch.save({'epoch': 1, 'global_step': 38, 'pytorch-lightning_version': '2.6.6', 'loops': {}, 'lr_schedulers': [],
                'callbacks': {'History': {'rows': [{'epoch': 0, 'loss': 4.}]}},
                'state_dict': state}, folder / 'checkpoints' / 'last.ckpt')
    return folder


def files(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob('*') if path.is_file()}


def test_weights_are_those_of_the_checkpoint_in_half_precision(run, tmp_path):
    path = export(run, tmp_path / 'out', 'alexnet64_leaves')
    saved = load_file(path)
    state = torch.load(run / 'checkpoints' / 'last.ckpt', weights_only=True)['state_dict']
    assert {name: tuple(tensor.shape) for name, tensor in saved.items()} == SHAPES
    assert torch.equal(saved['conv2.weight'], state['backbone.3.weight'].half())
    assert files(tmp_path / 'out') == {'alexnet64_leaves.safetensors', 'alexnet64_leaves.json', 'alexnet64_leaves.md'}


def test_the_card_says_what_the_run_was(run):
    path = export(run)
    card = json.loads(path.with_suffix('.json').read_text())
    assert card['name'] == 'leaves_run'
    assert card['data'] == {
        'description': SAID, 'domain': 'leaves', 'count': 1234, 'split': 'all', 'fingerprint': 'abc',
        'title': 'photographs of leaves', 'official': False, 'licence': "the images' own", 'citation': '',
        'recipe': {'size': 64, 'volumes': {'a': 1}}, 'archives': {'leaves.zip': 'def'}}
    assert card['weights'] == {'file': 'leaves_run.safetensors', 'dtype': 'float16', 'bytes': path.stat().st_size,
                               'sha256': hashlib.sha256(path.read_bytes()).hexdigest()}
    training = card['training']
    assert {name: training[name] for name in ('recipe', 'seed', 'device', 'versions')} == {
        name: DESCRIBED[name] for name in ('recipe', 'seed', 'device', 'versions')}
    assert (training['epochs'], training['loss'], training['seconds']) == (2, [4., 3.], 20)  # those of the checkpoint
    text = path.with_suffix('.md').read_text()
    for said in (SAID, '| archives.leaves.zip | def |', '| recipe.batch_size | 64 |', '| 2 | 3.0000 |', '| seed | 3 |'):
        assert said in text


def test_a_card_never_takes_the_place_of_what_the_run_says_of_itself(run):
    before = (run / 'run.json').read_text()
    with pytest.raises(ValueError, match='--name'):
        export(run, name='run', replace=True)
    assert (run / 'run.json').read_text() == before


def test_the_description_and_the_folder_of_cards_can_be_given(run, tmp_path):
    path = export(run, tmp_path / 'weights', cards=tmp_path / 'cards', description='1,234 photographs of leaves')
    assert files(tmp_path / 'weights') == {'leaves_run.safetensors'}
    assert json.loads((tmp_path / 'cards' / 'leaves_run.json').read_text())['data']['description'] == (
        '1,234 photographs of leaves')
    assert '1,234 photographs of leaves' in (tmp_path / 'cards' / 'leaves_run.md').read_text()
    assert path.parent == tmp_path / 'weights'


def test_probe_accuracies_enter_the_card(run):
    rng = np.random.default_rng(0)
    labels = np.arange(60) % 2
    images = np.clip(rng.integers(0, 100, (60, 64, 64, 3)) + 100 * labels[:, None, None, None], 0, 255).astype(np.uint8)
    index = pd.DataFrame({'label': labels, 'split': ['train'] * 40 + ['test'] * 20})
    path = export(run, probe_domains=[SimpleNamespace(name='shades', images=images, index=index)])
    rows = json.loads(path.with_suffix('.json').read_text())['probes']
    assert [row['model'] for row in rows] == ['untrained', 'its start', 'leaves_run']
    assert rows[2]['linear'] == 1
    assert '| leaves_run | shades |' in path.with_suffix('.md').read_text()


def test_an_earlier_export_is_kept_unless_replaced(run):
    path = export(run)
    before = path.stat().st_mtime_ns
    with pytest.raises(FileExistsError, match="'--replace'"):
        export(run)
    assert path.stat().st_mtime_ns == before
    assert export(run, replace=True).stat().st_mtime_ns > before


def test_nothing_is_left_when_writing_fails(run, tmp_path, monkeypatch):
    def full(*_):
        raise OSError('no space left on device')
    monkeypatch.setattr(os, 'replace', full)
    with pytest.raises(OSError, match='no space left'):
        export(run, tmp_path / 'out')
    assert files(tmp_path / 'out') == set()


def break_file(name, change):
    def damage(run):
        path = run / name
        content = path.read_bytes()
        path.unlink()
        if change is not None:
            path.write_bytes(change(content))
    return damage


def diverge(run):
    path = run / 'checkpoints' / 'last.ckpt'
    saved = torch.load(path, weights_only=True)
    saved['state_dict']['backbone.6.bias'][0] = float('nan')
    torch.save(saved, path)


def other_network(run):
    torch.save({'epoch': 1, 'state_dict': {'fc.weight': torch.zeros(1)}}, run / 'checkpoints' / 'last.ckpt')


@pytest.mark.parametrize(('damage', 'says'), [
    (break_file('checkpoints/last.ckpt', None), 'No checkpoint at .*finished an epoch'),
    (break_file('checkpoints/last.ckpt', lambda content: content[:len(content) // 2]), 'last.ckpt is damaged'),
    (break_file('checkpoints/last.ckpt', lambda content: b''), 'last.ckpt is damaged'),
    (break_file('run.json', None), 'no run.json'),
    (break_file('run.json', lambda content: content[:20]), 'run.json is damaged'),
    (break_file('metrics.csv', None), 'metrics.csv'),
    (diverge, r"'conv3.bias' holds values that are not finite"),
    (other_network, 'damaged or no checkpoint'),
], ids=['no checkpoint', 'truncated', 'empty', 'no run.json', 'truncated run.json', 'no metrics', 'NaN',
        'other network'])
def test_an_incomplete_run_is_one_line_and_writes_nothing(run, tmp_path, damage, says):
    damage(run)
    result = CliRunner().invoke(app, ['export', str(run), '--out', str(tmp_path / 'out')])
    assert result.exit_code == 1
    assert re.search(says, ' '.join(result.output.split()))
    assert not (tmp_path / 'out').exists()


@pytest.mark.parametrize('name', ['../outside', '', 'a b', '.hidden', 'a/b'])
def test_a_name_that_no_file_can_have_is_refused(run, name):
    with pytest.raises(ValueError, match='cannot be'):
        export(run, name=name or ' ')


def test_a_published_checkpoint_is_imported_bit_by_bit(tmp_path):
    network = torch.nn.Module()
    network.features = untrained_trunk()
    state = {f'backbone.0.{key}': value for key, value in network.features.state_dict().items()}
    torch.save({'epoch': 599, 'state_dict': state, 'hyper_parameters': {'model': network, 'lr': 4.8}},
               tmp_path / 'sketch.ckpt')
    result = CliRunner().invoke(app, ['import-checkpoint', str(tmp_path / 'sketch.ckpt'), '--name', 'authors_sketch'])
    assert result.exit_code == 0, result.output
    weights = read_weights(tmp_path / 'authors_sketch.safetensors')
    assert torch.equal(weights['conv1.weight'], network.features[0].weight)
    images = torch.rand(2, 3, 64, 64)
    assert torch.equal(trunk(weights)(images), network.features(images))
    card = json.loads((tmp_path / 'authors_sketch.json').read_text())
    assert card['training']['hyper_parameters'] == {'lr': 4.8}
    assert card['training']['sha256'] == hashlib.sha256((tmp_path / 'sketch.ckpt').read_bytes()).hexdigest()
    assert 'not known beyond what the file says' in (tmp_path / 'authors_sketch.md').read_text()
    with pytest.raises(FileExistsError):
        import_checkpoint(tmp_path / 'sketch.ckpt', name='authors_sketch')
