"""Products of rows on a device of PyTorch are those of NumPy, and so is all that is made of them."""
import numpy as np
import pytest
from brainscore_vision.metrics.mouse_cka.cka import gram
from brainscore_vision.metrics.mouse_metrics.products import VARIABLE, row_products
from brainscore_vision.metrics.mouse_rdm.dissimilarity import dissimilarities, squared_distances
from brainscore_vision.metrics.noise_corrected_ridge.protocol import RidgeProtocol


def _ridge(features):
    responses = np.random.default_rng(1).normal(size=(20, 3))
    return RidgeProtocol(trial_halves=1).mapping(features[:20], features[20:])([responses])[0]


@pytest.mark.parametrize('made', [row_products, gram, dissimilarities, squared_distances, _ridge],
                         ids=lambda function: function.__name__)
@pytest.mark.parametrize('dtype', [np.float32, np.float64])
def test_a_device_gives_the_same(made, dtype, monkeypatch):
    features = np.random.default_rng(0).normal(size=(30, 400)).astype(dtype)
    expected = made(features)
    monkeypatch.setenv(VARIABLE, 'cpu')
    assert made(features) == pytest.approx(expected, rel=1e-4 if dtype == np.float32 else 1e-9,
                                            abs=1e-4 if dtype == np.float32 else 1e-9)


def test_what_is_formed_there_is_of_double_precision(monkeypatch):
    monkeypatch.setenv(VARIABLE, 'cpu')
    features = np.random.default_rng(0).normal(size=(5, 400)).astype(np.float32)
    assert row_products(features) == pytest.approx(features.astype(float) @ features.T.astype(float), rel=1e-12)


def test_a_device_that_is_not_there_is_an_error(monkeypatch):
    monkeypatch.setenv(VARIABLE, 'abacus')
    with pytest.raises(RuntimeError, match='abacus'):
        row_products(np.ones((3, 4)))
