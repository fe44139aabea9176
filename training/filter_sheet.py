"""A picture of the first layer's filters."""
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from .atomic import replacing

ROWS = 8
GAP = 1  # pixels between filters


def contrast_normalised(filters: np.ndarray) -> np.ndarray:
    """Filters with 0 at mid-grey, each stretched so that its largest weight is black or white.

    Parameters
    ----------
    filters : numpy.ndarray, (n, 3, height, width)

    Returns
    -------
    numpy.ndarray, (n, height, width, 3)
        RGB from 0 to 1; a filter of zeros is grey.
    """
    filters = np.asarray(filters, dtype=float).transpose(0, 2, 3, 1)
    largest = np.abs(filters).max(axis=(1, 2, 3), keepdims=True)
    return .5 + .5 * filters / np.where(largest > 0, largest, 1)


def mosaic(filters: np.ndarray) -> np.ndarray:
    """Contrast-normalised filters in rows of eight from the left, white lines between: (height, width, 3)."""
    tiles = np.pad(contrast_normalised(filters), ((0, 0), (0, GAP), (0, GAP), (0, 0)), constant_values=1)
    if len(tiles) % ROWS:
        tiles = np.concatenate([tiles, np.ones((ROWS - len(tiles) % ROWS, *tiles.shape[1:]))])
    n, height, width, _ = tiles.shape
    grid = tiles.reshape(n // ROWS, ROWS, height, width, 3).swapaxes(1, 2)
    return grid.reshape(n // ROWS * height, ROWS * width, 3)[:-GAP, :-GAP]


def draw_filters(filters: np.ndarray, title: str, path: Path) -> None:
    """Write the mosaic of a first layer's filters, (n, 3, height, width), as a PNG with a title."""
    figure = Figure(figsize=(6, 6.4), layout='constrained')
    axes = figure.add_subplot()
    axes.imshow(mosaic(filters), interpolation='nearest')
    axes.set_title(title)
    axes.set_axis_off()
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary:
        figure.savefig(temporary, format='png', dpi=150)
