"""Probes against their definitions and other implementations, and on images whose classes are plain to see."""
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from lightly.utils.benchmarking import knn_predict
from torchvision.transforms.functional import normalize

from training.backbone import IMAGENET_MEAN, IMAGENET_STD
from training.probe import (
    GRIDS,
    chance_accuracy,
    features,
    knn_accuracy,
    linear_accuracy,
    probe_domain,
    probe_models,
    untrained_trunk,
)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), neighbours=st.integers(1, 40), classes=st.integers(2, 5))
def test_knn_is_that_of_lightly(seed, neighbours, classes):
    rng = np.random.default_rng(seed)
    train, test = rng.standard_normal((40, 8)), rng.standard_normal((25, 8))
    known, asked = rng.integers(0, classes, 40), rng.integers(0, classes, 25)
    unit = [torch.nn.functional.normalize(torch.from_numpy(x), dim=1) for x in (train, test)]
    predicted = knn_predict(unit[1], unit[0].T, torch.from_numpy(known), classes, neighbours, .1)[:, 0].numpy()
    # classes that tie may be told apart differently
    assert knn_accuracy(train, known, test, asked, neighbours) == pytest.approx((predicted == asked).mean(), abs=.05)


def test_a_linear_probe_finds_what_is_linear_whatever_its_scale():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((600, 7)) * np.logspace(-3, 3, 7) + 50
    labels = (x[:, 0] > 50).astype(int) + 2 * (x[:, 6] > 50)
    assert linear_accuracy(x[:400], labels[:400], x[400:], labels[400:]) > .9
    shuffled = rng.permutation(labels)
    assert linear_accuracy(x[:400], shuffled[:400], x[400:], shuffled[400:]) < .4


def test_chance_is_the_commonest_training_class():
    assert chance_accuracy(np.array([2, 2, 0]), np.array([2, 0, 0, 1])) == .25


@pytest.mark.parametrize(('layer', 'size'), [('pooled', 256), ('conv1', 64 * 64), ('conv5', 256 * 9)])
def test_features_are_the_layers_whatever_the_batch(layer, size, monkeypatch):
    network = untrained_trunk()
    images = np.random.default_rng(0).integers(0, 256, (5, 64, 64, 3), dtype=np.uint8)
    monkeypatch.setattr('training.probe.BATCH', 2)
    found = features(network, images, layer)
    assert found.shape == (5, size)
    batch = normalize(torch.from_numpy(images).permute(0, 3, 1, 2) / 255, IMAGENET_MEAN, IMAGENET_STD)
    with torch.no_grad():
        maps = network(batch) if layer == 'pooled' else torch.nn.functional.adaptive_avg_pool2d(
            network[:{'conv1': 2, 'conv5': 12}[layer]](batch), GRIDS[layer])
    assert found == pytest.approx(maps.flatten(1).numpy(), abs=1e-5)


def test_an_unknown_layer_is_refused():
    with pytest.raises(ValueError, match="No layer 'fc6': choose from pooled, conv1"):
        features(untrained_trunk(), np.zeros((1, 64, 64, 3), np.uint8), 'fc6')


@pytest.fixture
def stripes():
    """Horizontal, vertical and no stripes in noise."""
    rng = np.random.default_rng(0)
    labels = np.arange(90) % 3
    wave = 60 * np.sign(np.sin(np.arange(64) * np.pi / 4))
    patterns = np.stack([np.tile(wave[:, None], 64), np.tile(wave, (64, 1)), np.zeros((64, 64))])
    images = 128 + patterns[labels][..., None] + rng.normal(0, 20, (90, 64, 64, 3))
    index = pd.DataFrame({'label': labels, 'split': ['train'] * 60 + ['test'] * 30})
    return SimpleNamespace(name='stripes', images=np.clip(images, 0, 255).astype(np.uint8), index=index)


def test_plain_classes_are_told(stripes):
    (row,) = probe_domain(untrained_trunk(), stripes).to_dict('records')
    assert row['linear'] == 1
    assert (row['n_train'], row['n_test'], row['n_classes'], row['n_features']) == (60, 30, 3, 256)
    assert row['chance'] == pytest.approx(1 / 3)


def test_models_stand_beside_random_weights(stripes):
    silent = {name: torch.zeros_like(tensor) for name, tensor in _weights(untrained_trunk()).items()}
    silent['conv5.bias'] += 1  # the same features for every image
    table = probe_models({'silent': silent}, [stripes], ('pooled', 'conv5')).set_index(['model', 'layer'])
    assert list(table.index) == [(model, layer) for model in ('untrained', 'silent') for layer in ('pooled', 'conv5')]
    assert table.loc[('silent', 'pooled'), 'linear'] == pytest.approx(1 / 3)
    assert table.loc[('untrained', 'pooled'), 'linear'] == 1


def test_a_domain_without_test_images_is_refused(stripes):
    stripes.index['split'] = 'all'
    with pytest.raises(ValueError, match='0 training and 0 test images'):
        probe_domain(untrained_trunk(), stripes)


def test_untrained_is_the_model_of_that_name():
    from brainscore_vision.models.alexnet64.model import convolutional_trunk
    model = {name.replace('.0.', '.'): tensor for name, tensor in convolutional_trunk().state_dict().items()}
    assert all(torch.equal(tensor, model[name]) for name, tensor in _weights(untrained_trunk()).items())


def _weights(network):
    return {f'conv{layer}.{part}': getattr(network[index], part).detach()
            for layer, index in enumerate((0, 3, 6, 8, 10), 1) for part in ('weight', 'bias')}
