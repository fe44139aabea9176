"""Tiles in rows and columns."""
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_viewer.core.tile_grid import TileGrid


@given(n=st.integers(1, 40), tile=st.integers(2, 9), columns=st.integers(1, 7), gap=st.integers(1, 3))
@settings(max_examples=30, deadline=None)
def test_every_tile_is_drawn_and_numbered(n, tile, columns, gap):
    grid = TileGrid(n, tile, columns, top=3, left=5, gap=gap)
    tiles = np.random.default_rng(n).integers(1, 255, (n, tile, tile, 3), dtype=np.uint8)
    sheet = np.zeros((grid.height + 10, grid.width + 10, 3), np.uint8)
    labels = np.zeros(sheet.shape[:2], np.uint16)
    grid.draw(sheet, tiles)
    grid.number(labels, 1)
    for k in range(n):
        row, column = grid.corner(k)
        assert (sheet[row:row + tile, column:column + tile] == tiles[k]).all()
        assert (labels[row:row + tile, column:column + tile] == k + 1).all()
    assert (labels > 0).sum() == n * tile ** 2
