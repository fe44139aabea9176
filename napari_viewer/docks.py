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
    display_name = dock_names()[name]
    widgets = [widget for dock, widget in viewer.window.dock_widgets.items() if dock.startswith(display_name)]
    if not widgets:
        widget = viewer.window.add_plugin_dock_widget(PLUGIN, display_name, tabify=True)[1]
        show_tab_names(widget)
        return widget
    dock = widgets[0].parentWidget()
    dock.show()
    dock.raise_()
    if widgets[0].state.active_dock is not widgets[0]:
        widgets[0].take_canvas()
    return widgets[0]


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
