"""Sheets of several models and images as one array, which napari gives sliders for."""
from collections.abc import Callable

import numpy as np


class SheetStack:
    """An array (models, images, height, width, 3) of uint8 whose sheets are drawn when they are looked at.

    It has only what napari needs of an array: shape, dtype, ndim and indexing.

    Parameters
    ----------
    n_models, n_images : int
    size : tuple of int
        Height and width of a sheet.
    draw : callable
        (model, image) -> uint8 (height, width, 3).
    """
    dtype = np.dtype(np.uint8)
    ndim = 5

    def __init__(self, n_models: int, n_images: int, size: tuple[int, int], draw: Callable[[int, int], np.ndarray]):
        self.shape = (n_models, n_images, *size, 3)
        self._draw = draw

    def __getitem__(self, key) -> np.ndarray:
        key = key if isinstance(key, tuple) else (key,)
        key += (slice(None),) * (self.ndim - len(key))
        chosen = [np.arange(n)[k] for n, k in zip(self.shape, key[:2])]
        models, images = (np.atleast_1d(k) for k in chosen)
        if models.size == images.size == 1:  # the usual case, without a copy
            block = self._draw(int(models[0]), int(images[0]))[None, None]
        else:
            block = np.array([[self._draw(int(m), int(i)) for i in images] for m in models])
        return block[tuple(0 if k.ndim == 0 else slice(None) for k in chosen) + key[2:]]
