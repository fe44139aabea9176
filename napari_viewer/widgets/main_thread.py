"""From background threads into the main thread, where alone Qt widgets may be changed."""
import contextlib
from collections.abc import Callable

from qtpy.QtCore import QObject, Qt, Signal

from napari_viewer.core.background_cache import BackgroundCache
from napari_viewer.widgets.notifications import notify_error


class MainThreadSignal(QObject):
    """Calls a slot in the main thread, with what any thread emits.

    Parameters
    ----------
    slot : callable
        Of one argument.
    parent : QObject
        With which the signal is deleted; what is emitted later is dropped.
    """
    _emitted = Signal(object)

    def __init__(self, slot: Callable, parent: QObject):
        super().__init__(parent)
        self._slot = slot
        # a method of this object: Qt drops what is under way to it when it is deleted, to a bare callable it does not
        self._emitted.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def _deliver(self, value) -> None:
        self._slot(value)

    def emit(self, value) -> None:
        """Call the slot with a value, soon."""
        with contextlib.suppress(RuntimeError):  # the parent has been deleted meanwhile
            self._emitted.emit(value)


def background_cache(compute: Callable, on_ready: Callable, parent: QObject, capacity: int = 48) -> BackgroundCache:
    """A :class:`BackgroundCache` that calls `on_ready` in the main thread and shows errors as notifications."""
    ready, failed = MainThreadSignal(on_ready, parent), MainThreadSignal(notify_error, parent)
    return BackgroundCache(compute, ready.emit, failed.emit, capacity)
