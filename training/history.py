"""What happened in each epoch: kept in the checkpoint, written to metrics.csv, shown in a progress bar."""
import time
from pathlib import Path

import pandas as pd
import pytorch_lightning as pl
from tqdm import tqdm

from .atomic import replacing

COLUMNS = ['epoch', 'loss', 'learning_rate', 'pairs_per_s', 'seconds']


class History(pl.Callback):
    """One row an epoch: number, mean loss, learning rate, pairs of views a second, seconds.

    The rows are part of the checkpoint, so that the file of a resumed run is that of an unbroken one.

    Parameters
    ----------
    path : pathlib.Path
        The CSV file, written anew with each checkpoint.
    """

    def __init__(self, path: Path):
        self.path = path
        self.rows = []

    def state_dict(self) -> dict:
        return {'rows': self.rows}

    def load_state_dict(self, state_dict: dict) -> None:
        self.rows = list(state_dict['rows'])

    def on_train_epoch_start(self, trainer, module) -> None:
        self._started = time.perf_counter()

    def on_train_epoch_end(self, trainer, module) -> None:
        loss = float(trainer.callback_metrics['loss'])  # a GPU has now done all that it was given
        seconds = time.perf_counter() - self._started
        pairs = trainer.num_training_batches * module.recipe.batch_size
        self.rows.append({'epoch': trainer.current_epoch, 'loss': loss,
                          'learning_rate': trainer.optimizers[0].param_groups[0]['lr'],
                          'pairs_per_s': pairs / seconds, 'seconds': seconds})
        module.log_dict({'learning_rate': self.rows[-1]['learning_rate'], 'pairs_per_s': self.rows[-1]['pairs_per_s']},
                        rank_zero_only=True)

    def on_save_checkpoint(self, trainer, module, checkpoint) -> None:
        if trainer.is_global_zero:
            with replacing(self.path) as temporary:
                pd.DataFrame(self.rows, columns=COLUMNS).to_csv(temporary, index=False)


class ProgressBar(pl.Callback):
    """A single bar for all epochs with the last epoch's loss and speed; it starts where a resumed run starts."""

    def __init__(self, history: History):
        self.history = history
        self.bar = tqdm(disable=True)  # until training has begun
        self.begun = False

    def on_train_start(self, trainer, module) -> None:
        self.begun = True
        self.bar = tqdm(total=trainer.max_epochs * trainer.num_training_batches, unit='step', smoothing=.05,
                        initial=trainer.global_step, disable=not trainer.is_global_zero,
                        desc=f'epoch {trainer.current_epoch + 1}/{trainer.max_epochs}')

    def on_train_batch_end(self, trainer, module, outputs, batch, batch_idx) -> None:
        self.bar.update()

    def on_train_epoch_start(self, trainer, module) -> None:
        self.bar.set_description(f'epoch {trainer.current_epoch + 1}/{trainer.max_epochs}', refresh=False)
        if self.history.rows:
            last = self.history.rows[-1]
            self.bar.set_postfix_str(f"loss {last['loss']:.3f}, {last['pairs_per_s']:.0f} pairs/s", refresh=False)

    def on_train_end(self, trainer, module) -> None:
        self.bar.close()

    def on_exception(self, trainer, module, exception) -> None:
        self.bar.close()  # so that what is said next begins on a line of its own
