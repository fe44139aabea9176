"""What the views of one napari viewer share: the models shown, the images they see, and what is chosen."""
from weakref import WeakValueDictionary, ref

from psygnal import Signal

_sessions = WeakValueDictionary()


class Session:
    """Models, images and choices; each change is signalled, so that views follow one another.

    Attributes
    ----------
    networks : list of :class:`~napari_viewer.core.networks.Network`
    images : :class:`~napari_viewer.core.images.Images` or None
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
        self._on_canvas = self._active = None

    @property
    def active(self):
        """The view that draws on the canvas what is chosen, in whichever view."""
        return self._active and self._active()

    @active.setter
    def active(self, view) -> None:
        self._active = ref(view)

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
        """Let the models see these images."""
        self.images, self.image = images, image
        self.images_changed.emit()
        self.image_changed.emit(image)

    def set_image(self, image: int) -> None:
        if image != self.image:
            self.image = image
            self.image_changed.emit(image)

    def choose(self, layer: str, channel: int) -> None:
        """Choose a channel of a layer, in every model."""
        if self.chosen != (layer, channel):
            self.chosen = (layer, channel)
            self.chosen_changed.emit()

    def take_canvas(self, panel) -> None:
        """Show the layers of one view; those of the view before are hidden."""
        before, self._on_canvas = self._on_canvas, panel
        if before is not None and before is not panel:
            before.park()

    def leave_canvas(self, panel) -> None:
        if self._on_canvas is panel:
            self._on_canvas = None


def session_of(viewer) -> Session:
    """The session of a viewer; it lives as long as a view of it."""
    viewer = getattr(viewer, '__wrapped__', viewer)  # plugins are given a proxy, scripts the viewer
    session = _sessions.get(id(viewer))
    if session is None or session.viewer() is not viewer:  # numbers of objects come again
        session = _sessions[id(viewer)] = Session()
        session.viewer = ref(viewer)
    return session
