"""A run leaves what its network looked like on the way, the same whether it was stopped or not."""
import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from training.backbone import read_weights, trunk
from training.domains import PreparedDomain
from training.export import export
from training.probe import features, knn_accuracy
from training.recipes import RECIPES
from training.simclr import SimCLR
from training.snapshots import snapshot_epochs
from training.train import train

RECIPE = RECIPES['normalised'].override({'epochs': 3, 'batch_size': 8, 'head_width': 16})


@pytest.fixture(scope='module')
def domain(tmp_path_factory) -> PreparedDomain:
    """Bright and dark images, some of each in the test split."""
    rng = np.random.default_rng(0)
    label = np.arange(36) % 2
    colours = rng.integers(0, 200, (36, 1, 1, 3)) + 30 * label[:, None, None, None]
    images = (colours + rng.integers(0, 20, (36, 64, 64, 3))).astype(np.uint8)
    index = pd.DataFrame({'source': [f'{i}.png' for i in range(36)], 'class_name': np.array(['dark', 'bright'])[label],
                          'label': label, 'split': ['train'] * 24 + ['test'] * 12})
    metadata = {'title': 'bright and dark', 'official': False, 'licence': '', 'citation': '', 'recipe': {},
                'archives': []}
    return PreparedDomain('brightness', images, index, 'f' * 64, tmp_path_factory.mktemp('domain'), {}, metadata)


@pytest.fixture(scope='module')
def run(domain, tmp_path_factory):
    return train(domain, RECIPE, tmp_path_factory.mktemp('runs') / 'run', precision='32')


def test_epochs_are_evenly_spaced_on_a_logarithmic_axis():
    assert snapshot_epochs(1) == [0, 1]
    assert snapshot_epochs(3) == [0, 1, 2, 3]
    epochs = snapshot_epochs(372)
    assert epochs[:3] == [0, 1, 2]
    assert epochs[-1] == 372
    assert len(epochs) < 18
    later = np.diff(np.log(epochs[6:]))
    assert later.max() < 2 * later.min()


def test_weights_filters_and_accuracy_are_those_of_the_epoch(run, domain):
    assert sorted(path.name for path in (run / 'snapshots').iterdir()) == [
        f'epoch_0000{epoch}.safetensors' for epoch in range(4)]
    first = read_weights(run / 'snapshots' / 'epoch_00000.safetensors')
    start = SimCLR(RECIPE, torch.from_numpy(domain.images)).backbone[0].convolution.weight
    assert torch.allclose(first['conv1.weight'].float(), start / np.sqrt(1 + 1e-5), atol=1e-4)
    exported = load_file(export(run, name='trained'))
    last = load_file(run / 'snapshots' / 'epoch_00003.safetensors')
    assert all(torch.equal(exported[name], last[name]) for name in exported)
    with Image.open(run / 'filters_00003.png') as image:
        assert image.size[0] > 400
    table = pd.read_csv(run / 'snapshots.csv')
    assert table['epoch'].tolist() == [0, 1, 2, 3]
    assert table['pairs'].tolist() == [0, 32, 64, 96]
    network = trunk({name: tensor.float() for name, tensor in last.items()})
    x, label = features(network, domain.images), domain.index['label'].to_numpy()
    assert table['knn'].iloc[-1] == pytest.approx(knn_accuracy(x[:24], label[:24], x[24:], label[24:]), abs=.1)
    assert table['knn'].between(0, 1).all()


def test_tensorboard_shows_them(run):
    events = EventAccumulator(str(run / 'tensorboard'))
    events.Reload()
    assert [event.step for event in events.Images('conv1 filters')] == [0, 1, 2, 3]
    assert [event.step for event in events.Scalars('knn')] == [0, 1, 2, 3]


def test_a_stopped_run_goes_on_to_the_same_snapshots(run, domain, tmp_path):
    part = tmp_path / 'run'

    class Stop(Exception):
        pass

    start = SimCLR.on_train_epoch_start

    def stop(self):
        if self.current_epoch == 2:
            raise Stop
        start(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SimCLR, 'on_train_epoch_start', stop)
        with pytest.raises(Stop):
            train(domain, RECIPE, part, precision='32')
    assert (part / 'snapshots.csv').read_text() != (run / 'snapshots.csv').read_text()
    train(domain, RECIPE, part, precision='32')
    assert (part / 'snapshots.csv').read_text() == (run / 'snapshots.csv').read_text()
    for name in ('epoch_00001', 'epoch_00003'):
        mine, theirs = (load_file(folder / 'snapshots' / f'{name}.safetensors') for folder in (part, run))
        assert all(torch.equal(mine[key], theirs[key]) for key in theirs)


def test_a_domain_without_classes_has_no_accuracy(domain, tmp_path):
    index = domain.index.assign(split='all', label=0)
    plain = PreparedDomain('plain', domain.images, index, 'e' * 64, tmp_path, {}, domain.metadata)
    run = train(plain, RECIPE.override({'epochs': 1}), tmp_path / 'run', precision='32')
    assert pd.read_csv(run / 'snapshots.csv')['knn'].isna().all()
    assert (run / 'filters_00001.png').exists()


def test_a_run_along_a_cosine_cannot_be_made_longer(run, domain):
    with pytest.raises(ValueError, match='epochs 3 → 4'):
        train(domain, RECIPE.override({'epochs': 4}), run, precision='32')
