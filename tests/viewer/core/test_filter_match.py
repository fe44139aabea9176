"""Filters alike in other models."""
import numpy as np

from napari_viewer.core.filter_match import nearest_filters


def test_a_filter_is_found_again_in_another_order_sign_and_scale(random_weights):
    weights = random_weights(0)['conv1.weight'].astype(np.float32)
    order = np.random.default_rng(0).permutation(64)
    others = {'same': weights, 'shuffled': -3 * weights[order] + 1, 'small': weights[:, :, :5, :5]}
    found = nearest_filters(weights[9], others)
    assert found == {'same': 9, 'shuffled': int(np.flatnonzero(order == 9)[0])}
    assert nearest_filters(0 * weights[9], {'same': weights}) == {'same': 0}
