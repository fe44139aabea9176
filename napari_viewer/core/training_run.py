"""A training run's folder: what the network looked like at each snapshot, and how loss and accuracy went."""
from pathlib import Path

import numpy as np
import pandas as pd


class TrainingRun:
    """The snapshots of a run that is finished or going on.

    Parameters
    ----------
    folder : pathlib.Path
        As 'brainscore-mouse train' makes it.

    Raises
    ------
    FileNotFoundError
        If it holds no snapshots.
    """

    def __init__(self, folder: Path):
        self.folder = Path(folder)
        self._filters: dict[int, np.ndarray] = {}
        self.stamp: tuple = ()  # changes with what the run writes
        self.read()
        if not self.epochs:
            raise FileNotFoundError(f"{folder} holds no snapshots: choose the folder of a run of 'brainscore-mouse "
                                    "train', which writes the first one, the start, at once.")

    def read(self) -> bool:
        """Look for what the run has written meanwhile; returns whether there is anything new."""
        files = sorted((self.folder / 'snapshots').glob('epoch_*.safetensors'))
        stamp = len(files), *(_modified(self.folder / name) for name in ('snapshots.csv', 'metrics.csv'))
        if stamp == self.stamp:
            return False
        self.stamp = stamp
        self.epochs = [int(path.stem.partition('_')[2]) for path in files]
        self.snapshots = _table(self.folder / 'snapshots.csv', ['epoch', 'pairs', 'knn'])
        self.history = _table(self.folder / 'metrics.csv', ['epoch', 'loss'])
        return True

    def filters(self, epoch: int) -> np.ndarray:
        """First-layer filters after so many epochs, float32 (n, channels, height, width)."""
        if epoch not in self._filters:
            from training.backbone import first_filters
            self._filters[epoch] = first_filters(self.folder / 'snapshots' / f'epoch_{epoch:05d}.safetensors')
        return self._filters[epoch]


def _modified(path: Path) -> int:
    return path.stat().st_mtime_ns if path.is_file() else 0


def _table(path: Path, columns: list[str]) -> pd.DataFrame:
    return pd.read_csv(path) if path.is_file() else pd.DataFrame(columns=columns, dtype=float)
