"""Open napari with our dock widgets, from Python and from the command line."""
import os
import sys
from pathlib import Path

from napari_viewer.docks import dock_names, open_dock, open_paths
from napari_viewer.window import arrange

TITLE = 'Brain-Score Mouse'
FIRST = 'alexnet64_simclr_imagenet', 'alexnet64_simclr_real', 'alexnet64_simclr_sketch', 'alexnet64_kaiming'


def show(model=None, images=None, *, name: str | None = None, viewer=None):
    """Look at models and images in napari.

    Parameters
    ----------
    model : torch.nn.Module, str, pathlib.Path or list of these, optional
        A network, the identifier of a Brain-Score model, or a file of weights.
    images : array_like (n, height, width[, 3]), str or pathlib.Path, optional
        uint8 or 0 to 1; or a prepared domain's name, a folder or an archive.
    name : str, optional
        Of a single model, for titles.
    viewer : napari.Viewer, optional
        To open the dock widgets in; a new one otherwise.

    Returns
    -------
    napari.Viewer

    Examples
    --------
    >>> napari_viewer.show(torchvision.models.resnet18(), images)
    """
    import napari

    from napari_viewer.core.image_sets import any_images
    from napari_viewer.viewer_state import state_of
    image_set = any_images(images)
    models = [] if model is None else model if isinstance(model, list) else [model]
    networks = [_network(one, name, image_set) for one in models]
    viewer = viewer or napari.Viewer(title=TITLE)
    state = state_of(viewer)
    if image_set is not None:
        state.set_images(image_set)
    if image_set is not None:
        browser = open_dock(viewer, 'browser')
        browser.picker.add_open(image_set)
    if networks:
        open_dock(viewer, 'filters')
        open_dock(viewer, 'activations')
        state.set_networks(networks)
    return viewer


def run(paths: list[Path], models: list[str], views: list[str] | None = None, new: bool = False) -> None:
    """Open napari and wait until it is closed: what `brainscore-mouse view` does.

    Parameters
    ----------
    paths : list of pathlib.Path
        Weights, prepared domains, folders of images, training runs or sweeps to open.
    models : list of str
        Identifiers to show.
    views : list of str, optional
        Dock widgets to open, of :func:`~napari_viewer.docks.dock_names`; all by default.
    new : bool
        Whether the last session is left closed, which is opened again where nothing is named.

    Raises
    ------
    ImportError, RuntimeError
        If napari is not installed, or there is no display.
    ValueError
        If there is no such view.
    FileNotFoundError
        If there is nothing at a path.
    """
    anything = bool(paths or models or views is not None or new)
    views = list(dock_names()) if views is None else views
    _check(paths, views)
    import napari
    viewer = napari.Viewer(title=TITLE)
    if anything or not open_last_session(viewer):
        open_views(viewer, paths, models, views)
    keep_session(viewer)
    napari.run()


def open_views(viewer, paths: list[Path], models: list[str], views: list[str]) -> None:
    """Open dock widgets and in them what is named; see :func:`run`."""
    docks = [open_dock(viewer, view) for view in views]
    if docks:
        arrange(docks[-1])
    if models:
        open_dock(viewer, 'filters').picker.tick(*models)
    elif not paths and views[-1:] == ['filters']:
        show_first(viewer)
    open_paths(viewer, paths)


def open_last_session(viewer) -> bool:
    """Open what was open when a viewer was closed last; whether there was anything."""
    from napari.utils.notifications import show_info, show_warning

    from napari_viewer.core.session import read_session
    from napari_viewer.last_session import reopen
    try:
        session = read_session()
    except (ValueError, OSError) as error:
        show_warning(str(error))
        return False
    if session is None or not session.has_content:
        return False
    reopen(viewer, session)
    docks = list(viewer.window.dock_widgets.values())
    if docks:
        arrange(docks[-1])
        show_info("This is what was open last. 'brainscore-mouse view --new' starts anew.")
    return bool(docks)


def keep_session(viewer) -> None:
    """Keep what is open for :func:`open_last_session` when the window is closed."""
    from napari_viewer.last_session import SessionKeeper
    docks = list(viewer.window.dock_widgets.values())
    if docks:
        SessionKeeper(viewer, docks[0].window())


def show_first(viewer) -> None:
    """Something to see at once: the filters of three models beside their start, and where to go from there."""
    from napari_viewer.core.networks import identifiers
    known = identifiers()
    models = [model for model in FIRST if model in known]
    dock = open_dock(viewer, 'filters')
    dock.hint.setText(f"What {', '.join(models[:-1])} have learned in their first layer, beside {models[-1]}, their "
                      'start. Click a filter to see its Gabor fit; then open the tab Activations, or Neurons for what '
                      'the models predict of real ones.')
    dock.sort.value = 'Gabor fit (R²)'
    dock.picker.tick(*models)


def _check(paths: list[Path], views: list[str]) -> None:
    """Raise the errors of :func:`run` before a window is opened."""
    unknown = [view for view in views if view not in dock_names()]
    if unknown:
        raise ValueError(f"There is no view '{unknown[0]}': choose among {', '.join(dock_names())}.")
    missing = [path for path in paths if not Path(path).exists()]
    if missing:
        raise FileNotFoundError(f'There is nothing at {missing[0]}: give a file of weights, or the folder of a domain, '
                                'of images, of a training run or of a sweep.')
    if sys.platform == 'linux' and not {'DISPLAY', 'WAYLAND_DISPLAY', 'QT_QPA_PLATFORM'} & set(os.environ):
        raise RuntimeError("There is no display to open a window on: log in with one, or use 'ssh -X'.")
    try:
        import napari  # noqa: F401
    except ImportError as error:
        raise ImportError(f"napari is not installed ({error}): pip install 'brainscore-mouse[viewer]'") from error


def _network(model, name: str | None, image_set):
    """A model that :func:`show` is given, as a Network; a module sees images in the size of the first one."""
    from napari_viewer.core.networks import from_module, open_network
    if isinstance(model, (str, Path)):
        return open_network(model)
    own = {} if image_set is None or not len(image_set) else {'input_size': image_set.read(0).shape[0]}
    return from_module(model, name, **own)
