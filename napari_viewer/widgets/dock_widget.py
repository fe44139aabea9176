"""What all dock widgets have in common: a viewer, the state that they share, and letting go of both when closed."""
import contextlib
import functools
from collections.abc import Callable

from magicgui.widgets.bases import ValueWidget
from qtpy.QtCore import QEvent, Qt
from qtpy.QtWidgets import QDockWidget, QLabel, QScrollArea, QVBoxLayout, QWidget

from napari_viewer.core.software_gl import keep_triton_out
from napari_viewer.core.theme import use_theme
from napari_viewer.viewer_state import state_of
from napari_viewer.widgets.choice import Choice
from napari_viewer.widgets.figure_label import FigureLabel
from napari_viewer.widgets.notifications import hush_other_packages
from napari_viewer.widgets.worker_bar import WorkerBar

WIDTH = 378  # px, of a dock


class DockWidget(QWidget):
    """A dock widget of a viewer.

    napari takes a closed dock's widget off its parent and leaves it to Python's garbage collector, which may clear the
    callables behind the signal `destroyed` before Qt emits it: a segmentation fault. So nothing here listens to that
    signal; a widget that loses its parent is closed at once and deleted by Qt, and cannot be docked again.

    Parameters
    ----------
    napari_viewer : napari.Viewer
    hint : str
        What it is for and where to begin, shown at its top.
    """

    tab = ''  # what its tab says

    def __init__(self, napari_viewer, hint: str):
        super().__init__()
        keep_triton_out()  # a worker may import PyTorch by ways of its own
        hush_other_packages()
        self.viewer, self.state = napari_viewer, state_of(napari_viewer)
        self.kept: dict[str, ValueWidget] = {}  # options that a session keeps, by name
        self._releases: list[Callable[[], None]] = []
        self._follow_theme()
        self.follow(self.viewer.events.theme, lambda event: self._on_theme())
        self.hint = QLabel(hint)
        self.hint.setWordWrap(True)
        content, outer = QWidget(), QVBoxLayout(self)
        self._area, self._dock = QScrollArea(), None
        self._body = QVBoxLayout(content)
        self._body.setContentsMargins(6, 6, 6, 6)
        self._body.addWidget(self.hint)
        self._area.setWidget(content)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._area)
        self.setMinimumWidth(WIDTH)

    def remember(self) -> dict:
        """Its options, as JSON takes them, for :meth:`recall`."""
        return {name: box.kept if isinstance(box, Choice) else box.value for name, box in self.kept.items()}

    def recall(self, options: dict) -> None:
        """Choose options as they were; what is not offered, now or later, is passed over."""
        for name in self.kept.keys() & options.keys():
            box, value = self.kept[name], options[name]
            with contextlib.suppress(ValueError, TypeError):  # the file was written by hand, or by another version
                if isinstance(box, Choice) and isinstance(value, str):
                    box.want(value)
                elif not isinstance(box, Choice):
                    box.value = value

    def fill(self, *widgets: QWidget) -> None:
        """Put widgets below each other; small windows scroll."""
        for widget in widgets:
            self._body.addWidget(widget)
        self._body.addStretch(1)

    def redraw(self) -> None:
        """Put on the canvas what this dock widget shows."""
        raise NotImplementedError

    def has_content(self) -> bool:
        """Whether there is anything to put on the canvas."""
        return bool(self.state.networks)

    def make_active(self) -> None:
        """Make this the dock widget that draws on the canvas what is chosen in any of them."""
        self.state.active_dock = self

    def take_canvas(self) -> None:
        """Become active and draw, if there is something to show or to hide: the first dock opens without delay."""
        self.make_active()
        if self.has_content() or self.state.canvas_is_taken:
            self.redraw()

    def redraw_if_active(self) -> None:
        """Draw anew what has changed, unless another dock widget is on the canvas."""
        if self.state.active_dock in (self, None):
            self.redraw()

    def follow(self, signal, slot: Callable) -> None:
        """Connect a signal until the dock widget is closed."""
        signal.connect(slot)
        self.on_close(functools.partial(signal.disconnect, slot))

    def on_close(self, release: Callable[[], None]) -> None:
        """Call `release` when the dock widget is closed."""
        self._releases.append(release)

    def changeEvent(self, event) -> None:
        super().changeEvent(event)
        if event.type() != QEvent.Type.ParentChange:
            return
        if self.parent() is None:
            self._close()
        elif isinstance(self.parent(), QDockWidget) and self.parent() is not self._dock:
            self._dock = self.parent()
            self._dock.setWindowTitle(self.tab)  # napari's is too long for a tab
            self._dock.visibilityChanged.connect(self._on_visibility)

    def _on_visibility(self, visible: bool) -> None:
        """Follow the tabs: Qt moves a dock behind others aside, and the Tab key still goes there."""
        self._area.setVisible(visible)
        if visible and self.state.active_dock is not self:
            self.take_canvas()

    def draw_anew(self) -> None:
        """Forget sheets that are drawn already, in other colours, and draw."""
        self.redraw_if_active()

    def _follow_theme(self) -> None:
        from napari.utils.theme import get_theme
        ground = get_theme(self.viewer.theme).background.as_rgb_tuple()
        use_theme('light' if sum(ground[:3]) > 3 * 127 else 'dark')

    def _on_theme(self) -> None:
        self._follow_theme()
        for figure in self.findChildren(FigureLabel):
            figure.draw_anew()
        self.draw_anew()

    def _close(self) -> None:
        if self._dock is not None:
            self._dock.deleteLater()  # napari leaves it to its window, empty and unseen
            self._dock = None
        while self._releases:
            self._releases.pop()()
        self.state.leave_active(self)
        for bar in self.findChildren(WorkerBar):
            bar.cancel()
        for figure in self.findChildren(FigureLabel):
            figure.close_cache()
        self.deleteLater()
