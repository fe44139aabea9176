"""Norms of activations."""
import numpy as np

from study.norms import activation_norms


def test_a_row_for_each_model_layer_and_image():
    table = activation_norms({'a': {'conv1': np.array([[3., 4.], [0., 0.]]), 'conv2': np.ones((2, 4))}})
    assert list(table.norm) == [5, 0, 2, 2]
    assert list(table.image) == [0, 1, 0, 1]


def test_nothing_is_an_empty_table():
    assert len(activation_norms({})) == 0
