"""Open napari with our views, from Python, from the command line and for files that are dropped."""
import os
import sys
from pathlib import Path

PLUGIN = 'brainscore-mouse'
VIEWS = {'browser': 'Domain browser', 'filters': 'conv1 filters', 'activations': 'Activations', 'scores': 'Scores'}


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
        To open the views in; a new one otherwise.

    Returns
    -------
    napari.Viewer

    Examples
    --------
    >>> napari_viewer.show(torchvision.models.resnet18(), images)
    """
    import napari

    from napari_viewer.core import images as image_sets
    from napari_viewer.core.networks import from_module, open_network
    from napari_viewer.session import session_of
    sources = [] if model is None else model if isinstance(model, list) else [model]
    stimuli = None
    if isinstance(images, (str, Path)):
        is_path = Path(images).exists()
        stimuli = image_sets.from_path(Path(images)) if is_path else image_sets.from_domain(images)
    elif images is not None:
        stimuli = images if isinstance(images, image_sets.Images) else image_sets.from_array(images)
    networks = []
    for source in sources:
        if isinstance(source, (str, Path)):
            networks.append(open_network(source))
        else:
            own = {} if stimuli is None or not len(stimuli) else {'input_size': stimuli.read(0).shape[0]}
            networks.append(from_module(source, name, **own))
    viewer = viewer or napari.Viewer(title='Brain-Score Mouse')
    session = session_of(viewer)
    if stimuli is not None:
        session.set_images(stimuli)
    open_view(viewer, 'filters')
    open_view(viewer, 'activations')
    if networks:
        session.set_networks(networks)
    return viewer


def open_view(viewer, view: str):
    """The widget of one of :data:`VIEWS`, docked beside the others."""
    name = VIEWS[view]
    known = {dock_name: widget for dock_name, widget in viewer.window.dock_widgets.items()
             if dock_name.startswith(name)}
    if known:
        widget = next(iter(known.values()))
        dock = widget.parentWidget()
        dock.show()
        dock.raise_()
        if widget.session.active is not widget:
            widget.appear()
        return widget
    return viewer.window.add_plugin_dock_widget(PLUGIN, name, tabify=True)[1]


def open_paths(viewer, paths: list) -> None:
    """Open the view that fits each path: weights, prepared domain, or the folder of a sweep or of images."""
    from napari_viewer.image_picker import ANY_LAYOUT
    for path in map(Path, paths):
        if (path / 'cells').is_dir():
            open_view(viewer, 'scores').open(path)
        elif path.is_dir() and not (path / 'checkpoints').is_dir():
            open_view(viewer, 'browser').picker.open_path(path, ANY_LAYOUT)
        else:
            open_view(viewer, 'filters').picker.tick(path)


def run(paths: list, models: list, views: list) -> None:
    """Open napari and wait until it is closed: what `brainscore-mouse view` does.

    Raises
    ------
    ImportError, RuntimeError
        If napari is not installed, or there is no display.
    ValueError
        If there is no such view.
    FileNotFoundError
        If there is nothing at a path.
    """
    unknown = [name for name in views if name not in VIEWS]
    if unknown:
        raise ValueError(f"There is no view '{unknown[0]}': choose among {', '.join(VIEWS)}.")
    missing = [path for path in paths if not Path(path).exists()]
    if missing:
        raise FileNotFoundError(f'There is nothing at {missing[0]}: give a file of weights, or the folder of a domain, '
                                'of images, of a training run or of a sweep.')
    if sys.platform == 'linux' and not {'DISPLAY', 'WAYLAND_DISPLAY', 'QT_QPA_PLATFORM'} & set(os.environ):
        raise RuntimeError("There is no display to open a window on: log in with one, or use 'ssh -X'.")
    try:
        import napari
    except ImportError as error:
        raise ImportError(f"napari is not installed ({error}): pip install 'brainscore-mouse[viewer]'") from error
    viewer = napari.Viewer(title='Brain-Score Mouse')
    for name in views:
        open_view(viewer, name)
    if models:
        open_view(viewer, 'filters').picker.tick(*models)
    open_paths(viewer, paths)
    napari.run()
