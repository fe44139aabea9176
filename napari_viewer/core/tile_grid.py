"""Square tiles in rows and columns on a sheet: where each lies, and drawing, numbering and framing them."""
from dataclasses import dataclass

import numpy as np

from napari_viewer.core.sheet_drawing import draw_frame
from napari_viewer.core.theme import theme
from training.mosaic import mosaic


@dataclass(frozen=True)
class TileGrid:
    """Where each of `n` square tiles lies on a sheet.

    Parameters
    ----------
    n : int
        Tiles, row by row.
    tile : int
        Width of a tile in pixels.
    columns : int
    top, left : int
        Of the grid on the sheet.
    gap : int
        Pixels between tiles, which frames are drawn in.
    """
    n: int
    tile: int
    columns: int
    top: int = 0
    left: int = 0
    gap: int = 2

    @property
    def pitch(self) -> int:
        """Pixels from one tile to the next."""
        return self.tile + self.gap

    @property
    def height(self) -> int:
        return -(-self.n // self.columns) * self.pitch + self.gap

    @property
    def width(self) -> int:
        return self.columns * self.pitch + self.gap

    def corner(self, k: int) -> tuple[int, int]:
        """Row and column of the top left pixel of tile k."""
        return (self.top + self.gap + k // self.columns * self.pitch,
                self.left + self.gap + k % self.columns * self.pitch)

    def draw(self, sheet: np.ndarray, tiles: np.ndarray, background=None) -> None:
        """Draw tiles, (n, tile, tile) or (n, tile, tile, 3), on a sheet of the same number of channels."""
        drawn = mosaic(tiles, self.columns, self.gap, theme().ground if background is None else background)
        top, left = self.top + self.gap, self.left + self.gap
        sheet[top:top + drawn.shape[0], left:left + drawn.shape[1]] = drawn

    def number(self, labels: np.ndarray, first: int) -> None:
        """Write the tiles' numbers, from `first` on, into an array of labels (height, width)."""
        numbers = np.arange(first, first + self.n, dtype=labels.dtype)[:, None, None]
        self.draw(labels, np.broadcast_to(numbers, (self.n, self.tile, self.tile)), background=0)

    def frame(self, sheet: np.ndarray, k: int, colour=None) -> None:
        """Draw a frame around tile k, in the gap."""
        row, column = self.corner(k)
        draw_frame(sheet, row, column, self.tile, self.tile, self.gap, colour or theme().highlight)


def square_columns(n: int) -> int:
    """Columns that make n tiles nearly a square."""
    return max(int(np.ceil(np.sqrt(n))), 1)


def fit_tile(n: int, columns: int, height: int, width: int, gap: int = 2) -> int:
    """Width of the largest tile with which n tiles fit into a rectangle."""
    rows = -(-n // columns)
    return max(min((width - gap) // columns, (height - gap) // rows) - gap, 2)


def enlarge(tiles: np.ndarray, tile: int) -> np.ndarray:
    """Tiles (n, h, w, ...) as (n, tile, tile, ...), each pixel repeated."""
    rows, columns = (np.arange(tile) * k // tile for k in tiles.shape[1:3])
    return tiles[:, rows[:, None], columns[None, :]]
