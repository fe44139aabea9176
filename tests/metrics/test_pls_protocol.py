"""How images are split, and protocols by their names."""
import numpy as np
import pytest
from brainscore_vision import load_metric
from brainscore_vision.metrics.noise_corrected_pls.protocol import Protocol, find_protocol, image_splits
from hypothesis import given, settings
from hypothesis import strategies as st


@given(st.integers(4, 200), st.integers(1, 20), st.integers(0, 10))
@settings(max_examples=25, deadline=None)
def test_splits_halve_the_images_and_depend_on_the_seed_alone(n_images, n_splits, seed):
    splits = image_splits(n_images, n_splits, seed)
    assert len(splits) == n_splits
    for (train, test), (again, _) in zip(splits, image_splits(n_images, n_splits, seed)):
        assert sorted([*train, *test]) == list(range(n_images))
        assert len(test) - len(train) in (0, 1)
        assert np.array_equal(train, again)


def test_a_protocol_is_found_by_its_name_or_taken_as_it_is():
    assert find_protocol('paper') == Protocol(image_splits=100, trial_halves='even_odd')
    assert find_protocol('paper').n_halvings == 1
    assert find_protocol(Protocol(3)) == Protocol(3)


def test_an_unknown_protocol_names_the_known_ones():
    with pytest.raises(ValueError, match='nayebi2023'):
        load_metric('noise_corrected_pls', protocol='best')
