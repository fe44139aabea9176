"""Train a network on a domain: a run is a folder that can be stopped at any time and gone on with."""
import dataclasses
import gc
import json
import logging
import platform
import traceback
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytorch_lightning as pl
import torch
from lightning_fabric.plugins import TorchCheckpointIO
from pytorch_lightning.callbacks import ModelCheckpoint
from pytorch_lightning.loggers import TensorBoardLogger
from pytorch_lightning.utilities.memory import is_oom_error
from torch.utils.data import DataLoader, DistributedSampler

from .atomic import replacing
from .domains import PreparedDomain
from .history import History, ProgressBar
from .recipes import REFERENCE_BATCH, Recipe
from .simclr import SimCLR
from .snapshots import Snapshots

# warnings of libraries about what is meant so: images are looked up, not loaded, and read from a file; speeds and rates
# are logged by the first of several devices alone
IRRELEVANT = ('.*does not have many workers', '.*smaller than the logging interval', '.*exists and is not empty',
              '.*not writable', '.*LeafSpec', '.*logging on epoch level in distributed setting')

_logger = logging.getLogger(__name__)


class AtomicCheckpointIO(TorchCheckpointIO):
    """Writes checkpoints beside their place and renames them; Lightning's own go by way of another folder."""

    def save_checkpoint(self, checkpoint: dict, path, storage_options=None) -> None:
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as temporary:
            torch.save(checkpoint, temporary)


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
        If there are too few images, or the folder holds a run of other images or another recipe.
    RuntimeError
        If the loss diverges, or memory does not suffice; it says which batch would fit.
    """
    numbers = chosen_images(domain, split, count, seed)
    recipe = _fitting(recipe, len(numbers), domain.name)
    precision = _precision(precision, accelerator)
    checkpoint = run / 'checkpoints' / 'last.ckpt'
    _describe(run, domain, recipe, {'seed': seed, 'split': split, 'count': len(numbers), 'precision': precision},
              checkpoint)

    history = History(run / 'metrics.csv')
    callbacks = [history, ProgressBar(history), Snapshots(run, domain, recipe.epochs),
                 ModelCheckpoint(checkpoint.parent, filename=checkpoint.stem, enable_version_counter=False)]
    logging.getLogger('pytorch_lightning.utilities.rank_zero').setLevel(logging.WARNING)
    with warnings.catch_warnings():
        for message in IRRELEVANT:
            warnings.filterwarnings('ignore', message)
        module = SimCLR(recipe, torch.from_numpy(domain.images), seed)
        trainer = pl.Trainer(
            max_epochs=recipe.epochs, precision=precision, accelerator=accelerator, devices=devices, num_nodes=nodes,
            callbacks=callbacks, plugins=[AtomicCheckpointIO()], enable_progress_bar=False, enable_model_summary=False,
            logger=TensorBoardLogger(run, name='tensorboard', version=''), use_distributed_sampler=False)
        if trainer.is_global_zero:
            _logger.info(f'{domain.name}: {len(numbers)} images, batches of {recipe.batch_size}, learning rate '
                         f'{recipe.scaled_learning_rate:.4g} = {recipe.learning_rate:g} x {recipe.batch_size} / '
                         f'{REFERENCE_BATCH}, {recipe.epochs} epochs, seed {seed}, '
                         f'{_said_precision(precision, accelerator)}')
        try:
            trainer.fit(module, _loader(numbers, recipe, trainer, seed), weights_only=True,
                        ckpt_path=checkpoint if checkpoint.exists() else None)
        except RuntimeError as error:
            if not _out_of_memory(error):
                raise
            del trainer
            traceback.clear_frames(error.__traceback__)  # they hold the memory
            gc.collect()
            raise _advice(module) from None
    return run


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


def _describe(run: Path, domain: PreparedDomain, recipe: Recipe, settings: dict, checkpoint: Path) -> None:
    """Write run.json, or compare with the one that is there."""
    described = {
        'domain': domain.name, 'fingerprint': domain.fingerprint, **settings,
        'recipe': json.loads(json.dumps(dataclasses.asdict(recipe))),
    }
    path = run / 'run.json'
    if path.exists() and checkpoint.exists():
        before = json.loads(path.read_text())
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
    run.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(described, indent=1))


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


def _out_of_memory(error: RuntimeError) -> bool:
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
