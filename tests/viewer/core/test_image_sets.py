"""Images by number, from folders and arrays."""
import numpy as np
import pytest

from napari_viewer.core import image_sets


def test_damaged_and_odd_images(damaged_folder):
    image_set = image_sets.from_path(damaged_folder)
    assert image_set.square(2, 64).shape == (64, 64, 3)  # squeezed, as Brain-Score does
    with pytest.raises(ValueError, match='replace the file'):
        image_set.read(1)
    with pytest.raises(ValueError, match='4 x 4 pixels; at least 8 x 8'):
        image_set.read(3)


def test_arrays_of_other_kinds():
    assert image_sets.from_array(np.ones((2, 16, 20))).read(1).tolist() == np.full((16, 20, 3), 255).tolist()
    with pytest.raises(ValueError, match='transpose'):
        image_sets.from_array(np.zeros((2, 3, 64, 64), np.uint8))
    with pytest.raises(ValueError, match='0 to 1'):
        image_sets.from_array(np.full((2, 64, 64), 7.5))
    assert image_sets.from_array(np.eye(16, dtype=bool)[None]).read(0)[3, 3].tolist() == [255] * 3
    assert image_sets.from_array(np.full((2, 16, 20), 255, np.int64)).read(1).max() == 255
    with pytest.raises(ValueError, match='dividing by 65535'):
        image_sets.from_array(np.full((2, 64, 64), 300, np.uint16))


def test_a_subset_has_its_own_numbers(images):
    subset = image_sets.from_array(images).subset(np.array([7, 3]), 'two')
    assert len(subset) == 2
    assert (subset.read(1) == images[3]).all()
    assert subset.source(0) == 'images[7]'
