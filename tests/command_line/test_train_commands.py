"""From a folder of images to a registered model, by the commands a user gives."""
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from brainscore_plugin import link as links
from brainscore_plugin.command_line import app
from training.backbone import read_weights

TRAIN = ['--epochs', '1', '--batch-size', '8', '--set', 'head_width=16', '--precision', '32']


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A working folder with images, a home and links of its own."""
    (tmp_path / 'leaves').mkdir()
    rng = np.random.default_rng(0)
    for i in range(20):
        Image.fromarray(rng.integers(0, 256, (70, 90, 3), dtype=np.uint8)).save(tmp_path / 'leaves' / f'{i}.png')
    monkeypatch.setenv('BRAINSCORE_MOUSE_HOME', str(tmp_path / 'home'))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_a_folder_of_images_becomes_a_registered_model(here):
    trained = call('train', '--images', 'leaves', *TRAIN)
    assert trained.exit_code == 0, trained.output
    assert 'runs/leaves' in trained.output
    assert (here / 'home' / 'domains' / 'leaves' / 'images.npy').exists()
    assert json.loads((here / 'runs' / 'leaves' / 'run.json').read_text())['count'] == 20
    exported = call('export', 'runs/leaves', '--out', '.')
    assert exported.exit_code == 0, exported.output
    assert read_weights(here / 'leaves.safetensors')['conv1.weight'].shape == (64, 3, 11, 11)
    assert '20' in (here / 'leaves.md').read_text()
    registered = call('register', 'my_leaves', 'leaves.safetensors', '--view', 'view')
    assert registered.exit_code == 1
    assert 'link --view' in registered.output
    assert call('link', '--view', 'view').exit_code == 0
    assert call('register', 'my_leaves', 'leaves.safetensors', '--view', 'view').exit_code == 0
    assert 'my_leaves' in [identifier for plugin in links.plugins() for identifier in plugin.identifiers]


def test_the_same_command_goes_on_and_another_epoch_number_extends(here):
    assert call('train', '--images', 'leaves', *TRAIN).exit_code == 0
    again = call('train', 'leaves', '--epochs', '2', *TRAIN[2:])
    assert again.exit_code == 0, again.output
    assert len((here / 'runs' / 'leaves' / 'metrics.csv').read_text().splitlines()) == 3


def test_two_processes_train_one_model_and_one_of_them_speaks(here):
    command = [Path(sys.executable).with_name('brainscore-mouse'), 'train', '--images', 'leaves', *TRAIN,
               '--devices', '2', '--accelerator', 'cpu']
    ran = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count('Trained:') == 1
    assert 'Warning' not in ran.stderr
    assert 'MEMBER: 2/2' in ran.stderr
    assert len((here / 'runs' / 'leaves' / 'metrics.csv').read_text().splitlines()) == 2


@pytest.mark.parametrize(('images', 'name'), [('my-leaves', 'my_leaves'), ('2024 photos', 'images_2024_photos'),
                                              ('leaves.zip', 'leaves'), ('Blätter', 'Blatter')])
def test_images_of_any_name_in_a_folder_or_a_zip_are_trained_on(here, images, name, monkeypatch):
    if images.endswith('.zip'):
        shutil.make_archive('leaves', 'zip', 'leaves')
    else:
        (here / 'leaves').rename(images)
    trained = []
    monkeypatch.setattr('training.train.train', lambda domain, *_: trained.append(domain))
    result = call('train', '--images', images, *TRAIN)
    assert result.exit_code == 0, result.output
    assert f'{images} is prepared as the domain {name}.' in result.output
    assert (trained[0].name, len(trained[0])) == (name, 20)
    assert f"Trained: runs/{name}." in result.output


def test_other_images_of_a_name_that_is_taken_say_the_way_out(here):
    shutil.copytree('leaves', 'my-leaves')
    assert call('domains', 'prepare', 'my_leaves', '--from', 'leaves').exit_code == 0
    Image.new('RGB', (64, 64)).save(here / 'my-leaves' / '21.png')
    result = call('train', '--images', 'my-leaves', *TRAIN)
    assert result.exit_code == 1
    assert 'domains prepare NAME --from "my-leaves"' in result.output


@pytest.mark.parametrize(('arguments', 'said'), [
    (['--images', 'leaves', '--seed', str(2 ** 70)], 'seed must be from 0'),
    (['--images', 'leaves', '--devices', '0'], '1 or more, given: 0'),
    (['--images', 'leaves', '--accelerator', 'abacus'], '--accelerator auto'),
    ([], 'Name a prepared domain or a folder'),
    (['real', '--images', 'leaves'], 'Name a prepared domain or a folder'),
    (['twigs'], 'prepare twigs'),
    (['--images', 'twigs'], 'twigs'),
    (['--images', 'leaves', '--recipe', 'papre'], 'paper, domain_rep'),
    (['--images', 'leaves', '--set', 'head_width'], 'NAME=VALUE'),
    (['--images', 'leaves', '--set', 'width=3'], "no setting 'width'"),
])
def test_what_cannot_be_trained_is_one_line(here, arguments, said):
    result = call('train', *arguments)
    assert result.exit_code == 1
    assert said in result.output
    assert 'Traceback' not in result.output
    assert not (here / 'runs').exists()
