"""The principal colour of a filter, and how much of the filter it holds."""
import numpy as np
import pytest
from fabricated.gabors import coloured, random_gabors

from study.filter_patterns import principal_patterns
from study.gabor import gabor


def test_filters_of_one_colour_are_that_pattern():
    patterns = gabor(random_gabors(5), 11)
    found, share = principal_patterns(coloured(patterns))
    assert share == pytest.approx(1)
    assert np.allclose(found / np.abs(found).max(axis=(1, 2), keepdims=True),
                       patterns / np.abs(patterns).max(axis=(1, 2), keepdims=True))


def test_filters_of_two_colours_share_themselves_out():
    filters = np.zeros((1, 3, 2, 2))
    filters[0, 0, 0, 0], filters[0, 2, 1, 1] = 3, 1
    assert principal_patterns(filters)[1].item() == pytest.approx(.9)


def test_filters_without_colour_are_left_as_they_are():
    patterns = gabor(random_gabors(2), 5)
    assert np.array_equal(principal_patterns(patterns)[0], patterns)
