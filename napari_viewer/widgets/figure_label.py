"""A figure in a dock widget: drawn in a background thread, shown in its own size, clickable."""
import functools
from collections.abc import Callable
from pathlib import Path

import numpy as np
from qtpy.QtCore import Qt, QTimer, Signal
from qtpy.QtGui import QImage, QPixmap
from qtpy.QtWidgets import QApplication, QFileDialog, QLabel, QMenu

from napari_viewer.core.dock_figure import saved_to, use_scale
from napari_viewer.widgets.main_thread import background_cache
from napari_viewer.widgets.notifications import notify_error

PAUSE = 120  # ms that the canvas is given to draw first: a thread that runs Python slows down all others


class FigureLabel(QLabel):
    """Shows the figure that `draw` makes of a key, without keeping the window waiting.

    Parameters
    ----------
    draw : callable
        Key -> uint8 (height, width, 3); runs in a background thread.
    empty : str
        What to do to get a figure.
    tooltip : str
    """
    clicked = Signal(int, int)  # column and row of the pixel

    def __init__(self, draw: Callable, empty: str, tooltip: str):
        super().__init__(empty)
        self._empty, self._key, self._shown = empty, None, None
        self.setWordWrap(True)
        self.setToolTip(f'{tooltip} Right-click to copy or save it.')
        self.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._draw = draw
        self._cache = background_cache(functools.partial(_drawn, draw), self._on_ready, self, capacity=16)
        self._due = QTimer(self)
        self._due.setSingleShot(True)
        self._due.timeout.connect(lambda: self._on_ready(self._key))

    def show_key(self, key) -> None:
        """Show the figure of a key, as soon as it is drawn; None empties the label."""
        self._key = key
        use_scale(self.devicePixelRatioF())
        if key is None:
            self._shown = None
            self.setText(self._empty)
            self.setMinimumHeight(0)
            return
        if self._cache.has(key):
            self._on_ready(key)
        else:
            self._due.start(PAUSE)

    @property
    def is_current(self) -> bool:
        """Whether the figure of the last key is shown."""
        return self._key is not None and self._shown == self._key

    def draw_anew(self) -> None:
        """Draw the figure again, in other colours."""
        self._cache.forget()
        self._shown = None
        self.show_key(self._key)

    def save(self, path: Path) -> None:
        """Write the figure as PNG, SVG or PDF."""
        try:
            with saved_to(path):
                self._draw(self._key)
        except (OSError, ValueError) as error:
            notify_error(error)

    def contextMenuEvent(self, event) -> None:
        """Copy or save the figure."""
        if not self.is_current:
            return
        menu = QMenu(self)
        copy, save = menu.addAction('Copy figure'), menu.addAction('Save figure…')
        chosen = menu.exec(event.globalPos())
        if chosen is copy:
            QApplication.clipboard().setPixmap(self.pixmap())
        elif chosen is save:
            path = QFileDialog.getSaveFileName(self, 'Save the figure', '', 'PDF (*.pdf);;SVG (*.svg);;PNG (*.png)')[0]
            if path:
                self.save(Path(path))

    def close_cache(self) -> None:
        """End the background thread; no other figure is drawn."""
        self._due.stop()
        self._key = None
        self._cache.close()

    def _on_ready(self, key) -> None:
        if key != self._key or key is None:
            return
        figure = self._cache.get(key)
        if isinstance(figure, str):  # the figure before is of something else
            self._shown = None
            self.setText(figure)
        elif figure is not None:
            figure = np.ascontiguousarray(figure)
            height, width = figure.shape[:2]
            pixmap = QPixmap.fromImage(QImage(figure.data, width, height, 3 * width, QImage.Format.Format_RGB888))
            pixmap.setDevicePixelRatio(self.devicePixelRatioF())
            self.setPixmap(pixmap)
            self._shown = key
            # layouts do not ask a label of wrapped text for it
            self.setMinimumHeight(round(height / self.devicePixelRatioF()))

    def mousePressEvent(self, event) -> None:
        point = event.position().toPoint() if hasattr(event, 'position') else event.pos()
        scale = self.devicePixelRatioF()
        self.clicked.emit(round(point.x() * scale), round(point.y() * scale))


def _drawn(draw: Callable, key) -> np.ndarray | str:
    """The figure of a key, or why there is none."""
    try:
        return draw(key)
    except Exception as error:
        return f'No figure: {error}'
