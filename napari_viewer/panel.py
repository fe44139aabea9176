"""The two layers of a view: a picture, and invisible tiles over it that are hovered and clicked."""
import contextlib

import numpy as np
from qtpy.QtCore import QTimer

SETTLING = 150  # ms
PAGE_KEYS = {'PageDown': 1, 'PageUp': -1}
BLANK = np.zeros((2, 2, 3), np.uint8)


class Panel:
    """A picture and its tiles in a viewer, made once and updated in place.

    Removing layers is slow in napari (it collects garbage each time), so a view that is not on the canvas keeps its
    layers, invisible and without the extent that would give the viewer sliders.

    Parameters
    ----------
    view : View
        Whose layers these are.
    name : str
        Of the layers.
    clicked : callable
        Called with the label of the tile that is clicked.
    scrolled : callable, optional
        Called with the steps that the mouse wheel is turned by over the picture, which then does not zoom.
    paged : callable, optional
        Called with 1 or -1 for the keys Page Down and Page Up.
    """

    def __init__(self, view, name: str, clicked, scrolled=None, paged=None):
        self.viewer, self._session, self._name = view.viewer, view.session, name
        self._settled = QTimer(view)  # when the docks and sliders around a new picture have their places
        self._settled.setSingleShot(True)
        self._settled.timeout.connect(self._fit)
        self._clicked, self._scrolled, self._paged = clicked, scrolled, paged
        self.picture = self.tiles = None
        self._size = None

    @property
    def on_canvas(self) -> bool:
        return self._exists and self.picture.visible

    def show(self, data, labels: np.ndarray, table, axis_labels: tuple = ('y', 'x')) -> None:
        """Put a picture on the canvas.

        Parameters
        ----------
        data : array_like, uint8 (..., height, width, 3)
        labels : numpy.ndarray, (height, width)
            Number of the tile at each pixel, 0 where there is none.
        table : pandas.DataFrame
            What each tile is, for the status bar; column index.
        axis_labels : tuple of str
            Of the axes but colour; short, as napari cuts them.
        """
        self._session.take_canvas(self)
        unseen = not self.on_canvas or self._size != data.shape[-3:-1]
        self._size = data.shape[-3:-1]
        if not self._exists:
            self._add(data, labels, table)
        else:
            if not self.on_canvas:  # napari draws layers anew when they are told what they are
                self.picture.visible = self.tiles.visible = True
            self.picture.data, self.tiles.features = data, table
            if not np.array_equal(self.tiles.data, labels):  # napari takes longer to draw labels than to compare them
                self.tiles.data = labels
        self.viewer.layers.selection.active = self.tiles  # whose tiles the status bar tells of
        if len(axis_labels) <= self.viewer.dims.ndim:
            before = self.viewer.dims.axis_labels
            self.viewer.dims.axis_labels = (*before[:len(before) - len(axis_labels)], *axis_labels)
        if unseen:
            self._fit()
            self._settled.start(SETTLING)

    def refresh(self) -> None:
        """Draw the picture anew."""
        if self.on_canvas:
            self.picture.refresh(extent=False, thumbnail=False)

    def retell(self, table) -> None:
        """Change what the tiles are said to be."""
        if self._exists:
            self.tiles.features = table

    def park(self) -> None:
        """Make room for another view."""
        if self._exists:
            self.picture.data, self.tiles.data = BLANK, BLANK[..., 0]  # first: hidden layers keep their extent
            self.picture.visible = self.tiles.visible = False

    def close(self) -> None:
        """Leave the picture that is shown to the user, without anything behind it."""
        self._session.leave_canvas(self)
        with contextlib.suppress(RuntimeError):  # the window may be gone before its views
            if self._exists:
                ndim = self.picture.data.ndim - 1  # without colour
                self.picture.data = np.array(self.picture.data[self.viewer.dims.current_step[-ndim:-2]])
                self.tiles.mouse_drag_callbacks.remove(self._on_press)
                self.tiles.mouse_wheel_callbacks.remove(self._on_wheel)
                for key in PAGE_KEYS:
                    self.tiles.bind_key(key, None, overwrite=True)
        self.picture = self.tiles = None

    @property
    def _exists(self) -> bool:
        return self.picture is not None and self.picture in self.viewer.layers and self.tiles in self.viewer.layers

    def _fit(self) -> None:
        if self.on_canvas:
            self.viewer.reset_view(margin=.02)

    def _add(self, data, labels, table) -> None:
        from napari.utils import DirectLabelColormap
        self.picture = self.viewer.add_image(data, rgb=True, name=self._name, interpolation2d='linear')
        clear = DirectLabelColormap(color_dict={None: (0, 0, 0, 0), 0: (0, 0, 0, 0)})
        self.tiles = self.viewer.add_labels(labels, name=f'{self._name}: tiles', features=table, colormap=clear)
        self.tiles.mouse_drag_callbacks.append(self._on_press)
        self.tiles.mouse_wheel_callbacks.append(self._on_wheel)
        if self._paged is not None:
            for key, step in PAGE_KEYS.items():
                self.tiles.bind_key(key, lambda layer, step=step: self._paged(step))

    def _on_press(self, layer, event):
        moved = False
        yield
        while event.type == 'mouse_move':
            moved = True
            yield
        if not moved:
            self._clicked(int(layer.get_value(event.position, world=True) or 0))

    def _on_wheel(self, layer, event):
        if self._scrolled is not None and not event.modifiers:
            event.handled = True
            self._scrolled(-int(np.sign(event.delta[1])))
