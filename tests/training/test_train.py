"""Runs can be stopped, resumed and understood when they fail."""
import io
import json
import os
import pickle
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from filelock import FileLock

from training import atomic
from training.domains import PreparedDomain
from training.recipes import Recipe
from training.train import chosen_images, train

pytestmark = pytest.mark.slow
RECIPE = Recipe(epochs=2, batch_size=8, head_width=16)
MAKE_DOMAIN = textwrap.dedent("""
    import numpy as np, pandas as pd
    from pathlib import Path
    from training.domains import PreparedDomain
    images = np.random.default_rng(0).integers(0, 256, (24, 64, 64, 3), dtype=np.uint8)
    index = pd.DataFrame({'source': [f'{i}.png' for i in range(24)], 'class_name': 'noise', 'label': 0,
                          'split': ['train'] * 16 + ['test'] * 8})
    domain = PreparedDomain('noise', images, index, 'f' * 64, Path('noise'), {}, {'title': 'noise', 'official': False})
    """)


@pytest.fixture(scope='module')
def domain() -> PreparedDomain:
    names = {}
    exec(MAKE_DOMAIN, names)
    return names['domain']


def _weights(run):
    return torch.load(run / 'checkpoints' / 'last.ckpt', weights_only=True)['state_dict']


def _same(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


@pytest.fixture(scope='module')
def unbroken(domain, tmp_path_factory):
    """A run of three epochs without interruption."""
    return train(domain, RECIPE.override({'epochs': 3}), tmp_path_factory.mktemp('unbroken') / 'run')


def test_a_run_says_what_it_is(unbroken, domain):
    described = json.loads((unbroken / 'run.json').read_text())
    assert described['recipe']['epochs'] == 3
    assert (described['domain'], described['fingerprint'], described['count'], described['seed']) == (
        'noise', domain.fingerprint, 24, 0)
    assert {'torch', 'lightly', 'pytorch-lightning'} <= described['versions'].keys()
    history = pd.read_csv(unbroken / 'metrics.csv')
    assert list(history) == ['epoch', 'loss', 'learning_rate', 'pairs_per_s', 'seconds']
    assert list(history['epoch']) == [0, 1, 2]
    assert np.isclose(history['learning_rate'], RECIPE.scaled_learning_rate).all()
    assert (history['pairs_per_s'] > 0).all()
    assert list((unbroken / 'tensorboard').glob('events.*'))


def test_training_goes_down_the_loss(unbroken):
    loss = pd.read_csv(unbroken / 'metrics.csv')['loss']
    assert loss.iloc[-1] < loss.iloc[0]


def test_going_on_gives_the_weights_of_an_unbroken_run(unbroken, domain, tmp_path):
    train(domain, RECIPE, tmp_path / 'run')
    assert not _same(_weights(tmp_path / 'run'), _weights(unbroken))
    train(domain, RECIPE.override({'epochs': 3}), tmp_path / 'run')
    assert _same(_weights(tmp_path / 'run'), _weights(unbroken))
    assert np.array_equal(*(pd.read_csv(run / 'metrics.csv')['loss'] for run in (tmp_path / 'run', unbroken)))


@pytest.mark.parametrize('how', [signal.SIGKILL, signal.SIGINT])
def test_a_stopped_run_loses_an_epoch_at_most(how, unbroken, domain, tmp_path):
    run = tmp_path / 'run'
    # a shell that starts the tests in the background has them, and all they start, ignore SIGINT
    script = 'import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n' + MAKE_DOMAIN + \
        'from training.train import train\nfrom training.recipes import Recipe\n' \
        f"train(domain, Recipe(epochs=100000, batch_size=8, head_width=16), Path('{run}'))\n"
    with subprocess.Popen([sys.executable, '-c', script], stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 100
        while not (run / 'checkpoints' / 'last.ckpt').exists() and time.monotonic() < deadline:
            time.sleep(.01)
        process.send_signal(how)
        try:
            assert process.wait(timeout=60) != 0
        finally:
            process.kill()
    done = torch.load(run / 'checkpoints' / 'last.ckpt', weights_only=True)['epoch'] + 1
    epochs = max(3, done + 1)
    described = json.loads((run / 'run.json').read_text())
    assert described['recipe']['epochs'] == 100000
    train(domain, RECIPE.override({'epochs': epochs}), run)
    expected = unbroken
    if epochs > 3:
        expected = train(domain, RECIPE.override({'epochs': epochs}), tmp_path / 'whole')
    assert _same(_weights(run), _weights(expected))
    assert list(pd.read_csv(run / 'metrics.csv')['epoch']) == list(range(epochs))


def test_a_diverging_run_stops_with_what_to_try_and_keeps_the_last_good_weights(domain, tmp_path):
    train(domain, RECIPE.override({'epochs': 1}), tmp_path / 'run')
    good = _weights(tmp_path / 'run')
    checkpoint = torch.load(tmp_path / 'run' / 'checkpoints' / 'last.ckpt', weights_only=True)
    checkpoint['optimizer_states'][0]['param_groups'][0]['lr'] = 1e30
    torch.save(checkpoint, tmp_path / 'run' / 'checkpoints' / 'last.ckpt')
    with pytest.raises(RuntimeError, match='diverged.*learning_rate'):
        train(domain, RECIPE.override({'epochs': 9}), tmp_path / 'run')
    kept = _weights(tmp_path / 'run')
    assert all(torch.isfinite(weight).all() for weight in kept.values())
    assert _same(kept, good)


def test_other_settings_are_not_mixed_into_a_run(unbroken, domain):
    before = (unbroken / 'run.json').read_text()
    with pytest.raises(ValueError, match='learning_rate 4.8 → 1.0'):
        train(domain, RECIPE.override({'learning_rate': 1}), unbroken)
    with pytest.raises(ValueError, match='seed 0 → 1'):
        train(domain, RECIPE, unbroken, seed=1)
    assert (unbroken / 'run.json').read_text() == before


def test_a_batch_that_images_do_not_fill_is_reduced_and_said_so(domain, tmp_path, caplog):
    train(domain, RECIPE.override({'epochs': 1, 'batch_size': 4096}), tmp_path / 'run')
    assert json.loads((tmp_path / 'run' / 'run.json').read_text())['recipe']['batch_size'] == 16
    assert 'reduced to 16' in caplog.text
    learning_rate = pd.read_csv(tmp_path / 'run' / 'metrics.csv')['learning_rate'][0]
    assert np.isclose(learning_rate, 4.8 * 16 / 4096)


def test_images_are_chosen_by_split_and_seed(domain):
    assert chosen_images(domain, 'train', None, 0).tolist() == list(range(16))
    some = chosen_images(domain, 'train', 5, 0)
    assert len(set(some)) == 5
    assert set(some) < set(range(16))
    assert some.tolist() == chosen_images(domain, 'train', 5, 0).tolist()
    assert some.tolist() != chosen_images(domain, 'train', 5, 1).tolist()


@pytest.mark.parametrize(('settings', 'said'), [
    ({'split': 'validation'}, 'all or one of test, train'),
    ({'split': 'train', 'count': 17}, '16 images.*17'),
    ({'count': 1}, 'at least 2'),
    ({'precision': '16'}, 'auto, bf16 or 32'),
    ({'seed': 2 ** 70}, 'seed must be from 0'),
    ({'seed': -1}, 'seed must be from 0'),
    ({'devices': 0}, 'number of devices must be 1 or more, given: 0'),
    ({'devices': -1}, 'number of devices must be 1 or more, given: -1'),
    ({'nodes': 0}, 'number of machines'),
    ({'accelerator': 'abacus'}, r"'--accelerator abacus --devices 1 --nodes 1' \(.*\)\. '--accelerator auto"),
    pytest.param({'accelerator': 'gpu'}, "--accelerator gpu .*No supported gpu.*'--accelerator auto", marks=
                 pytest.mark.skipif(torch.cuda.is_available() or torch.backends.mps.is_available(), reason='a GPU')),
])
def test_what_cannot_be_trained_is_refused_and_leaves_nothing(settings, said, domain, tmp_path):
    with pytest.raises(ValueError, match=said):
        train(domain, RECIPE, tmp_path / 'run', **settings)
    assert not (tmp_path / 'run').exists()

def test_nothing_is_taken_from_the_working_directory_under_slurm(domain, unbroken, tmp_path, monkeypatch):
    """As Lightning writes it there when a job of somebody else's is preempted."""
    (tmp_path / 'hpc_ckpt_1.ckpt').write_bytes((unbroken / 'checkpoints' / 'last.ckpt').read_bytes())
    monkeypatch.chdir(tmp_path)
    for name, value in SLURM.items():
        monkeypatch.setenv(name, value)
    train(domain, RECIPE.override({'epochs': 1}), tmp_path / 'run', accelerator='cpu')
    assert list(pd.read_csv(tmp_path / 'run' / 'metrics.csv')['epoch']) == [0]
    assert (tmp_path / 'run' / 'checkpoints' / 'last.ckpt').exists()
    assert not list(tmp_path.glob('hpc_ckpt_2*'))


SLURM = {'SLURM_JOB_ID': '71', 'SLURM_NTASKS': '1', 'SLURM_JOB_NAME': 'job', 'SLURM_PROCID': '0', 'SLURM_LOCALID': '0',
         'SLURM_NODEID': '0', 'SLURM_NODELIST': 'n1'}


@pytest.mark.parametrize(('how', 'environment', 'says'), [
    (signal.SIGTERM, {'LOCAL_RANK': '1'}, 'Give the same command again to go on.'),
    (signal.SIGUSR1, SLURM, 'SLURM starts job 71 anew.'),
])
def test_a_signal_stops_a_run_with_its_exit_code_and_what_to_do(how, environment, says, tmp_path):
    run = tmp_path / 'run'
    (tmp_path / 'scontrol').write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/asked\n')
    (tmp_path / 'scontrol').chmod(0o755)
    script = MAKE_DOMAIN + 'from training.train import train\nfrom training.recipes import Recipe\n' \
        f"train(domain, Recipe(epochs=100000, batch_size=8, head_width=16), Path('{run}'), accelerator='cpu')\n"
    with subprocess.Popen([sys.executable, '-c', script], stderr=subprocess.PIPE, text=True, env={
            **os.environ, 'PATH': f"{tmp_path}{os.pathsep}{os.environ['PATH']}", 'PYTHONPATH': os.getcwd(),
            **environment}) as process:
        deadline = time.monotonic() + 200
        while not (run / 'checkpoints' / 'last.ckpt').exists() and time.monotonic() < deadline:
            time.sleep(.05)
        process.send_signal(how)
        try:
            said = process.communicate(timeout=100)[1]
        finally:
            process.kill()
    assert process.returncode == 128 + how
    last = said.strip().splitlines()[-1]
    assert last.startswith(f'Stopped by {how.name}. What it had learned is kept in {run}')
    assert last.endswith(says)
    assert 'step/s' in said or 's/step' in said  # the bar, although LOCAL_RANK is not 0
    assert how != signal.SIGUSR1 or (tmp_path / 'asked').read_text() == 'requeue 71\n'


@pytest.mark.parametrize(('damage', 'says'), [
    (lambda content: content[:len(content) // 2], 'is damaged'),
    (lambda content: b'', 'is damaged'),
    (lambda content: b'version https://git-lfs.github.com/spec/v1\noid sha256:00\n', 'git lfs pull'),
    (lambda content: pickle.dumps(Foreign()), 'something else than tensors'),
    (lambda content: saved({'state_dict': {}}), "has no 'epoch'"),
    (lambda content: saved([1]), 'holds a list'),
    (lambda content: saved({**loaded(content), 'state_dict': {'a': torch.zeros(1)}}), 'state_dict'),
    (lambda content: saved({**loaded(content), 'loops': {}}), 'is damaged, or of another version'),
], ids=['cut', 'empty', 'pointer', 'foreign', 'incomplete', 'list', 'other network', 'no loops'])
def test_a_damaged_checkpoint_is_one_line_that_names_it(damage, says, unbroken, domain, tmp_path):
    run = shutil.copytree(unbroken, tmp_path / 'run')
    checkpoint = run / 'checkpoints' / 'last.ckpt'
    checkpoint.write_bytes(damage(checkpoint.read_bytes()))
    with pytest.raises(ValueError, match=says) as error:
        train(domain, RECIPE.override({'epochs': 4}), run)
    assert str(checkpoint) in str(error.value)
    assert '\n' not in str(error.value)


class Foreign:
    """What must never be unpickled."""

    def __reduce__(self):
        return pytest.fail, ('unpickled',)


def saved(content):
    file = io.BytesIO()
    torch.save(content, file)
    return file.getvalue()


def loaded(content):
    return torch.load(io.BytesIO(content), weights_only=True)


@pytest.mark.parametrize('content', ['{"domain": "noise"', '{}', '[]', '', '3'])
def test_a_damaged_description_of_a_run_is_named(content, unbroken, domain, tmp_path):
    run = shutil.copytree(unbroken, tmp_path / 'run')
    (run / 'run.json').write_text(content)
    with pytest.raises(ValueError, match=r'run\.json is damaged'):
        train(domain, RECIPE, run)
    assert (run / 'run.json').read_text() == content


def test_a_folder_in_the_place_of_a_file_is_noticed_before_training(unbroken, domain, tmp_path):
    run = shutil.copytree(unbroken, tmp_path / 'run')
    (run / 'metrics.csv').unlink()
    (run / 'metrics.csv').mkdir()
    with pytest.raises(ValueError, match=r'metrics\.csv is not a file'):
        train(domain, RECIPE.override({'epochs': 4}), run)
    (tmp_path / 'file').write_text('')
    with pytest.raises(ValueError, match='file is not a folder'):
        train(domain, RECIPE, tmp_path / 'file')


def test_a_run_without_its_history_gets_it_back_from_the_checkpoint(unbroken, domain, tmp_path):
    run = shutil.copytree(unbroken, tmp_path / 'run')
    (run / 'metrics.csv').unlink()
    train(domain, RECIPE.override({'epochs': 4}), run)
    assert list(pd.read_csv(run / 'metrics.csv')['epoch']) == [0, 1, 2, 3]


def test_two_never_train_in_one_folder(unbroken, domain, tmp_path):
    run = shutil.copytree(unbroken, tmp_path / 'run')
    before = (run / 'run.json').read_bytes()
    with FileLock(run / '.lock'), pytest.raises(RuntimeError, match='Another process is training in .*--run'):
        train(domain, RECIPE.override({'epochs': 4}), run)
    (run / 'checkpoints' / 'last.ckpt').unlink()  # what it has learned is lost, but not what is known of it
    with pytest.raises(ValueError, match='seed 0 → 1'):
        train(domain, RECIPE, run, seed=1)
    assert (run / 'run.json').read_bytes() == before


@pytest.mark.skipif(not Path('/dev/full').exists(), reason='no /dev/full')
def test_a_full_disk_is_called_one_and_the_run_goes_on_later(unbroken, domain, tmp_path, monkeypatch):
    run = shutil.copytree(unbroken, tmp_path / 'run')
    hidden = atomic._hidden

    def on_full_disk(path):
        temporary = hidden(path)
        if path.suffix == '.ckpt':
            temporary.symlink_to('/dev/full')
        return temporary
    monkeypatch.setattr(atomic, '_hidden', on_full_disk)
    with pytest.raises(OSError, match='The disk of .* is full: the run is as it was'):
        train(domain, RECIPE.override({'epochs': 4}), run)
    monkeypatch.undo()
    train(domain, RECIPE.override({'epochs': 4}), run)
    assert list(pd.read_csv(run / 'metrics.csv')['epoch']) == [0, 1, 2, 3]


@pytest.mark.skipif(not sys.platform.startswith('linux'), reason='limits memory as Linux does')
def test_too_little_memory_says_which_batch_fits(tmp_path):
    script = MAKE_DOMAIN + textwrap.dedent(f"""
        import resource
        from training.recipes import Recipe
        from training.train import train
        images = np.tile(images, (50, 1, 1, 1))
        index = pd.concat([index] * 50, ignore_index=True)
        domain = PreparedDomain('noise', images, index, 'f' * 64, Path('noise'), {{}}, {{}})
        train(domain, Recipe(epochs=1, batch_size=8, head_width=16), Path('{tmp_path}/small'), count=8)
        used = int(next(line for line in open('/proc/self/status') if line.startswith('VmData')).split()[1]) * 1024
        resource.setrlimit(resource.RLIMIT_DATA, (used + 330_000_000, used + 330_000_000))
        try:
            train(domain, Recipe(epochs=1, batch_size=1024, head_width=16), Path('{tmp_path}/large'))
        except RuntimeError as error:
            print(error)
        """)
    result = subprocess.run([sys.executable, '-c', script], capture_output=True, text=True,
                            env={**os.environ, 'OMP_NUM_THREADS': '1',
                                 'MALLOC_MMAP_THRESHOLD_': '1000000'})  # so that what is freed is given back at once
    said = result.stdout.strip().splitlines()[-1]
    assert 'A batch of 1024 does not fit' in said, result.stderr[-2000:]
    fits = int(said.partition("'--batch-size ")[2].partition("'")[0])
    assert 2 <= fits <= 512
