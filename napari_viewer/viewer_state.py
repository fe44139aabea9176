"""What the dock widgets of one napari viewer share: the models shown, the images they see, and what is chosen."""
from weakref import WeakValueDictionary, ref

from psygnal import Signal

_states = WeakValueDictionary()


class ViewerState:
    """Models, images and choices; each change is signalled, so that dock widgets follow one another.

    Attributes
    ----------
    networks : list of :class:`~napari_viewer.core.networks.Network`
    images : :class:`~napari_viewer.core.image_sets.ImageSet` or None
        What the models see.
    image : int
        Number of the chosen image.
    chosen : (str, int) or None
        Layer and channel.
    """
    networks_changed = Signal()
    images_changed = Signal()
    image_changed = Signal(int)
    chosen_changed = Signal()

    def __init__(self):
        self.networks, self.images, self.image, self.chosen = [], None, 0, None
        self.wanted_image: tuple[str, int] | None = None  # name of images, and which is chosen when they are shown
        self._on_canvas = self._active_dock = None

    @property
    def active_dock(self):
        """The dock widget that draws on the canvas what is chosen in any of them, or None."""
        return self._active_dock and self._active_dock()

    @active_dock.setter
    def active_dock(self, dock) -> None:
        self._active_dock = ref(dock)

    def leave_active(self, dock) -> None:
        """Forget a dock widget that is closed; the next that has something to show draws."""
        if self.active_dock is dock:
            self._active_dock = None

    def set_networks(self, networks: list) -> None:
        """Show these models; names that occur twice are numbered."""
        names = set()
        for network in networks:
            name, k = network.name, 2
            while network.name in names:
                network.name, k = f'{name} ({k})', k + 1
            names.add(network.name)
        self.networks = list(networks)
        self.networks_changed.emit()

    def set_images(self, images, image: int = 0) -> None:
        """Let the models see these images, beginning with number `image`."""
        if self.wanted_image is not None and image == 0 and self.wanted_image[0] == images.name:
            image = min(max(self.wanted_image[1], 0), len(images) - 1)
        self.wanted_image = None
        self.images, self.image = images, image
        self.images_changed.emit()
        self.image_changed.emit(image)

    def set_image(self, image: int) -> None:
        """Choose an image by its number."""
        if image != self.image:
            self.image = image
            self.image_changed.emit(image)

    def choose(self, layer: str, channel: int) -> None:
        """Choose a channel of a layer, in every model."""
        if self.chosen != (layer, channel):
            self.chosen = (layer, channel)
            self.chosen_changed.emit()

    @property
    def canvas_is_taken(self) -> bool:
        """Whether the sheet of a dock widget is on the canvas."""
        return self._on_canvas is not None

    def take_canvas(self, layers) -> None:
        """Note whose :class:`~napari_viewer.sheet_layer.SheetLayer` is on the canvas; the one before is hidden."""
        before, self._on_canvas = self._on_canvas, layers
        if before is not None and before is not layers:
            before.hide()

    def leave_canvas(self, layers) -> None:
        """Forget the layer of a dock widget that is closed."""
        if self._on_canvas is layers:
            self._on_canvas = None


def state_of(viewer) -> ViewerState:
    """The state of a viewer; it lives as long as a dock widget that shares it."""
    viewer = getattr(viewer, '__wrapped__', viewer)  # plugins are given a proxy, scripts the viewer
    state = _states.get(id(viewer))
    if state is None or state.viewer() is not viewer:  # Python gives the id of a deleted viewer to another object
        state = _states[id(viewer)] = ViewerState()
        state.viewer = ref(viewer)
    return state
