"""What the four views have in common: a viewer, its session, and letting go of both when they are closed."""
import functools

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from napari_viewer.core.software_gl import keep_triton_out
from napari_viewer.session import session_of

WIDTH = 378  # px, of a dock


class View(QWidget):
    """A dock widget of a viewer.

    Parameters
    ----------
    napari_viewer : napari.Viewer
    hint : str
        What the view is for and where to begin, shown at its top.
    """

    def __init__(self, napari_viewer, hint: str):
        super().__init__()
        keep_triton_out()  # a worker may import PyTorch by ways of its own
        self.viewer, self.session = napari_viewer, session_of(napari_viewer)
        self._held = []
        self.destroyed.connect(functools.partial(_release, self._held))
        self.hint = QLabel(hint)
        self.hint.setWordWrap(True)
        content, area, outer = QWidget(), QScrollArea(), QVBoxLayout(self)
        self._body = QVBoxLayout(content)
        self._body.setContentsMargins(6, 6, 6, 6)
        self._body.addWidget(self.hint)
        area.setWidget(content)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)
        self.setMinimumWidth(WIDTH)

    def fill(self, *widgets) -> None:
        """Put widgets below each other; small windows scroll."""
        for widget in widgets:
            self._body.addWidget(widget)
        self._body.addStretch(1)

    def redraw(self) -> None:
        """Put what the view shows on the canvas."""
        raise NotImplementedError

    def has_content(self) -> bool:
        """Whether there is anything to put on the canvas."""
        return bool(self.session.networks)

    def claim(self) -> None:
        """Make this the view that follows what is chosen elsewhere onto the canvas."""
        self.session.active = self

    def appear(self) -> None:
        """Take the canvas, if there is something to show on it; an empty view is opened without delay."""
        self.claim()
        if self.has_content():
            self.redraw()

    def follow(self) -> None:
        """Draw anew what has changed, unless another view is on the canvas."""
        if self.session.active is self:
            self.redraw()

    def showEvent(self, event) -> None:
        super().showEvent(event)
        if not event.spontaneous() and self.session.active is not self:
            self.appear()

    def listen(self, signal, slot) -> None:
        """Connect a signal until the view is closed."""
        signal.connect(slot)
        self._held.append(functools.partial(signal.disconnect, slot))

    def hold(self, release) -> None:
        """Call `release` when the view is closed."""
        self._held.append(release)


def _release(held: list) -> None:
    while held:
        held.pop()()
