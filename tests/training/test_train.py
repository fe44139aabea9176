"""Runs can be stopped, resumed and understood when they fail."""
import json
import os
import signal
import subprocess
import sys
import textwrap
import time

import numpy as np
import pandas as pd
import pytest
import torch

from training.domains import PreparedDomain
from training.recipes import Recipe
from training.train import chosen_images, train

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
])
def test_what_cannot_be_trained_is_refused_and_leaves_nothing(settings, said, domain, tmp_path):
    with pytest.raises(ValueError, match=said):
        train(domain, RECIPE, tmp_path / 'run', **settings)
    assert not (tmp_path / 'run').exists()


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
