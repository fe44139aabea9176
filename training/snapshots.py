"""What a network looks like as it learns: weights, filters and accuracy at some epochs of a run."""
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytorch_lightning as pl
import torch
from safetensors.torch import save

from .atomic import replacing
from .backbone import trunk
from .domains import PreparedDomain
from .filter_sheet import draw_filters
from .mosaic import contrast_normalised, mosaic
from .network import exported_weights
from .probe import features, knn_accuracy

if TYPE_CHECKING:
    from .simclr import SimCLR

COUNT = 16  # snapshots of a run, evenly spaced on a logarithmic axis, since networks change most in the beginning
COLUMNS = ['epoch', 'pairs', 'knn']
# images at most of the training and the test split, for a look in seconds: with 2,000 known ones, ten for each of 200
# classes, the accuracy of 200 neighbours fell while that among all images rose
KNOWN, ASKED = 6000, 1000


def snapshot_epochs(epochs: int) -> list[int]:
    """After how many epochs of a run of so many snapshots are taken; 0 is the network as it begins."""
    return [0, *map(int, np.unique(np.geomspace(1, epochs, COUNT).round()))]


class Snapshots(pl.Callback):
    """Writes ``snapshots/epoch_00012.safetensors``, ``filters_00012.png`` and ``snapshots.csv`` into the run's folder.

    TensorBoard gets the same filters and accuracies. The rows of ``snapshots.csv`` (epoch; pairs of views seen; knn,
    the accuracy of :func:`~training.probe.knn_accuracy` on the domain's test split, empty where it has none) are part
    of the checkpoint, so that the file of a resumed run is that of an unbroken one.

    Parameters
    ----------
    run : pathlib.Path
        The run's folder.
    domain : PreparedDomain
        Whose classes are told apart, where it has a training and a test split.
    epochs : int
        Of the whole run.
    """

    def __init__(self, run: Path, domain: PreparedDomain, epochs: int):
        self.run = run
        self.domain = domain
        self.epochs = set(snapshot_epochs(epochs))
        self.rows: list[dict] = []

    def state_dict(self) -> dict:
        return {'rows': self.rows}

    def load_state_dict(self, state_dict: dict) -> None:
        self.rows = list(state_dict['rows'])

    def on_train_start(self, trainer: pl.Trainer, module: SimCLR) -> None:
        if trainer.current_epoch == 0:
            self._take(0, trainer, module)

    def on_train_epoch_end(self, trainer: pl.Trainer, module: SimCLR) -> None:
        diverged = not torch.isfinite(trainer.callback_metrics['loss'])  # which stops the run
        if trainer.current_epoch + 1 in self.epochs and not diverged:
            self._take(trainer.current_epoch + 1, trainer, module)

    def _take(self, epoch: int, trainer: pl.Trainer, module: SimCLR) -> None:
        if not trainer.is_global_zero:
            return
        state = {name: tensor.cpu() for name, tensor in module.backbone.state_dict().items()}
        weights = {name: tensor.contiguous() for name, tensor in exported_weights(state).items()}
        row = {'epoch': epoch, 'pairs': epoch * trainer.num_training_batches * module.recipe.batch_size,
               'knn': self._accuracy(weights)}
        self.rows = [*(known for known in self.rows if known['epoch'] < epoch), row]
        self._write(epoch, weights)
        for logger in trainer.loggers:
            filters = mosaic(contrast_normalised(weights['conv1.weight'].numpy()))
            logger.experiment.add_image('conv1 filters', filters, epoch, dataformats='HWC')
            if np.isfinite(row['knn']):
                logger.experiment.add_scalar('knn', row['knn'], epoch)

    def _write(self, epoch: int, weights: dict[str, torch.Tensor]) -> None:
        folder = self.run / 'snapshots'
        folder.mkdir(parents=True, exist_ok=True)
        with replacing(folder / f'epoch_{epoch:05d}.safetensors') as temporary:
            temporary.write_bytes(save({name: tensor.half() for name, tensor in weights.items()}))
        draw_filters(weights['conv1.weight'].numpy(), f'conv1 after {epoch} epochs',
                     self.run / f'filters_{epoch:05d}.png')
        with replacing(self.run / 'snapshots.csv') as temporary:
            pd.DataFrame(self.rows, columns=COLUMNS).to_csv(temporary, index=False)

    def _accuracy(self, weights: dict[str, torch.Tensor]) -> float:
        index, rng = self.domain.index, np.random.default_rng(0)
        known, asked = (np.flatnonzero(index['split'].to_numpy() == split) for split in ('train', 'test'))
        labels = index['label'].to_numpy()
        if not len(known) or not len(asked) or len(np.unique(labels[known])) < 2:
            return float('nan')
        known, asked = (np.sort(rng.permutation(numbers)[:most]) for numbers, most in ((known, KNOWN), (asked, ASKED)))
        with torch.random.fork_rng(devices=[]):
            values = features(trunk(weights), self.domain.images[np.concatenate([known, asked])],
                              progress=False)
        return knn_accuracy(values[:len(known)], labels[known], values[len(known):], labels[asked])
