"""What all sheets are drawn with: a ground, captions, frames, lines, and messages where there is nothing else to show.

Letters, frames and lines go into the pixels of a sheet, unless :func:`as_marks` keeps them as what they are for a file
of vectors.
"""
import contextlib
import functools
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from napari_viewer.core.theme import theme

_drawing = threading.local()


@dataclass(frozen=True)
class Text:
    """A line of text: its top left corner and its size on the sheet in pixels."""
    text: str
    top: int
    left: int
    height: int
    width: int
    colour: tuple[float, ...]


@dataclass(frozen=True)
class Box:
    """A rectangle in one colour."""
    top: float
    left: float
    height: float
    width: float
    colour: tuple[float, ...]


@dataclass(frozen=True)
class Line:
    """A line through points (column, row), whole numbers at corners of pixels."""
    points: tuple[tuple[float, float], ...]
    colour: tuple[float, ...]
    width: float


@dataclass
class Marks:
    """What lies over the pixels of a sheet, from bottom to top."""
    size: tuple[int, ...] = ()
    marks: list[Text | Box | Line] = field(default_factory=list)


@contextlib.contextmanager
def as_marks() -> Iterator[Marks]:
    """Keep letters, frames and lines of the sheet that this thread draws next out of its pixels."""
    before, _drawing.marks = getattr(_drawing, 'marks', None), Marks()
    try:
        yield _drawing.marks
    finally:
        _drawing.marks = before


def blank_sheet(size: tuple[int, int]) -> np.ndarray:
    """An empty sheet, uint8 (height, width, 3)."""
    sheet = _ground(tuple(size), tuple(theme().ground)).copy()
    marks = getattr(_drawing, 'marks', None)
    if marks is not None:
        marks.size, marks.marks = size, []
    return sheet


def fill(sheet: np.ndarray, row: int, column: int, height: int, width: int, colour) -> None:
    """Fill a rectangle of a sheet with a colour."""
    if not _kept(sheet, lambda: [Box(row, column, height, width, tuple(colour))]):
        sheet[max(row, 0):max(row + height, 0), max(column, 0):max(column + width, 0)] = colour


def draw_line(sheet: np.ndarray, points: np.ndarray, colour, width: int) -> None:
    """Draw a line through points (n, 2) of (column, row) in pixels, whole numbers at corners of pixels."""
    if not _kept(sheet, lambda: [Line(tuple(map(tuple, points.tolist())), tuple(colour), width)]):
        left, top = np.maximum(np.floor(points.min(axis=0)).astype(int) - width, 0)
        right, bottom = np.ceil(points.max(axis=0)).astype(int) + width + 1
        part = Image.fromarray(sheet[top:bottom, left:right])  # not the whole sheet: that takes milliseconds
        within = [tuple(point) for point in points - np.array([left, top])]
        ImageDraw.Draw(part).line(within, fill=tuple(colour), width=width)
        sheet[top:bottom, left:right] = np.asarray(part)


def draw_frame(sheet: np.ndarray, row: int, column: int, height: int, width: int, thickness: int, colour) -> None:
    """Draw a frame around a rectangle of a sheet."""
    outer = width + 2 * thickness
    fill(sheet, row - thickness, column - thickness, thickness, outer, colour)
    fill(sheet, row + height, column - thickness, thickness, outer, colour)
    fill(sheet, row, column - thickness, height, thickness, colour)
    fill(sheet, row, column + width, height, thickness, colour)


def write(sheet: np.ndarray, text: str, top: int, left: int, size: int = 14, colour=None,
          width: int | None = None) -> None:
    """Write a line of text on a sheet; text wider than `width` pixels is shortened in the middle."""
    ink = _ink(text, size)
    while width is not None and ink.shape[1] > width and len(text) > 5:
        keep = len(text) - 2
        text = text[:(keep + 1) // 2].rstrip('…') + '…' + text[-(keep // 2):].lstrip('…')
        ink = _ink(text, size)
    colour = theme().text if colour is None else colour
    if not text or _kept(sheet, lambda: [Text(text, top, left, size, ink.shape[1], tuple(colour))]):
        return
    target = sheet[top:top + ink.shape[0], left:left + ink.shape[1]]
    ink = ink[:target.shape[0], :target.shape[1], None]
    target[:] = (target * (1 - ink) + np.array(colour) * ink).astype(np.uint8)


def text_width(text: str, size: int) -> int:
    """Pixels that a line of text is wide."""
    return _ink(text, size).shape[1]


def message_sheet(text: str, size: tuple[int, int] = (300, 760)) -> np.ndarray:
    """A sheet that holds nothing but lines of text, in the middle."""
    sheet = blank_sheet(size)
    lines = text.splitlines()
    for k, line in enumerate(lines):
        left = max((size[1] - _ink(line, 17).shape[1]) // 2, 0)
        write(sheet, line, size[0] // 2 + round((k - len(lines) / 2) * 26), left, 17)
    return sheet


def _kept(sheet: np.ndarray, marks) -> bool:
    """Keep marks on the sheet that is drawn as what they are, if that is wanted; not those on a part of it."""
    kept = getattr(_drawing, 'marks', None)
    if kept is None or sheet.shape[:2] != tuple(kept.size):
        return False
    kept.marks.extend(marks())
    return True


@functools.lru_cache(maxsize=8)
def _ground(size: tuple[int, int], colour: tuple[int, int, int]) -> np.ndarray:
    """A sheet in one colour; a copy of it is ready ten times as soon as one that is filled."""
    sheet = np.empty((*size, 3), np.uint8)
    sheet[:] = colour
    return sheet


@functools.lru_cache(maxsize=4096)
def _ink(text: str, size: int) -> np.ndarray:
    """How much of each pixel a line of text covers, (height, width), 0 to 1."""
    font = ImageFont.load_default(size)
    canvas = Image.new('L', (int(font.getlength(text)) + 2, round(size * 1.35)))
    ImageDraw.Draw(canvas).text((0, 0), text, fill=255, font=font)
    return np.asarray(canvas, np.float32) / 255
