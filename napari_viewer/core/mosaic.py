"""Tiles in rows and columns, with frames and captions, in one RGB picture."""
import functools
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

BACKGROUND = (22, 24, 28)
TEXT = (235, 235, 235)
FAINT = (150, 154, 162)
HIGHLIGHT = (255, 176, 0)  # the chosen tile
SECOND = (90, 200, 250)  # tiles that something is said about, such as the top channels


@dataclass(frozen=True)
class Mosaic:
    """Where each of `n` square tiles lies in a picture.

    Parameters
    ----------
    n : int
        Tiles, row by row.
    cell : int
        Width of a tile in pixels.
    columns : int
    top, left : int
        Of the mosaic in the picture.
    gap : int
        Pixels between tiles, which frames are drawn in.
    """
    n: int
    cell: int
    columns: int
    top: int = 0
    left: int = 0
    gap: int = 2

    @property
    def pitch(self) -> int:
        return self.cell + self.gap

    @property
    def height(self) -> int:
        return -(-self.n // self.columns) * self.pitch + self.gap

    @property
    def width(self) -> int:
        return self.columns * self.pitch + self.gap

    def corner(self, k: int) -> tuple:
        """Row and column of the top left pixel of tile k."""
        return (self.top + self.gap + k // self.columns * self.pitch,
                self.left + self.gap + k % self.columns * self.pitch)

    def place(self, panel: np.ndarray, tiles: np.ndarray, background=BACKGROUND) -> None:
        """Draw tiles, (n, cell, cell) or (n, cell, cell, 3), into a picture of the same number of channels."""
        rows = -(-self.n // self.columns)
        block = np.empty((rows * self.columns, self.pitch, self.pitch, *tiles.shape[3:]), panel.dtype)
        block[:] = background
        block[:self.n, self.gap:, self.gap:] = tiles
        block = block.reshape(rows, self.columns, *block.shape[1:]).swapaxes(1, 2)
        height, width = rows * self.pitch, self.columns * self.pitch
        panel[self.top:self.top + height, self.left:self.left + width] = block.reshape(height, width, *tiles.shape[3:])

    def number(self, labels: np.ndarray, first: int) -> None:
        """Write the tiles' numbers, from `first` on, into an image of labels."""
        tiles = np.broadcast_to(np.arange(first, first + self.n)[:, None, None], (self.n, self.cell, self.cell))
        self.place(labels, tiles, background=0)

    def frame(self, panel: np.ndarray, k: int, colour=HIGHLIGHT) -> None:
        """Draw a frame around tile k, in the gap."""
        row, column = self.corner(k)
        frame(panel, row, column, self.cell, self.cell, self.gap, colour)


def frame(panel: np.ndarray, row: int, column: int, height: int, width: int, thickness: int, colour) -> None:
    """Draw a frame around a rectangle of a picture."""
    top, left = max(row - thickness, 0), max(column - thickness, 0)
    bottom, right = row + height + thickness, column + width + thickness
    panel[top:row, left:right] = colour
    panel[row + height:bottom, left:right] = colour
    panel[top:bottom, left:column] = colour
    panel[top:bottom, column + width:right] = colour


def square_columns(n: int) -> int:
    """Columns that make n tiles nearly a square."""
    return max(int(np.ceil(np.sqrt(n))), 1)


def fit_cell(n: int, columns: int, height: int, width: int, gap: int = 2) -> int:
    """Width of the largest tile with which n tiles fit into a rectangle."""
    rows = -(-n // columns)
    return max(min((width - gap) // columns, (height - gap) // rows) - gap, 2)


def enlarge(tiles: np.ndarray, cell: int) -> np.ndarray:
    """Tiles (n, h, w, ...) as (n, cell, cell, ...), each pixel repeated."""
    rows, columns = (np.arange(cell) * k // cell for k in tiles.shape[1:3])
    return tiles[:, rows[:, None], columns[None, :]]


def write(panel: np.ndarray, text: str, top: int, left: int, size: int = 14, colour=TEXT, width: int | None = None):
    """Write a line of text into a picture; text wider than `width` pixels is shortened in the middle."""
    ink = _ink(text, size)
    while width is not None and ink.shape[1] > width and len(text) > 5:
        keep = len(text) - 2
        text = text[:(keep + 1) // 2].rstrip('…') + '…' + text[-(keep // 2):].lstrip('…')
        ink = _ink(text, size)
    target = panel[top:top + ink.shape[0], left:left + ink.shape[1]]
    ink = ink[:target.shape[0], :target.shape[1], None]
    target[:] = (target * (1 - ink) + np.array(colour) * ink).astype(np.uint8)


def message(text: str, size: tuple = (300, 760)) -> np.ndarray:
    """A panel that holds nothing but lines of text, in the middle."""
    panel = np.empty((*size, 3), np.uint8)
    panel[:] = BACKGROUND
    lines = text.splitlines()
    for k, line in enumerate(lines):
        left = max((size[1] - _ink(line, 17).shape[1]) // 2, 0)
        write(panel, line, size[0] // 2 + round((k - len(lines) / 2) * 26), left, 17)
    return panel


@functools.lru_cache(maxsize=4096)
def _ink(text: str, size: int) -> np.ndarray:
    """How much of each pixel a line of text covers, (height, width), 0 to 1."""
    font = ImageFont.load_default(size)
    picture = Image.new('L', (int(font.getlength(text)) + 2, round(size * 1.35)))
    ImageDraw.Draw(picture).text((0, 0), text, fill=255, font=font)
    return np.asarray(picture, np.float32) / 255
