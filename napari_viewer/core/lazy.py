"""Values made in one background thread when they are asked for, the newest wish first."""
import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor

import numpy as np

PATIENCE = .030  # s; a reader waits this long, so that what is quick to make needs one drawing, not two


class Lazy:
    """Keeps what `compute` returns for the latest keys, and computes in a thread of its own.

    Parameters
    ----------
    compute : callable
        Key -> value; runs in the background thread.
    on_ready : callable
        Called with the key, from any thread, when a value is there that :meth:`get` did not wait for.
    on_error : callable
        Called with the exception, from any thread, when `compute` raises; that key is not tried again.
    capacity : int
        Number of values kept.
    """

    def __init__(self, compute, on_ready=lambda key: None, on_error=lambda error: None, capacity: int = 48):
        self._compute, self._on_ready, self._on_error, self._capacity = compute, on_ready, on_error, capacity
        self._values, self._failed, self._wanted = OrderedDict(), set(), None
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix='napari-viewer')

    def get(self, key):
        """The value of a key, or None while it is being computed or where that failed."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
            if key in self._failed:
                return None
            self._wanted = key
        future = self._pool.submit(self._work, key)
        try:
            return future.result(PATIENCE)
        except TimeoutError:
            future.add_done_callback(lambda done: done.cancelled() or self._on_ready(key))
            return None

    def has(self, key) -> bool:
        """Whether the value of a key is there."""
        with self._lock:
            return key in self._values

    def forget(self) -> None:
        """Drop every value and failure."""
        with self._lock:
            self._values.clear()
            self._failed.clear()

    def close(self) -> None:
        """End the thread once the value under way is done."""
        self._wanted = None
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _work(self, key):
        if key != self._wanted:  # the user has moved on
            return None
        try:
            value = self._compute(key)
        except Exception as error:
            self._failed.add(key)
            self._on_error(error)
            return None
        with self._lock:
            self._values[key] = value
            while len(self._values) > self._capacity:
                self._values.popitem(last=False)
        return value


class PanelStack:
    """An array (models, images, height, width, 3) of uint8 whose panels are made when they are looked at.

    It is no more of an array than napari needs: shape, dtype, ndim and indexing.

    Parameters
    ----------
    n_models, n_images : int
    size : tuple of int
        Height and width of a panel.
    panel : callable
        (model, image) -> uint8 (height, width, 3).
    """
    dtype = np.dtype(np.uint8)
    ndim = 5

    def __init__(self, n_models: int, n_images: int, size: tuple, panel):
        self.shape = (n_models, n_images, *size, 3)
        self._panel = panel

    def __getitem__(self, key) -> np.ndarray:
        key = key if isinstance(key, tuple) else (key,)
        key += (slice(None),) * (self.ndim - len(key))
        chosen = [np.arange(n)[k] for n, k in zip(self.shape, key[:2])]
        models, images = (np.atleast_1d(k) for k in chosen)
        if models.size == images.size == 1:  # the usual case, without a copy
            block = self._panel(int(models[0]), int(images[0]))[None, None]
        else:
            block = np.array([[self._panel(int(m), int(i)) for i in images] for m in models])
        return block[tuple(0 if k.ndim == 0 else slice(None) for k in chosen) + key[2:]]
