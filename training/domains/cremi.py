"""CREMI: serial-section electron microscopy in HDF5, every slice cut into tiles."""
import threading
from functools import lru_cache
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
from PIL import Image

from training.domains.source import ImageSource

RAW = 'volumes/raw'
SUFFIXES = ('.hdf', '.hdf5', '.h5')
GRID = 10  # tiles along each side of a slice
TILE = 125  # pixels; 10 x 125 is the side of CREMI's slices
TEST_FRACTION = 0.2
_LARGEST_SLICE = 40_000_000  # pixels
_LARGEST_CHUNK = 256 * 1024 ** 2  # bytes


class CremiSource(ImageSource):
    """Tiles of 125 x 125 pixels in a 10 x 10 grid on every slice of every volume.

    The origins are spaced evenly from 0 to side - 125, rounded: exactly side by side on CREMI's slices of 1250 x 1250,
    overlapping on smaller ones. The last fifth of the slices of each volume is the test split, so that no test tile is
    from a training slice. The class is the volume.

    Raises
    ------
    ValueError
        If a file is damaged, has no `volumes/raw` of uint8 (z, y, x), or leads to another file.
    """

    def __init__(self, paths: list[Path], left_out: dict[str, int] | None = None) -> None:
        self._volumes = []
        try:
            for path in paths:
                self._volumes.append(_open_volume(path))
        except ValueError:
            self.close()
            raise
        self._lock = threading.Lock()
        self._tiles = [(volume, z, y, x) for volume, raw in enumerate(self._volumes)
                       for z in range(raw.shape[0]) for y in origins(raw.shape[1]) for x in origins(raw.shape[2])]
        # a slice is decompressed once for its hundred tiles, also when several threads are a little apart
        self._slice = lru_cache(maxsize=4)(lambda volume, z: self._volumes[volume][z])
        recipe = {'layout': 'cremi', 'tile': TILE, 'grid': [GRID, GRID],
                  'origins': 'evenly spaced from 0 to side - 125, rounded',
                  'test_split': f'the last {TEST_FRACTION:.0%} of the slices of each volume',
                  'volumes': {path.name: list(raw.shape) for path, raw in zip(paths, self._volumes)}}
        super().__init__(self._index(paths), recipe, archives=paths, left_out=left_out)

    def read(self, i: int) -> Image.Image:
        volume, z, y, x = self._tiles[i]
        try:
            with self._lock:
                section = self._slice(volume, z)
        except OSError as error:
            raise ValueError(f'slice {z} is damaged: {error}') from error
        return Image.fromarray(section[y:y + TILE, x:x + TILE]).convert('RGB')

    def state(self) -> list[tuple[int, int]]:
        return []  # all is in the archives

    def close(self) -> None:
        for raw in self._volumes:
            raw.file.close()

    def _index(self, paths: list[Path]) -> pd.DataFrame:
        first_test = [round(raw.shape[0] * (1 - TEST_FRACTION)) for raw in self._volumes]
        return pd.DataFrame({
            'source': [f'{paths[volume].name}/z{z:04d}/y{y:04d}/x{x:04d}' for volume, z, y, x in self._tiles],
            'class_name': [paths[volume].stem for volume, *_ in self._tiles],
            'label': [volume for volume, *_ in self._tiles],
            'split': ['test' if z >= first_test[volume] else 'train' for volume, z, *_ in self._tiles]})


def open_cremi(path: Path, official_names: list[str]) -> CremiSource:
    """Tiles of the volume at `path`, or of all volumes in that folder.

    Where the folder holds any of CREMI's three training volumes, only these are taken: their padded versions and the
    test volumes beside them would duplicate or mix slices.
    """
    if not path.exists():
        raise FileNotFoundError(f'There is nothing at {path}.')
    if path.is_file():
        return CremiSource([path])
    volumes = sorted(file for file in path.iterdir() if file.suffix.lower() in SUFFIXES and file.is_file())
    if not volumes:
        raise FileNotFoundError(f'{path} holds no volumes ({", ".join(SUFFIXES)}).')
    official = [file for file in volumes if file.name in official_names]
    return CremiSource(official or volumes,
                       {'volumes other than the training samples': len(volumes) - len(official) if official else 0})


def origins(side: int) -> list[int]:
    """Where the tiles of a grid begin along a side of so many pixels."""
    return np.linspace(0, side - TILE, GRID).round().astype(int).tolist()


def _open_volume(path: Path) -> h5py.Dataset:
    try:
        file = h5py.File(path, 'r')
    except OSError as error:
        raise ValueError(f'{path} is not an HDF5 file, or is truncated ({error}).') from error
    try:
        return _check_volume(file)
    except ValueError as error:
        file.close()
        raise ValueError(f'{path} is refused: {error}') from error


def _check_volume(file: h5py.File) -> h5py.Dataset:
    group = file
    for name in RAW.split('/'):
        if not isinstance(group, h5py.Group) or name not in group:
            raise ValueError(f'it does not have {RAW}.')
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            raise ValueError(f'{RAW} is a link that may lead to another file.')
        group = group[name]
    raw = group
    if not isinstance(raw, h5py.Dataset) or raw.ndim != 3 or raw.dtype != np.uint8:
        raise ValueError(f'{RAW} is not a uint8 array (z, y, x).')
    if raw.external or raw.is_virtual:
        raise ValueError(f'{RAW} keeps its data in another file.')
    if min(raw.shape[1:]) < TILE or raw.shape[1] * raw.shape[2] > _LARGEST_SLICE or not 0 < raw.shape[0] < 100_000:
        raise ValueError(f'{RAW} has shape {raw.shape}; expected slices from {TILE} x {TILE} to '
                         f'{_LARGEST_SLICE // 10 ** 6} million pixels.')
    if raw.chunks and np.prod(raw.chunks, dtype=float) > _LARGEST_CHUNK:
        raise ValueError(f'{RAW} is stored in pieces of {raw.chunks}, too large for the memory.')
    return raw
