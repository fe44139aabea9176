"""Distances and alignment of activations whose answer is known."""
import numpy as np
import pytest

from study.distances import pairwise_distances


def test_euclidean_distance_is_the_mean_over_images():
    a = np.zeros((2, 4))
    table = pairwise_distances({'a': {'conv1': a}, 'b': {'conv1': a + [[1], [3]]}})
    assert list(table.distance) == [4, 4]
    assert set(zip(table.model, table.other)) == {('a', 'b'), ('b', 'a')}


def test_alignment_does_not_depend_on_the_order_or_scale_of_features():
    a = np.random.default_rng(0).standard_normal((40, 30))
    table = pairwise_distances({'a': {'conv1': a}, 'b': {'conv1': 7 * a[:, ::-1] + 2}})
    assert table.cka.to_numpy() == pytest.approx(1)
    assert table.distance.min() > 10


def test_alignment_of_independent_features_is_low():
    rng = np.random.default_rng(0)
    table = pairwise_distances({'a': {'conv1': rng.standard_normal((300, 5))},
                                'b': {'conv1': rng.standard_normal((300, 5))}})
    assert table.cka.max() < .1


def test_layers_that_only_one_model_has_are_left_out():
    a = np.random.default_rng(0).standard_normal((5, 3))
    table = pairwise_distances({'a': {'conv1': a, 'conv9': a}, 'b': {'conv1': a}})
    assert set(table.layer) == {'conv1'}


def test_a_layer_that_answers_all_images_alike_has_no_alignment():
    a = np.random.default_rng(0).standard_normal((5, 3))
    assert pairwise_distances({'a': {'conv1': a}, 'b': {'conv1': np.ones((5, 3))}}).cka.isna().all()
