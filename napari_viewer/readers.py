"""Readers for files that are dropped onto napari: weights, prepared domains, sweeps."""
from pathlib import Path


def get_reader(path):
    """A reader for a backbone's weights, the folder of a prepared domain or that of a sweep; None for all else."""
    if isinstance(path, list):
        return read if path and all(get_reader(one) for one in path) else None
    path = Path(path)
    mine = path.suffix == '.safetensors' or (path / 'domain.json').is_file() or (path / 'cells').is_dir()
    return read if mine else None


def read(path) -> list:
    """Layers of what was dropped; with a window, our views are opened on it instead, and there is no layer to add."""
    paths = [Path(one) for one in (path if isinstance(path, list) else [path])]
    import napari
    viewer = napari.current_viewer()
    if viewer is not None:
        from napari_viewer.show import open_paths
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
    raise ValueError(f"{path} is a sweep, which has no picture: 'brainscore-mouse view {path}' draws its scores.")
