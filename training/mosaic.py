"""Tiles side by side in one image, and filters as tiles."""
import numpy as np


def mosaic(filters: np.ndarray, columns: int | None = None, gap: int = 1, background: float = 1) -> np.ndarray:
    """Filters, or any other tiles, in rows from the left with a gap between them.

    Parameters
    ----------
    filters : numpy.ndarray, (n, rows, columns, 3) or (n, rows, columns)
        Such as from :func:`contrast_normalised`.
    columns : int, optional
        Tiles in a row; by default as many as make the whole nearly square.
    gap : int
        Pixels between tiles.
    background : float
        Value of the gaps and of the places that are left over in the last row.

    Returns
    -------
    numpy.ndarray, (height, width, 3) or (height, width)
        Of the type of the tiles.
    """
    n, height, width = filters.shape[:3]
    columns = columns or max(int(np.ceil(np.sqrt(n))), 1)
    rows = -(-n // columns)
    tiles = np.full((rows * columns, height + gap, width + gap, *filters.shape[3:]), background, filters.dtype)
    tiles[:n, :height, :width] = filters
    grid = tiles.reshape(rows, columns, *tiles.shape[1:]).swapaxes(1, 2)
    whole = grid.reshape(rows * (height + gap), columns * (width + gap), *filters.shape[3:])
    return whole[:rows * (height + gap) - gap, :columns * (width + gap) - gap]


def contrast_normalised(filters: np.ndarray) -> np.ndarray:
    """Filters with 0 at mid-grey, each stretched so that its largest weight is black or white.

    Parameters
    ----------
    filters : numpy.ndarray, (n, 3, rows, columns)

    Returns
    -------
    numpy.ndarray, (n, rows, columns, 3)
        RGB from 0 to 1; a filter of zeros is grey.
    """
    filters = np.asarray(filters, dtype=float).transpose(0, 2, 3, 1)
    largest = np.abs(filters).max(axis=(1, 2, 3), keepdims=True)
    return .5 + .5 * filters / np.where(largest > 0, largest, 1)
