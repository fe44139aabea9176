"""A figure of the first layer's filters."""
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from .atomic import replacing
from .mosaic import contrast_normalised, mosaic


def draw_filters(filters: np.ndarray, title: str, path: Path) -> None:
    """Write the mosaic of a first layer's filters as a PNG.

    Parameters
    ----------
    filters : numpy.ndarray, (n, 3, rows, columns)
        Each is shown at full contrast, see :func:`~training.mosaic.contrast_normalised`.
    title : str
        Above the mosaic.
    path : pathlib.Path
        Replaced if it exists; its folder is made if absent.
    """
    figure = Figure(figsize=(6, 6.4), layout='constrained')
    axes = figure.add_subplot()
    axes.imshow(mosaic(contrast_normalised(filters)), interpolation='nearest')
    axes.set_title(title)
    axes.set_axis_off()
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary:
        figure.savefig(temporary, format='png', dpi=150)
