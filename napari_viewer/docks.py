"""The dock widgets by name, as the manifest lists them, and opening them on what the user names."""
import functools
from pathlib import Path

from napari_viewer.window import show_tab_names

PLUGIN = 'brainscore-mouse'


@functools.cache
def dock_names() -> dict[str, str]:
    """Name of each dock widget on the command line -> name that napari displays; both from the manifest."""
    import yaml
    manifest = yaml.safe_load(Path(__file__).with_name('napari.yaml').read_text(encoding='utf-8'))
    return {widget['command'].removeprefix(f'{PLUGIN}.'): widget['display_name']
            for widget in manifest['contributions']['widgets']}


def open_dock(viewer, name: str):
    """Open a dock widget beside the others, or bring it to the front.

    Parameters
    ----------
    viewer : napari.Viewer
    name : str
        One of :func:`dock_names`.

    Returns
    -------
    DockWidget
    """
    widget = open_docks(viewer).get(name)
    if widget is None:
        widget = viewer.window.add_plugin_dock_widget(PLUGIN, dock_names()[name], tabify=True)[1]
        show_tab_names(widget)
        return widget
    dock = widget.parentWidget()
    dock.show()
    dock.raise_()
    if widget.state.active_dock is not widget:
        widget.take_canvas()
    return widget


def open_docks(viewer) -> dict:
    """Name -> dock widget of ours that is open, in the order in which they were opened."""
    found = {}
    for title, widget in viewer.window.dock_widgets.items():
        for name, display_name in dock_names().items():
            if title.startswith(display_name):
                found.setdefault(name, widget)
    return found


def open_paths(viewer, paths: list[str | Path]) -> None:
    """Open the dock widget that fits each path: weights, prepared domain, or the folder of a sweep or of images."""
    for path in map(Path, paths):
        if (path / 'cells').is_dir():
            open_dock(viewer, 'scores').open(path)
        elif (path / 'snapshots').is_dir():
            open_dock(viewer, 'training').open(path)
            if (path / 'checkpoints' / 'last.ckpt').is_file():
                open_dock(viewer, 'filters').picker.tick(path)
                open_dock(viewer, 'training')
        elif path.is_dir() and not (path / 'checkpoints').is_dir():
            open_dock(viewer, 'browser').picker.open_path(path)
        else:
            open_dock(viewer, 'filters').picker.tick(path)
