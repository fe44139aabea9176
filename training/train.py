"""Train a network on a domain: a run is a folder that can be stopped at any time and gone on with."""
import dataclasses
import gc
import json
import logging
import math
import os
import platform
import signal
import time
import traceback
import warnings
from contextlib import nullcontext
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytorch_lightning as pl
import torch
from lightning_fabric.plugins import TorchCheckpointIO
from lightning_fabric.plugins.environments import SLURMEnvironment
from pytorch_lightning.callbacks import ModelCheckpoint
from pytorch_lightning.loggers import TensorBoardLogger
from pytorch_lightning.utilities import rank_zero_only
from pytorch_lightning.utilities.exceptions import MisconfigurationException, SIGTERMException
from pytorch_lightning.utilities.memory import is_oom_error
from torch.utils.data import DataLoader, DistributedSampler

from .atomic import replacing
from .checkpoint import load_tensors
from .disk import naming_full_disk
from .domains import PreparedDomain
from .history import History, ProgressBar
from .recipes import REFERENCE_BATCH, Recipe
from .run_folder import CHECKPOINT, DESCRIPTION, HISTORY, check_places, locked, read_description
from .simclr import SimCLR
from .snapshots import Snapshots
from .stopping import Stopped, requeue, stopped_by_signals

# warnings of libraries about what is meant so: images are looked up, not loaded, and read from a file; speeds and rates
# are logged by the first of several devices alone
IRRELEVANT = ('.*does not have many workers', '.*smaller than the logging interval', '.*exists and is not empty',
              '.*not writable', '.*LeafSpec', '.*logging on epoch level in distributed setting',
              '.*dirpath has changed')  # of a run that was moved

# what Lightning needs to go on
_IN_CHECKPOINTS = ('state_dict', 'epoch', 'global_step', 'loops', 'optimizer_states', 'lr_schedulers', 'callbacks',
                   'pytorch-lightning_version')
_LARGEST_SEED = 2 ** 63 - 1  # of PyTorch's random generators
_logger = logging.getLogger(__name__)


