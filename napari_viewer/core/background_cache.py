"""Values computed in one background thread when they are asked for, the latest request first."""
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

PATIENCE = .045  # s, a frame without a graphics card, that a reader waits, so that napari draws once, not twice


class BackgroundCache:
    """Computes values in a thread of its own and keeps those that were used last.

    Of several requests that wait, only the latest is computed: the user has moved on from the others.

    Parameters
    ----------
    compute : callable
        Key -> value; runs in the background thread.
    on_ready : callable
        Called with the key, from any thread, when a value is computed that :meth:`get` did not wait for.
    on_error : callable
        Called with the exception, from any thread, when `compute` raises; that key is not tried again.
    capacity : int
        Number of values kept.
    """

    def __init__(self, compute: Callable, on_ready: Callable = lambda key: None,
                 on_error: Callable[[Exception], None] = lambda error: None, capacity: int = 48):
        self._compute, self._on_ready, self._on_error, self._capacity = compute, on_ready, on_error, capacity
        self._values, self._failed, self._latest = OrderedDict(), set(), None
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
            self._latest = key
        future = self._pool.submit(self._work, key)
        try:
            return future.result(PATIENCE)
        except TimeoutError:
            future.add_done_callback(lambda done: done.cancelled() or self._on_ready(key))
            return None

    def has(self, key) -> bool:
        """Whether the value of a key has been computed."""
        with self._lock:
            return key in self._values

    def forget(self) -> None:
        """Drop every value and failure."""
        with self._lock:
            self._values.clear()
            self._failed.clear()

    def close(self) -> None:
        """End the thread once the value under way is computed."""
        self._latest = None
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _work(self, key):
        if key != self._latest:  # the user has moved on
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
