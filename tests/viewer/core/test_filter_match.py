"""Filters alike in other models."""
import numpy as np
import pytest

from napari_viewer.core.filter_match import match_filters, nearest_filters, similarity


@pytest.fixture
def weights(random_weights):
    """The first filters of a model, 0 at their borders, so that they can be shifted."""
    weights = random_weights(0)['conv1.weight'].astype(np.float32)[:16]
    weights[:, :, [0, 1, -2, -1]] = weights[:, :, :, [0, 1, -2, -1]] = 0
    weights[:, :, 2:-2, 2:-2] -= weights[:, :, 2:-2, 2:-2].mean(axis=(1, 2, 3), keepdims=True)
    return weights


def test_a_filter_is_found_again_in_another_order_sign_scale_and_place(weights):
    order = np.random.default_rng(0).permutation(16)
    others = {'same': weights, 'shuffled': -3 * np.roll(weights[order], (2, -1), (2, 3)),
              'smaller kernel': weights[::-1, :, 2:-2, 2:-2], 'grey': weights[:, :1]}
    found = nearest_filters(weights[9], others)
    assert {name: number for name, (number, _) in found.items()} == {
        'same': 9, 'shuffled': int(np.flatnonzero(order == 9)[0]), 'smaller kernel': 6}
    np.testing.assert_allclose([alike for _, alike in found.values()], 1, atol=1e-6)


def test_similarity_is_the_largest_correlation_over_shifts(weights):
    from scipy.signal import correlate
    one, other = weights[:2] + 1, weights[2:5]  # the mean does not count
    expected = np.empty((2, 3))
    for i, j in np.ndindex(2, 3):
        first = one[i] - one[i].mean()
        over_shifts = sum(correlate(a, b) for a, b in zip(first, other[j]))  # all channels together
        expected[i, j] = np.abs(over_shifts).max() / np.linalg.norm(first) / np.linalg.norm(other[j])
    np.testing.assert_allclose(similarity(one, other), expected, atol=1e-5)
    assert (similarity(0 * one + 3, other) == 0).all()
    with pytest.raises(ValueError, match='3 and of 1 channels'):
        similarity(one, other[:, :1])


def test_filters_are_matched_one_to_one_and_not_each_to_its_nearest(weights):
    shuffled = -weights[::-1].copy()
    shuffled[0] = weights[3]  # two that are nearest to filter 3, one of which must go to another
    matching = match_filters({'first': weights[:10], 'second': shuffled, 'grey': weights[:5, :1]})
    pairs = similarity(weights[:10], shuffled)
    assert sorted(matching.partners['second'][matching.partners['second'] >= 0]) == list(range(10))
    assert (matching.partners['second'] < 0).sum() == 6
    for filter_, partner in enumerate(matching.partners['second']):
        if partner >= 0:
            assert matching.alike['second'][filter_] == pairs[partner, filter_]
    assert matching.partners['second'][12] in (3, -1)
    # place by place, the most alike first, and what has no partner behind
    places = matching.partners['second'][matching.orders['second']]
    assert (places[:10] == matching.orders['first']).all()
    alike = matching.alike['second'][matching.orders['second']][:10]
    assert (np.diff(alike) <= 0).all()
    assert (matching.orders['grey'] == np.arange(5)).all()
    own = int(np.flatnonzero(matching.partners['second'] == 5)[0])
    assert matching.belonging('second', own) == {'first': 5, 'second': own}
    assert matching.belonging('grey', 2) == {'grey': 2}
