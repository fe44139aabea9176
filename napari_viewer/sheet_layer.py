"""The napari layer of a dock widget: a sheet of tiles that are hovered, clicked and stepped through."""
import contextlib
import functools
from collections.abc import Callable
from weakref import ref

import numpy as np
import pandas as pd
from qtpy.QtCore import QTimer
from qtpy.QtGui import QKeySequence
from qtpy.QtWidgets import QShortcut

SETTLING = 150  # ms
SELECTING = 'Control', 'Shift'  # keys that select while they are held; Qt calls the Mac's command key Control
BLANK = (2, 2, 3)  # shape of a sheet that takes no room


class SheetLayer:
    """Adds a dock widget's layer to the viewer, once, and updates it in place: nothing else adds or changes layers.

    It is one flat image, whatever it shows: napari can turn, roll and save it like any other, and draws nothing else
    when it changes. Removing layers is slow in napari (it collects garbage each time), so a dock widget that is not on
    the canvas keeps its layer, invisible and without extent.

    Parameters
    ----------
    dock : DockWidget
        Whose layer this is.
    name : str
        Of the layer.
    on_click : callable
        Called with the label of the tile that is clicked, 0 where there is none.
    on_scroll : callable, optional
        Called with the steps that the mouse wheel is turned by over the sheet, which then does not zoom.
    keys : dict of str to callable
        Key as Qt names it -> called when it is pressed over the canvas; Page Up and Page Down anywhere in the window,
        where a box of numbers would take them otherwise.
    on_hover : callable, optional
        Called with the label under the mouse whenever it has changed.
    on_select : callable, optional
        Called with the labels that are clicked, or lie under a rectangle that is drawn, while Ctrl or Shift is held,
        with which of the two it is, and whether another click or rectangle begins.
    """

    def __init__(self, dock, name: str, on_click: Callable[[int], None],
                 on_scroll: Callable[[int], None] | None = None, keys: dict[str, Callable[[], None]] | None = None,
                 on_hover: Callable[[int], None] | None = None,
                 on_select: Callable[[list[int], str, bool], None] | None = None):
        self.viewer = getattr(dock.viewer, '__wrapped__', dock.viewer)  # plugins are given a proxy
        self._state, self._name, self._dock = dock.state, name, ref(dock)
        self._settled = QTimer(dock)  # when the docks around a new sheet have their places
        self._settled.setSingleShot(True)
        self._settled.timeout.connect(self._fit)
        self._on_click, self._on_scroll, self._keys = on_click, on_scroll, keys or {}
        self.layer, self.labels, self.table = None, np.zeros(BLANK[:2], np.uint16), None
        self._shortcuts, self._fitted = [], None
        self._on_hover, self._hovered, self._on_select = on_hover, 0, on_select
        self.viewer.canvas.events.size.connect(self._on_resized)
        dock.on_close(self.close)

    @property
    def on_canvas(self) -> bool:
        """Whether the sheet is in the viewer and visible."""
        return self._exists and self.layer.visible

    def show(self, sheet: np.ndarray, labels: np.ndarray, table: pd.DataFrame | None) -> None:
        """Put a sheet on the canvas.

        Parameters
        ----------
        sheet : numpy.ndarray, uint8 (height, width, 3)
        labels : numpy.ndarray, (height, width)
            Number of the tile at each pixel, 0 where there is none.
        table : pandas.DataFrame or None
            What each tile is, for status bar and tooltip: a row a tile, in the order of their numbers.
        """
        self._state.take_canvas(self)
        self.labels, self.table = labels, table
        unseen = not self.on_canvas or self.layer.data.shape != sheet.shape
        if not self._exists:
            self._add(sheet)
        else:
            if not self.layer.visible:
                self.layer.visible = True
            self.put(sheet)
        self._enable_keys(True)
        if self.viewer.layers.selection.active is not self.layer:
            self.viewer.layers.selection.active = self.layer  # the status bar describes the active layer
        if unseen:
            self._fit()
            self._settled.start(SETTLING)

    def put(self, sheet: np.ndarray) -> None:
        """Replace the pixels of a sheet that is on the canvas."""
        if not self.on_canvas:
            return
        if sheet.shape == self.layer.data.shape:
            self.layer.data[:] = sheet
            self.layer.refresh(extent=False, thumbnail=False, highlight=False)
        else:
            self.layer.data = sheet.copy()

    def set_tiles(self, labels: np.ndarray, table: pd.DataFrame | None) -> None:
        """Move the tiles, or describe them otherwise."""
        self.labels, self.table = labels, table

    @property
    def sheet(self) -> np.ndarray | None:
        """What is on the canvas, uint8 (height, width, 3)."""
        return self.layer.data if self.on_canvas else None

    def tile(self, label: int) -> pd.Series:
        """The row of the table that describes a tile."""
        return self.table.iloc[label - 1]

    def hide(self) -> None:
        """Make room for the layer of another dock widget."""
        self._enable_keys(False)
        if self._exists:
            self.layer.data = np.zeros(BLANK, np.uint8)  # first: a hidden layer keeps its extent
            self.layer.visible = False

    def close(self) -> None:
        """Take the layer out of the viewer, once Qt is done with closing: napari collects garbage then."""
        self._settled.stop()
        self._state.leave_canvas(self)
        with contextlib.suppress(RuntimeError, ValueError):  # the window may be gone before its dock widgets
            self.viewer.canvas.events.size.disconnect(self._on_resized)
        for shortcut in self._shortcuts:
            shortcut.setParent(None)
            shortcut.deleteLater()
        self._shortcuts.clear()
        if self._exists:
            self.layer.mouse_drag_callbacks.clear()
            self.layer.mouse_wheel_callbacks.clear()
            self.layer.mouse_move_callbacks.clear()
            self.layer.visible = False
            QTimer.singleShot(0, functools.partial(_remove, ref(self.viewer), self.layer))
        self.layer = None

    @property
    def _exists(self) -> bool:
        return self.layer is not None and self.layer in self.viewer.layers

    def _fit(self) -> None:
        if self.on_canvas:
            self.viewer.reset_view(margin=.02)
            self._fitted = self._camera()

    def _camera(self) -> tuple:
        camera = self.viewer.scene.camera
        return camera.zoom, *camera.center

    def _on_resized(self, event=None) -> None:
        """Fit the sheet to a window of another size, unless the user has zoomed in on something."""
        if self.on_canvas and self._fitted == self._camera():
            self._fit()

    def _add(self, sheet: np.ndarray) -> None:
        self.layer = tiled_image()(sheet.copy(), rgb=True, name=self._name, interpolation2d='linear')
        self.layer.describe = self._describe
        self.viewer.add_layer(self.layer)
        self.layer.mouse_drag_callbacks.append(self._on_press)
        self.layer.mouse_wheel_callbacks.append(self._on_wheel)
        if self._on_hover is not None:
            self.layer.mouse_move_callbacks.append(self._on_move)
        for key, called in self._keys.items():
            self.layer.bind_key(key, lambda layer, called=called: called())

    def _enable_keys(self, enabled: bool) -> None:
        """Page keys belong to the dock widget whose sheet is on the canvas, whatever has the focus."""
        dock = self._dock()
        window = dock.window() if dock is not None else None
        for shortcut in self._shortcuts:
            shortcut.setEnabled(enabled)
        if enabled and not self._shortcuts and window is not None and window is not dock:
            for key, qt_key in (('PageDown', 'PgDown'), ('PageUp', 'PgUp')):
                if key in self._keys:
                    shortcut = QShortcut(QKeySequence(qt_key), window)
                    shortcut.activated.connect(self._keys[key])
                    self._shortcuts.append(shortcut)

    def _pixel_at(self, position) -> np.ndarray:
        return np.floor(np.asarray(self.layer.world_to_data(position))[-2:] + .5).astype(int)

    def _label_at(self, position) -> int:
        row, column = self._pixel_at(position)
        height, width = self.labels.shape
        return int(self.labels[row, column]) if 0 <= row < height and 0 <= column < width else 0

    def _describe(self, position) -> str:
        label, table = self._label_at(position), self.table
        if not label or table is None or label > len(table):
            return ''
        return ', '.join(f'{name}: {value}' for name, value in table.iloc[label - 1].items() if name != 'index')

    def _on_press(self, layer, event):
        held = next((key for key in SELECTING if key in event.modifiers), None)
        if held is not None and self._on_select is not None:
            yield from self._select(event, held)
            return
        moved = False
        yield
        while event.type == 'mouse_move':
            moved = True
            yield
        if not moved:
            self._on_click(self._label_at(event.position))

    def _select(self, event, held: str):
        """Select the tile under the mouse, and all that a rectangle from there covers while it is dragged."""
        start, before = self._pixel_at(event.position), None
        while True:
            (top, left), (bottom, right) = np.sort([start, self._pixel_at(event.position)], axis=0)
            under = np.unique(self.labels[max(top, 0):max(bottom + 1, 0), max(left, 0):max(right + 1, 0)])
            labels = [int(label) for label in under if label]
            if labels != before:
                self._on_select(labels, held, before is None)
                before = labels
            yield
            if event.type != 'mouse_move':
                return

    def _on_move(self, layer, event):
        label = self._label_at(event.position)
        if label != self._hovered:
            self._hovered = label
            self._on_hover(label)

    def _on_wheel(self, layer, event):
        if self._on_scroll is not None and not event.modifiers:
            event.handled = True
            self._on_scroll(-int(np.sign(event.delta[1])))


@functools.cache
def tiled_image() -> type:
    """The class of the layers; made when it is needed, as importing napari takes seconds."""
    from napari import layers

    class Image(layers.Image):  # napari takes the kind of a layer from the name of its class
        """An image that describes the tile under the mouse in the status bar and as a tooltip."""
        describe = None

        def get_status(self, position=None, *, world=False, **kwargs) -> dict:
            """What the status bar shows."""
            status = super().get_status(position, world=world, **kwargs)
            if position is not None and world and self.describe is not None:
                status['coordinates'] = status['value'] = self.describe(position)
            return status

        def _get_tooltip_text(self, position, **kwargs) -> str:
            return self.describe(position) if self.describe is not None else ''

    return Image


def _remove(viewer: ref, layer) -> None:
    viewer = viewer()
    with contextlib.suppress(RuntimeError, ValueError):
        if viewer is not None and layer in viewer.layers:
            viewer.layers.remove(layer)
