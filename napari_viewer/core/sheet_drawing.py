"""What all sheets are drawn with: a ground, captions, frames, and messages where there is nothing else to show."""
import functools

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from napari_viewer.core.theme import theme


def blank_sheet(size: tuple[int, int]) -> np.ndarray:
    """An empty sheet, uint8 (height, width, 3)."""
    sheet = np.empty((*size, 3), np.uint8)
    sheet[:] = theme().ground
    return sheet


def draw_frame(sheet: np.ndarray, row: int, column: int, height: int, width: int, thickness: int, colour) -> None:
    """Draw a frame around a rectangle of a sheet."""
    top, left = max(row - thickness, 0), max(column - thickness, 0)
    bottom, right = row + height + thickness, column + width + thickness
    sheet[top:row, left:right] = colour
    sheet[row + height:bottom, left:right] = colour
    sheet[top:bottom, left:column] = colour
    sheet[top:bottom, column + width:right] = colour


def write(sheet: np.ndarray, text: str, top: int, left: int, size: int = 14, colour=None,
          width: int | None = None) -> None:
    """Write a line of text on a sheet; text wider than `width` pixels is shortened in the middle."""
    ink = _ink(text, size)
    while width is not None and ink.shape[1] > width and len(text) > 5:
        keep = len(text) - 2
        text = text[:(keep + 1) // 2].rstrip('…') + '…' + text[-(keep // 2):].lstrip('…')
        ink = _ink(text, size)
    target = sheet[top:top + ink.shape[0], left:left + ink.shape[1]]
    ink = ink[:target.shape[0], :target.shape[1], None]
    target[:] = (target * (1 - ink) + np.array(theme().text if colour is None else colour) * ink).astype(np.uint8)


def message_sheet(text: str, size: tuple[int, int] = (300, 760)) -> np.ndarray:
    """A sheet that holds nothing but lines of text, in the middle."""
    sheet = blank_sheet(size)
    lines = text.splitlines()
    for k, line in enumerate(lines):
        left = max((size[1] - _ink(line, 17).shape[1]) // 2, 0)
        write(sheet, line, size[0] // 2 + round((k - len(lines) / 2) * 26), left, 17)
    return sheet


@functools.lru_cache(maxsize=4096)
def _ink(text: str, size: int) -> np.ndarray:
    """How much of each pixel a line of text covers, (height, width), 0 to 1."""
    font = ImageFont.load_default(size)
    canvas = Image.new('L', (int(font.getlength(text)) + 2, round(size * 1.35)))
    ImageDraw.Draw(canvas).text((0, 0), text, fill=255, font=font)
    return np.asarray(canvas, np.float32) / 255
