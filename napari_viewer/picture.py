"""A drawing in a dock: made in a background thread, shown in its own size, clickable."""
import numpy as np
from qtpy.QtCore import Qt, QTimer, Signal
from qtpy.QtGui import QImage, QPixmap
from qtpy.QtWidgets import QLabel

from napari_viewer.core.lazy import Lazy
from napari_viewer.jobs import Relay, tell

PAUSE = 120  # ms that the canvas is given to draw first: a thread that runs Python slows down all others


class Picture(QLabel):
    """Shows what `draw` makes of a key, an RGB array, without keeping the window waiting.

    Parameters
    ----------
    draw : callable
        Key -> uint8 (height, width, 3); runs in a background thread.
    empty : str
        What to do to get a picture.
    """
    clicked = Signal(int, int)  # column and row of the array

    def __init__(self, draw, empty: str, tooltip: str):
        super().__init__(empty)
        self._empty, self._key, self._shown = empty, None, None
        self.setWordWrap(True)
        self.setToolTip(tooltip)
        self.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        ready, failed = Relay(self._on_ready, self), Relay(tell, self)
        self._lazy = Lazy(draw, ready.say, failed.say, capacity=16)
        self.destroyed.connect(self._lazy.close)
        self._due = QTimer(self)
        self._due.setSingleShot(True)
        self._due.timeout.connect(lambda: self._on_ready(self._key))

    def show_key(self, key) -> None:
        """Show the picture of a key, as soon as it is drawn; None empties it."""
        self._key = key
        if key is None:
            self._shown = None
            self.setText(self._empty)
            self.setMinimumHeight(0)
            return
        if self._lazy.has(key):
            self._on_ready(key)
        else:
            self._due.start(PAUSE)

    @property
    def is_current(self) -> bool:
        """Whether the picture of the last key is shown."""
        return self._key is not None and self._shown == self._key

    def _on_ready(self, key) -> None:
        if key != self._key or key is None:
            return
        picture = self._lazy.get(key)
        if picture is not None:
            picture = np.ascontiguousarray(picture)
            height, width = picture.shape[:2]
            self.setPixmap(QPixmap.fromImage(QImage(picture.data, width, height, 3 * width,
                                                    QImage.Format.Format_RGB888)))
            self._shown = key
            self.setMinimumHeight(height)  # layouts do not ask a label of wrapped text for it

    def mousePressEvent(self, event) -> None:
        point = event.position().toPoint() if hasattr(event, 'position') else event.pos()
        self.clicked.emit(point.x(), point.y())