class SparingCheckpoint(ModelCheckpoint):
    """Keeps an epoch where writing it takes no more than a share of the time since the last one kept; and the last.

    On a GPU an epoch of some thousand images takes a fraction of a second, less than writing a checkpoint does.
    """

    SHARE = .05

    def __init__(self, path: Path):
        super().__init__(path.parent, filename=path.stem, enable_version_counter=False)
        self.kept_at, self.cost = -math.inf, 0.

    def on_train_epoch_end(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
        began = time.perf_counter()
        is_last = trainer.current_epoch + 1 == trainer.max_epochs
        if trainer.strategy.broadcast(is_last or self.cost <= self.SHARE * (began - self.kept_at)):
            super().on_train_epoch_end(trainer, module)
            self.kept_at = time.perf_counter()
            self.cost = self.kept_at - began


class AtomicCheckpointIO(TorchCheckpointIO):
    """Writes checkpoints beside their place and renames them; Lightning's own go by way of another folder."""

    def save_checkpoint(self, checkpoint: dict, path, storage_options=None) -> None:
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as temporary, temporary.open('wb') as file:
            torch.save(checkpoint, file)  # into a file of Python's, whose errors say what was wrong with the disk

    def load_checkpoint(self, path, map_location=None, weights_only=None) -> dict:
        saved = load_tensors(Path(path))
        missing = [name for name in _IN_CHECKPOINTS if name not in saved]
        if missing:
            raise ValueError(f"{path} has no '{missing[0]}': it is no checkpoint of 'brainscore-mouse train'. Restore "
                             'the file, or train again in another folder.')
        return saved


def train(domain: PreparedDomain, recipe: Recipe, run: Path, seed: int = 0, split: str = 'all',
          count: int | None = None, precision: str = 'auto', accelerator: str = 'auto', devices: int | str = 1,
          nodes: int = 1) -> Path:
    """Train on a domain's images, or go on with a run that was stopped.

    Parameters
    ----------
    domain : PreparedDomain
        The images.
    recipe : Recipe
        Its batch is reduced to the largest power of two that the images fill, and said so.
    run : pathlib.Path
        The run's folder: ``run.json``, ``metrics.csv``, ``checkpoints/last.ckpt``, ``tensorboard/`` and what
        :class:`~training.snapshots.Snapshots` writes.
    seed : int
        Of the initial weights, the order of images and their views.
    split : str
        'all' images, as the paper has it, or those of the 'train' split.
    count : int, optional
        Train on so many images, drawn by `seed`.
    precision : str
        '32', 'bf16', or 'auto': bf16 where the processor computes with it.
    accelerator, devices, nodes
        As Lightning's Trainer takes them; several devices contrast views with those of all of them.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    ValueError
        If there are too few images, the machine has no such devices, the folder holds a run of other images, another
        recipe or another seed, or a file of the run is damaged.
    RuntimeError
        If another process trains in the folder, the loss diverges, or memory does not suffice; it says which batch
        would fit.
    OSError
        If the disk is full.
    SystemExit
        If a signal stops it, see :func:`~training.stopping.stopped_by_signals`.
    """
    _check_numbers(seed, devices, nodes)
    numbers = chosen_images(domain, split, count, seed)
    recipe = _fitting(recipe, len(numbers), domain.name)
    precision = _precision(precision, accelerator)
    check_places(run)
    logging.getLogger('pytorch_lightning.utilities.rank_zero').setLevel(logging.WARNING)
    with warnings.catch_warnings():
        for message in IRRELEVANT:
            warnings.filterwarnings('ignore', message)
        trainer = _trainer(run, domain, recipe, precision, accelerator, devices, nodes)
        loader = _loader(numbers, recipe, trainer, seed)
        with locked(run) if trainer.is_global_zero else nullcontext():
            if trainer.is_global_zero:
                _describe(run, domain, recipe, {'seed': seed, 'split': split, 'count': len(numbers),
                                                'precision': precision})
                _logger.info(f'{domain.name}: {len(numbers)} images, batches of {recipe.batch_size}, learning rate '
                             f'{recipe.scaled_learning_rate:.4g} = {recipe.learning_rate:g} x {recipe.batch_size} / '
                             f'{REFERENCE_BATCH}, {recipe.epochs} epochs, seed {seed}, '
                             f'{_said_precision(precision, accelerator)}')
            _fit(trainer, SimCLR(recipe, torch.from_numpy(domain.images), seed), loader, run)
    return run


def _check_numbers(seed: int, devices: int | str, nodes: int) -> None:
    if not 0 <= seed <= _LARGEST_SEED:
        raise ValueError(f'The seed must be from 0 to 2^63 - 1, given: {seed}.')
    if isinstance(devices, int) and devices < 1:
        raise ValueError(f"The number of devices must be 1 or more, given: {devices}. '--accelerator cpu' trains "
                         'without a GPU.')
    if nodes < 1:
        raise ValueError(f'The number of machines must be 1 or more, given: {nodes}.')


def _trainer(run: Path, domain: PreparedDomain, recipe: Recipe, precision: str, accelerator: str, devices: int | str,
             nodes: int) -> pl.Trainer:
    """Lightning's trainer, which keeps all that it writes in the run's folder.

    Raises
    ------
    ValueError
        If the machine has no such devices.
    """
    _forget_rank_of_another_run()
    checkpoint = run / CHECKPOINT
    history = History(run / HISTORY)
    callbacks = [history, ProgressBar(history), Snapshots(run, domain, recipe.epochs),
                 SparingCheckpoint(checkpoint)]
    plugins: list = [AtomicCheckpointIO()]
    if SLURMEnvironment.detect():
        plugins.append(SLURMEnvironment(auto_requeue=False))  # see stopped_by_signals
    try:
        trainer = pl.Trainer(
            max_epochs=recipe.epochs, precision=precision, accelerator=accelerator, devices=devices, num_nodes=nodes,
            callbacks=callbacks, plugins=plugins, enable_progress_bar=False, enable_model_summary=False,
            benchmark=True,  # all batches are of one shape
            logger=TensorBoardLogger(run, name='tensorboard', version=''), use_distributed_sampler=False,
            default_root_dir=checkpoint.parent)  # where Lightning looks for checkpoints of requeued jobs
    except (MisconfigurationException, ValueError, TypeError, RuntimeError) as error:
        first_line = str(error).strip().partition('\n')[0]
        raise ValueError(f"This machine cannot train with '--accelerator {accelerator} --devices {devices} --nodes "
                         f"{nodes}' ({first_line}). '--accelerator auto --devices 1' takes what there is.") from error
    # before it is guessed from the environment
    rank_zero_only.rank = trainer.global_rank
    return trainer


def _forget_rank_of_another_run() -> None:
    """Take a LOCAL_RANK for what it is without its companions: left behind by something else."""
    if 'LOCAL_RANK' in os.environ and not {'MASTER_ADDR', 'MASTER_PORT', 'WORLD_SIZE'} & set(os.environ):
        _logger.warning(f"LOCAL_RANK={os.environ.pop('LOCAL_RANK')} in the environment is not heeded: MASTER_ADDR, "
                        'MASTER_PORT and WORLD_SIZE are not set.')


def _fit(trainer: pl.Trainer, module: SimCLR, loader: DataLoader, run: Path) -> None:
    """Train from the start or from the run's checkpoint; of what stops it, say what to do."""
    checkpoint = run / CHECKPOINT
    full_disk = naming_full_disk(run, 'the run is as it was at its last checkpoint',
                                 'Make room, and give the same command again to go on with it.')
    try:
        with stopped_by_signals(), full_disk:
            trainer.fit(module, loader, weights_only=True, ckpt_path=checkpoint if checkpoint.exists() else None)
    except SIGTERMException as error:  # Lightning's, which would end with exit code 0
        raise _after_stop(trainer, run, Stopped(signal.SIGTERM)) from error
    except Stopped as stopped:
        raise _after_stop(trainer, run, stopped) from None
    except (RuntimeError, KeyError, TypeError, AttributeError) as error:
        if not _out_of_memory(error):
            if _has_begun(trainer) or not checkpoint.exists():
                raise
            raise _cannot_go_on(checkpoint, error) from error
        del trainer
        traceback.clear_frames(error.__traceback__)  # they hold the memory
        gc.collect()
        raise _advice(module) from None


def _after_stop(trainer: pl.Trainer, run: Path, stopped: Stopped) -> Stopped:
    """Say what to do, end the processes that share the work, and give back what stopped this one."""
    kill = getattr(trainer.strategy.launcher, 'kill', None)
    if kill is not None:
        kill(signal.SIGTERM)
    if trainer.is_global_zero:
        kept = (f'What it had learned is kept in {run / CHECKPOINT}' if (run / CHECKPOINT).exists() else
                'No epoch had been finished, so that the run begins anew')
        goes_on = requeue() if stopped.signal.name == 'SIGUSR1' else 'Give the same command again to go on'
        _logger.warning(f'Stopped by {stopped.signal.name}. {kept}. {goes_on}.')
    return stopped


def chosen_images(domain: PreparedDomain, split: str, count: int | None, seed: int) -> np.ndarray:
    """Numbers of the images to train on, int64, in rising order.

    Raises
    ------
    ValueError
        If the split is unknown or empty, or holds fewer than `count` images.
    """
    splits = domain.index['split']
    numbers = np.flatnonzero(splits == split) if split != 'all' else np.arange(len(domain.images))
    if not len(numbers):
        raise ValueError(f"Domain '{domain.name}' has no images in split '{split}': choose all or one of "
                         f"{', '.join(sorted(set(splits)))}.")
    if count is None:
        return numbers
    if not 0 < count <= len(numbers):
        raise ValueError(f"Domain '{domain.name}' has {len(numbers)} images in split '{split}'; "
                         f'{count} were asked for.')
    return np.sort(np.random.default_rng(seed).choice(numbers, count, replace=False))


def _fitting(recipe: Recipe, n_images: int, name: str) -> Recipe:
    if n_images < 2:
        raise ValueError(f"Domain '{name}' has {n_images} image: contrastive training needs at least 2, better "
                         'thousands.')
    if recipe.batch_size <= n_images:
        return recipe
    batch = 1 << (n_images.bit_length() - 1)
    _logger.warning(f'{n_images} images do not fill a batch of {recipe.batch_size}: it is reduced to {batch}.')
    return dataclasses.replace(recipe, batch_size=batch)


def _precision(precision: str, accelerator: str) -> str:
    """Lightning's name of the precision; 'auto' is bf16 only where the processor has a unit for it."""
    if precision == 'auto':
        precision = 'bf16' if _has_bf16(accelerator) else '32'
    names = {'bf16': 'bf16-mixed', '32': '32-true'}
    if precision not in names:
        raise ValueError(f"Precision must be auto, bf16 or 32, given: '{precision}'.")
    return names[precision]


def _has_bf16(accelerator: str) -> bool:
    """Whether what trains has a unit for bf16; without one it is emulated, some 15 times slower."""
    if accelerator in ('auto', 'gpu', 'cuda') and torch.cuda.is_available():
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return bool({'avx512_bf16', 'amx_bf16'} & {name for name, has in torch.cpu.get_capabilities().items() if has})


def _said_precision(precision: str, accelerator: str) -> str:
    unit = 'has a unit' if _has_bf16(accelerator) else 'has no unit'
    return f"{'full precision' if precision == '32-true' else 'bf16'} (the processor {unit} for bf16)"


def _describe(run: Path, domain: PreparedDomain, recipe: Recipe, settings: dict) -> None:
    """Write run.json, or compare with the one that is there; one of a run that never finished an epoch is replaced."""
    described = {
        'domain': domain.name, 'fingerprint': domain.fingerprint, **settings,
        'recipe': json.loads(json.dumps(dataclasses.asdict(recipe))),
    }
    if (run / CHECKPOINT).exists() or ((run / DESCRIPTION).exists() and (run / HISTORY).exists()):
        before = read_description(run)
        flat = [{**known, **known['recipe'], 'recipe': None} for known in (before, described)]
        known = {**json.loads(json.dumps(dataclasses.asdict(Recipe()))), **flat[0]}  # settings younger than the run
        # a cosine ends with the last epoch: a run that has followed a part of it cannot be made longer
        free = () if recipe.schedule == 'cosine' else ('epochs',)
        changed = [f'{name} {known.get(name)} → {flat[1][name]}' for name in flat[1]
                   if name not in free and known.get(name) != flat[1][name]]
        if changed:
            raise ValueError(f"{run} is a run with other settings ({'; '.join(changed)}). Give the same ones to go on "
                             'with it, or another folder to begin a new run.')
        described = {**before, **described}
    else:
        data = {name: value for name, value in domain.metadata.items() if name not in ('skipped', 'key')}
        described.update(data=data, device=_device_name(), versions={
            'python': platform.python_version(),
            **{name: version(name) for name in ('torch', 'torchvision', 'pytorch-lightning', 'lightly', 'numpy')}})
    with replacing(run / DESCRIPTION) as temporary:
        temporary.write_text(json.dumps(described, indent=1), encoding='utf-8')


def _device_name() -> str:
    if torch.cuda.is_available():
        return torch.cuda.get_device_name()
    return f'{torch.get_num_threads()} CPU threads ({platform.machine()})'


def _loader(numbers: np.ndarray, recipe: Recipe, trainer: pl.Trainer, seed: int) -> DataLoader:
    """Batches of image numbers, each device its own; the order follows from seed and epoch."""
    if recipe.batch_size % trainer.world_size:
        raise ValueError(f'A batch of {recipe.batch_size} cannot be shared evenly by {trainer.world_size} devices.')
    sampler = DistributedSampler(numbers, trainer.world_size, trainer.global_rank, seed=seed, drop_last=True)
    return DataLoader(numbers, recipe.batch_size // trainer.world_size, sampler=sampler, drop_last=True,
                      collate_fn=lambda batch: torch.from_numpy(np.array(batch)))


def _has_begun(trainer: pl.Trainer) -> bool:
    """Whether a checkpoint has been taken up and steps are being taken."""
    return any(callback.begun for callback in trainer.callbacks if isinstance(callback, ProgressBar))


def _cannot_go_on(checkpoint: Path, error: Exception) -> ValueError:
    first_line = str(error).strip().partition('\n')[0][:200]
    return ValueError(f"{checkpoint} is damaged, or of another version of 'brainscore-mouse train' "
                      f'({type(error).__name__}: {first_line}). Restore the file, or train again in another folder.')


def _out_of_memory(error: Exception) -> bool:
    return is_oom_error(error) or 'could not create a primitive' in str(error)  # in the words of oneDNN


def _advice(module: SimCLR) -> RuntimeError:
    recipe, batch = module.recipe, module.recipe.batch_size // 2
    while batch >= 2 and not _step_fits(module, batch):
        batch //= 2
    if batch < 2:
        return RuntimeError(f"Out of memory on {module.device}, even for a batch of 2: choose a narrower head "
                            f"('--set head_width=…', it was {recipe.head_width}).")
    return RuntimeError(f"A batch of {recipe.batch_size} does not fit into the memory of {module.device}; {batch} was "
                        f"tried and fits: '--batch-size {batch}' (the learning rate is scaled with it).")


def _step_fits(module: SimCLR, batch: int) -> bool:
    """Whether a step of training fits into memory, found out by taking two: optimizers allocate in the first."""
    module.zero_grad()
    try:
        optimizer = module.configure_optimizers()['optimizer']
        generator = torch.Generator(module.device)
        for _ in range(2):
            chosen = module.images[torch.arange(batch) % len(module.images)].to(module.device)
            embeddings = module(module.views(torch.cat([chosen, chosen]), generator))
            module.loss(*embeddings.chunk(2)).backward()
            optimizer.step()
    except RuntimeError as error:
        if not _out_of_memory(error):
            raise
        traceback.clear_frames(error.__traceback__)
        return False
    return True
