"""The napari layers of a dock widget: its sheet, and invisible tiles over it that are hovered and clicked."""
import contextlib
from collections.abc import Callable

import numpy as np
import pandas as pd
from qtpy.QtCore import QTimer

SETTLING = 150  # ms
PAGE_KEYS = {'PageDown': 1, 'PageUp': -1}
BLANK = np.zeros((2, 2, 3), np.uint8)


class SheetLayers:
    """Adds a dock widget's layers to the viewer, once, and updates them in place: nothing else adds or changes layers.

    Removing layers is slow in napari (it collects garbage each time), so a dock widget that is not on the canvas keeps
    its layers, invisible and without the extent that would give the viewer sliders.

    Parameters
    ----------
    dock : DockWidget
        Whose layers these are.
    name : str
        Of the layers.
    on_click : callable
        Called with the label of the tile that is clicked.
    on_scroll : callable, optional
        Called with the steps that the mouse wheel is turned by over the sheet, which then does not zoom.
    on_page : callable, optional
        Called with 1 or -1 for the keys Page Down and Page Up.
    """

    def __init__(self, dock, name: str, on_click: Callable[[int], None],
                 on_scroll: Callable[[int], None] | None = None, on_page: Callable[[int], None] | None = None):
        self.viewer, self._state, self._name = dock.viewer, dock.state, name
        self._settled = QTimer(dock)  # when the docks and sliders around a new sheet have their places
        self._settled.setSingleShot(True)
        self._settled.timeout.connect(self._fit)
        self._on_click, self._on_scroll, self._on_page = on_click, on_scroll, on_page
        self.image_layer = self.labels_layer = None
        self._size = None
        dock.on_close(self.close)

    @property
    def on_canvas(self) -> bool:
        """Whether the layers are in the viewer and visible."""
        return self._exist and self.image_layer.visible

    def show(self, data, labels: np.ndarray, table: pd.DataFrame | None, axis_labels: tuple = ('y', 'x')) -> None:
        """Put a sheet on the canvas.

        Parameters
        ----------
        data : array_like, uint8 (..., height, width, 3)
        labels : numpy.ndarray, (height, width)
            Number of the tile at each pixel, 0 where there is none.
        table : pandas.DataFrame or None
            What each tile is, for the status bar; column index.
        axis_labels : tuple of str
            Of the axes but colour; short, as napari cuts them.
        """
        self._state.take_canvas(self)
        unseen = not self.on_canvas or self._size != data.shape[-3:-1]
        self._size = data.shape[-3:-1]
        if not self._exist:
            self._add(data, labels, table)
        else:
            if not self.on_canvas:  # napari draws a layer anew when its visibility is set
                self.image_layer.visible = self.labels_layer.visible = True
            self.image_layer.data, self.labels_layer.features = data, table
            if not np.array_equal(self.labels_layer.data, labels):  # comparing labels is quicker than drawing them
                self.labels_layer.data = labels
        self.viewer.layers.selection.active = self.labels_layer  # the status bar describes tiles of the active layer
        if len(axis_labels) <= self.viewer.dims.ndim:
            before = self.viewer.dims.axis_labels
            self.viewer.dims.axis_labels = (*before[:len(before) - len(axis_labels)], *axis_labels)
        if unseen:
            self._fit()
            self._settled.start(SETTLING)

    def redraw(self) -> None:
        """Let napari read the sheet again, whose data draw themselves."""
        if self.on_canvas:
            self.image_layer.refresh(extent=False, thumbnail=False)

    def set_sheet(self, data) -> None:
        """Replace the sheet by one of the same size."""
        self.image_layer.data = data

    def set_labels(self, labels: np.ndarray) -> None:
        """Move the tiles."""
        self.labels_layer.data = labels

    def set_table(self, table: pd.DataFrame | None) -> None:
        """Change the description of the tiles in the status bar."""
        if self._exist:
            self.labels_layer.features = table

    def tile(self, label: int) -> pd.Series:
        """The row of the table that describes a tile."""
        return self.labels_layer.features.iloc[label - 1]

    def hide(self) -> None:
        """Make room for the layers of another dock widget."""
        if self._exist:
            # first: hidden layers keep their extent
            self.image_layer.data, self.labels_layer.data = BLANK, BLANK[..., 0]
            self.image_layer.visible = self.labels_layer.visible = False

    def close(self) -> None:
        """Leave the sheet that is shown to the user, as a plain array that needs no dock widget."""
        self._settled.stop()
        self._state.leave_canvas(self)
        with contextlib.suppress(RuntimeError):  # the window may be gone before its dock widgets
            if self._exist:
                ndim = self.image_layer.data.ndim - 1  # without colour
                self.image_layer.data = np.array(self.image_layer.data[self.viewer.dims.current_step[-ndim:-2]])
                self.labels_layer.mouse_drag_callbacks.remove(self._on_press)
                self.labels_layer.mouse_wheel_callbacks.remove(self._on_wheel)
                for key in PAGE_KEYS:
                    self.labels_layer.bind_key(key, None, overwrite=True)
        self.image_layer = self.labels_layer = None

    @property
    def _exist(self) -> bool:
        layers = self.viewer.layers
        return self.image_layer is not None and self.image_layer in layers and self.labels_layer in layers

    def _fit(self) -> None:
        if self.on_canvas:
            self.viewer.reset_view(margin=.02)

    def _add(self, data, labels: np.ndarray, table: pd.DataFrame | None) -> None:
        from napari.utils import DirectLabelColormap
        self.image_layer = self.viewer.add_image(data, rgb=True, name=self._name, interpolation2d='linear')
        clear = DirectLabelColormap(color_dict={None: (0, 0, 0, 0), 0: (0, 0, 0, 0)})
        self.labels_layer = self.viewer.add_labels(labels, name=f'{self._name}: tiles', features=table, colormap=clear)
        self.labels_layer.mouse_drag_callbacks.append(self._on_press)
        self.labels_layer.mouse_wheel_callbacks.append(self._on_wheel)
        if self._on_page is not None:
            for key, step in PAGE_KEYS.items():
                self.labels_layer.bind_key(key, lambda layer, step=step: self._on_page(step))

    def _on_press(self, layer, event):
        moved = False
        yield
        while event.type == 'mouse_move':
            moved = True
            yield
        if not moved:
            self._on_click(int(layer.get_value(event.position, world=True) or 0))

    def _on_wheel(self, layer, event):
        if self._on_scroll is not None and not event.modifiers:
            event.handled = True
            self._on_scroll(-int(np.sign(event.delta[1])))
