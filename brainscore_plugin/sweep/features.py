"""A model's features on the disk, written once and mapped into the memory of all workers."""
import os
import shutil
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision.benchmarks.mouse_predictivity.activations import layer_assembly, reserve

from training.disk import naming_full_disk

FEATURES = '.features'  # folder of what is recorded, until it is scored
REMEDY = 'Make room, name a folder on another disk with --out, or score fewer layers at a time.'


@dataclass(frozen=True)
class RecordedLayer:
    """Features of one layer in a file.

    Attributes
    ----------
    layer : str
    path : pathlib.Path
        Array (n_presentations, n_features) as NumPy saves it.
    stimulus_ids : numpy.ndarray, shape (n_presentations,)
    """
    layer: str
    path: Path
    stimulus_ids: np.ndarray

    def load(self) -> NeuroidAssembly:
        """The features (presentation, neuroid); they are read from the disk as they are used."""
        return layer_assembly(self.layer, np.load(self.path, mmap_mode='r'), self.stimulus_ids)


class FeatureFolder:
    """Where the features of one pass over the images go.

    Parameters
    ----------
    folder : pathlib.Path
        Made if absent.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self._mapped: dict[str, np.ndarray] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def allocate(self, layer: str, shape: tuple[int, int], dtype: np.dtype) -> np.ndarray:
        """A file to write the features of a layer to, mapped into memory.

        Raises
        ------
        OSError
            If the disk lacks the room.
        """
        path = self._path(layer)
        with naming_full_disk(self.folder, f"the features of layer '{layer}' do not fit", REMEDY):
            self._mapped[layer] = np.lib.format.open_memmap(path, 'w+', dtype, shape)
            with path.open('r+b') as file:
                reserve(file, path.stat().st_size)
        return self._mapped[layer]

    def keep(self, features: dict[str, NeuroidAssembly]) -> dict[str, RecordedLayer]:
        """Write what has not been written to :meth:`allocate`'s files already; layer -> its file."""
        for layer, assembly in features.items():
            values = assembly.transpose('presentation', 'neuroid').values
            if not np.may_share_memory(values, self._mapped.get(layer, np.empty(0))):
                self.allocate(layer, values.shape, np.result_type(values, np.float32))[:] = values
        return {layer: RecordedLayer(layer, self._path(layer), assembly['stimulus_id'].values)
                for layer, assembly in features.items()}

    def _path(self, layer: str) -> Path:
        number = list(self._mapped).index(layer) if layer in self._mapped else len(self._mapped)
        return self.folder / f'{number}.npy'


@contextmanager
def features_of_sweep(out: Path) -> Iterator[Path]:
    """A folder for the features of this sweep, in that of its results; removed at the end.

    Its name is that of a scratch file, so that :func:`training.atomic.remove_leftovers` finds that of a killed sweep.
    """
    folder = out / FEATURES / f'{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex}'
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if not any((out / FEATURES).iterdir()):
            (out / FEATURES).rmdir()
