"""Readers for what is dropped onto napari: weights, prepared domains, folders of images, training runs, sweeps."""
from collections.abc import Callable
from itertools import islice
from pathlib import Path

LOOKED_AT = 1000  # entries of a folder that are looked at for an image


def get_reader(path: str | list[str]) -> Callable | None:
    """A reader for weights or a folder that the viewer knows; None for anything else."""
    if isinstance(path, list):
        return read if path and all(get_reader(one) for one in path) else None
    path = Path(path)
    readable = path.suffix == '.safetensors' or (path.is_dir() and (
        any((path / part).exists() for part in ('domain.json', 'cells', 'checkpoints')) or _holds_images(path)))
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


def _holds_images(folder: Path) -> bool:
    from training.domains.image_endings import IMAGE_SUFFIXES
    return any(path.suffix.lower() in IMAGE_SUFFIXES for path in islice(folder.rglob('*'), LOOKED_AT))


def _layer(path: Path) -> tuple:
    if path.suffix == '.safetensors' or (path / 'checkpoints').exists():
        from napari_viewer.sample_data import filter_layer
        return filter_layer([path])
    if (path / 'domain.json').is_file():
        from training.domains import open_domain
        domain = open_domain(path)
        return domain.images, {'name': domain.name, 'rgb': True}, 'image'
    if (path / 'cells').exists():
        raise ValueError(f"{path} is a sweep, which cannot be shown as a layer: 'brainscore-mouse view {path}' plots "
                         'its scores.')
    from napari_viewer.core.image_sets import from_path
    from napari_viewer.core.image_sheet import ImageSheet
    images = from_path(path)
    return ImageSheet([images]).draw(0), {'name': images.name, 'rgb': True}, 'image'
