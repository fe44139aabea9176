"""What is shown, as files: sheets and figures as PNG, SVG or PDF, what is on them as CSV; complete or not at all."""
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from training.atomic import replacing

KINDS = ('.png', '.svg', '.pdf')
RESOLUTION = 300  # pixels an inch of PDF and SVG


def save_sheet(path: Path, sheet: np.ndarray, width: int | None = None) -> Path:
    """Write a sheet as PNG, or as the one image of an SVG or PDF.

    Parameters
    ----------
    path : pathlib.Path
        Its ending says which.
    sheet : numpy.ndarray, uint8 (height, width, 3)
    width : int, optional
        Of the file in pixels; as the sheet by default. Whole multiples repeat pixels, others are interpolated.

    Raises
    ------
    ValueError
        If there is no such kind of file.
    """
    path = _checked(path)
    if width is not None and width != sheet.shape[1]:
        height = round(sheet.shape[0] * width / sheet.shape[1])
        smoother = Image.Resampling.NEAREST if width % sheet.shape[1] == 0 else Image.Resampling.LANCZOS
        sheet = np.asarray(Image.fromarray(sheet).resize((width, height), smoother))
    with replacing(path) as temporary:
        if path.suffix.lower() == '.png':
            Image.fromarray(sheet).save(temporary, format='PNG')
        else:
            from matplotlib.figure import Figure
            figure = Figure((sheet.shape[1] / RESOLUTION, sheet.shape[0] / RESOLUTION), dpi=RESOLUTION)
            ax = figure.add_axes((0, 0, 1, 1))
            ax.imshow(sheet, interpolation='none')
            ax.set_axis_off()
            figure.savefig(temporary, format=path.suffix.lower()[1:])
    return path


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
