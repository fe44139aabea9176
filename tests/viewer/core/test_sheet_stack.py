"""Sheets as an array."""
import numpy as np

from napari_viewer.core.sheet_stack import SheetStack


def test_stack_indexes_as_an_array():
    sheets = np.random.default_rng(0).integers(0, 255, (2, 3, 4, 5, 3), dtype=np.uint8)
    stack = SheetStack(2, 3, (4, 5), lambda m, i: sheets[m, i])
    for key in (np.s_[1, 2], np.s_[0:1, 2:3], np.s_[:, 1], np.s_[1, :, 2:], np.s_[1]):
        assert (stack[key] == sheets[key]).all()
