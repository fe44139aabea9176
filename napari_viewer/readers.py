"""Readers for files that are dropped onto napari: weights, prepared domains, sweeps."""
from collections.abc import Callable
from pathlib import Path


def get_reader(path: str | list[str]) -> Callable | None:
    """A reader for a backbone's weights, a prepared domain's folder or a sweep's; None for anything else."""
    if isinstance(path, list):
        return read if path and all(get_reader(one) for one in path) else None
    path = Path(path)
    readable = path.suffix == '.safetensors' or (path / 'domain.json').is_file() or (path / 'cells').is_dir()
    return read if readable else None


def read(path: str | list[str]) -> list[tuple]:
    """Layers of what was dropped; in a window, a dock widget shows it instead, and no layer is added."""
    paths = [Path(one) for one in (path if isinstance(path, list) else [path])]
    import napari
    viewer = napari.current_viewer()
    if viewer is not None:
        from napari_viewer.docks import open_paths
        open_paths(viewer, paths)
        return [(None,)]
    return [_layer(path) for path in paths]


def _layer(path: Path) -> tuple:
    if path.suffix == '.safetensors':
        from napari_viewer.sample_data import filter_layer
        return filter_layer([path])
    if (path / 'domain.json').is_file():
        from training.domains import open_domain
        domain = open_domain(path)
        return domain.images, {'name': domain.name, 'rgb': True}, 'image'
    raise ValueError(f"{path} is a sweep, which cannot be shown as a layer: 'brainscore-mouse view {path}' plots its "
                     'scores.')
