"""What is shown, as files: sheets and figures as PNG, SVG or PDF, what is on them as CSV; complete or not at all."""
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from napari_viewer.core.sheet_drawing import Box, Line, Marks, Text, as_marks
from training.atomic import replacing

KINDS = ('.png', '.svg', '.pdf')
RESOLUTION = 300  # pixels an inch of PDF and SVG
ABOVE = .15  # of a line of text: room above its letters on sheets


def save_sheet(path: Path, draw: Callable[[], np.ndarray], width: int | None = None) -> Path:
    """Write a sheet as PNG, or as SVG or PDF with its letters, frames and lines as such over images of pixels.

    Parameters
    ----------
    path : pathlib.Path
        Its ending says which.
    draw : callable
        Draws the sheet anew, uint8 (height, width, 3).
    width : int, optional
        Of a PNG in pixels, as the sheet by default: whole multiples repeat pixels, others are interpolated. An SVG or
        PDF is as wide as so many pixels at :data:`RESOLUTION`.

    Raises
    ------
    ValueError
        If there is no such kind of file.
    """
    path = _checked(path)
    if path.suffix.lower() == '.png':
        sheet = _resized(draw(), width)
        with replacing(path) as temporary:
            Image.fromarray(sheet).save(temporary, format='PNG')
        return path
    import matplotlib
    with as_marks() as marks:
        sheet = draw()
    with matplotlib.rc_context({'svg.fonttype': 'none', 'pdf.fonttype': 42}):
        return save_figure(path, _vectors(sheet, marks, width or sheet.shape[1]))


def _resized(sheet: np.ndarray, width: int | None) -> np.ndarray:
    if width is None or width == sheet.shape[1]:
        return sheet
    height = round(sheet.shape[0] * width / sheet.shape[1])
    smoother = Image.Resampling.NEAREST if width % sheet.shape[1] == 0 else Image.Resampling.LANCZOS
    return np.asarray(Image.fromarray(sheet).resize((width, height), smoother))


def _vectors(sheet: np.ndarray, marks: Marks, width: int):
    """A matplotlib figure of the pixels of a sheet and the marks over them, `width` pixels wide at RESOLUTION."""
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle
    height, own_width = sheet.shape[:2]
    points = width / own_width * 72 / RESOLUTION  # of a pixel of the sheet
    figure = Figure((width / RESOLUTION, width * height / own_width / RESOLUTION), dpi=RESOLUTION)
    ax = figure.add_axes((0, 0, 1, 1))
    ax.imshow(sheet, interpolation='none', extent=(0, own_width, height, 0), aspect='auto')
    for order, mark in enumerate(marks.marks, 2):
        colour = [part / 255 for part in mark.colour]
        if isinstance(mark, Text):
            ax.text(mark.left, mark.top + ABOVE * mark.height, mark.text, fontsize=_font_size(mark) * points,
                    color=colour, va='top', zorder=order, parse_math=False)
        elif isinstance(mark, Box):
            ax.add_patch(Rectangle((mark.left, mark.top), mark.width, mark.height, color=colour, linewidth=0,
                                   zorder=order))
        elif isinstance(mark, Line):
            ax.plot(*zip(*mark.points), color=colour, linewidth=mark.width * points, zorder=order)
    ax.set(xlim=(0, own_width), ylim=(height, 0))
    ax.set_axis_off()
    return figure


def _font_size(text: Text) -> float:
    """Size in pixels at which a text is no wider than on the sheet, where letters have another shape."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath
    drawn = TextPath((0, 0), text.text, size=text.height, prop=FontProperties()).get_extents().width
    return text.height * min(1., text.width / drawn) if drawn > 0 else text.height


def save_figure(path: Path, figure) -> Path:
    """Write a matplotlib figure, its lines and letters as such in SVG and PDF; errors as of :func:`save_sheet`."""
    path = _checked(path)
    with replacing(path) as temporary:
        figure.savefig(temporary, format=path.suffix.lower()[1:], dpi=RESOLUTION)
    return path


def save_table(path: Path, table: pd.DataFrame) -> Path:
    """Write what is on a sheet as CSV."""
    with replacing(Path(path)) as temporary:
        table.to_csv(temporary, index=False)
    return Path(path)


def _checked(path: Path) -> Path:
    if Path(path).suffix.lower() not in KINDS:
        raise ValueError(f'{path} is no kind of file that figures are written as: end its name in {", ".join(KINDS)}.')
    return Path(path)
