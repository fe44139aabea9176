"""Keep what is open when the window is closed, and open it again."""
import sys

from qtpy.QtCore import QEvent, QObject

from napari_viewer.core.session import Session, write_session
from napari_viewer.docks import dock_names, open_dock, open_docks
from napari_viewer.viewer_state import state_of
from napari_viewer.widgets.model_picker import ModelPicker


def session_of(viewer) -> Session:
    """What is open in a viewer."""
    docks = open_docks(viewer)
    if not docks:
        return Session()
    state = state_of(viewer)
    front = [name for name, dock in docks.items() if dock is state.active_dock]
    images = [state.images.name, int(state.image)] if state.images is not None else []
    return Session(list(docks), front[0] if front else '', [source_of(network) for network in state.networks],
                   list(state.chosen or []), images, {name: dock.remember() for name, dock in docks.items()})


def reopen(viewer, session: Session) -> None:
    """Open what was open; models, images and recordings are loaded in the background, what is gone is passed over."""
    docks = {name: open_dock(viewer, name) for name in session.views if name in dock_names()}
    state = state_of(viewer)
    for name, dock in docks.items():
        dock.recall(session.docks.get(name, {}))
    if session.images:
        state.wanted_image = tuple(session.images)
    if session.chosen:
        state.choose(*session.chosen)
    if session.front in docks:
        open_dock(viewer, session.front)
    pickers = {name: dock.picker for name, dock in docks.items() if isinstance(getattr(dock, 'picker', None),
                                                                                 ModelPicker)}
    if session.models and pickers:
        pickers.get(session.front, next(iter(pickers.values()))).tick(*session.models)


def source_of(network) -> str:
    """What a network is opened by: its identifier if it is listed by it, else its file."""
    from napari_viewer.core.networks import identifiers
    return network.identifier if network.identifier in identifiers() else network.origin


class SessionKeeper(QObject):
    """Writes what is open in a viewer when its window is closed.

    Parameters
    ----------
    viewer : napari.Viewer
    window : QMainWindow
        Its window.
    """

    def __init__(self, viewer, window):
        super().__init__(window)
        self._viewer = viewer
        window.installEventFilter(self)

    def eventFilter(self, window, event) -> bool:
        """Write, and let the window go on with closing."""
        if event.type() == QEvent.Type.Close:
            try:
                write_session(session_of(self._viewer))
            except OSError as error:
                print(f'What was open could not be kept: {error}', file=sys.stderr)
        return False
