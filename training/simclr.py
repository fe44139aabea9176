"""SimCLR on AlexNet as a LightningModule, for images of 64 x 64 pixels."""
from collections.abc import Iterable

import pytorch_lightning as pl
import torch
from lightly.loss import NTXentLoss
from lightly.utils.lars import LARS
from lightly.utils.scheduler import CosineWarmupScheduler
from torch import Tensor

from .augment import RandomViews
from .graphed_step import GraphedStep
from .network import projection_head, trunk_to_train
from .nt_xent import nt_xent
from .recipes import Recipe


class SimCLR(pl.LightningModule):
    """AlexNet's trunk and a projection head of two layers, trained with the NT-Xent loss (Chen et al. 2020).

    A batch is a tensor of image numbers; images are looked up and made into views on the device. A single GPU that
    holds the images and computes in mixed precision gets each step as one :class:`~training.graphed_step.GraphedStep`.

    Parameters
    ----------
    recipe : Recipe
        All settings.
    images : torch.Tensor, uint8, (n, 64, 64, 3)
        The images; moved to the training device where they take less than half of its free memory.
    seed : int
        Of the initial weights and the views.
    """

    def __init__(self, recipe: Recipe, images: Tensor, seed: int = 0):
        super().__init__()
        self.recipe, self.images, self.seed = recipe, images, seed
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.backbone = trunk_to_train(recipe)
            self.projection_head = projection_head(recipe)
        self.views = RandomViews(images.shape[1], recipe.crop_scale, recipe.crop_ratio, recipe.horizontal_flip,
                                 recipe.vertical_flip, recipe.greyscale, recipe.colour_jitter)
        self.loss = NTXentLoss(recipe.temperature, gather_distributed=recipe.global_negatives)
        self.graphed_step: GraphedStep | None = None

    def setup(self, stage: str) -> None:
        self.to(memory_format=torch.channels_last)

    def on_fit_start(self) -> None:  # by now Lightning has moved the network to its device
        if self.device.type == 'cuda' and self.images.nbytes < torch.cuda.mem_get_info(self.device)[0] / 2:
            self.images = self.images.to(self.device)
        # not in full precision: on the GPU tried, an H200, a graph's batch normalisation kept wrong statistics there
        self.is_graphed = (self.images.is_cuda and self.trainer.world_size == 1
                           and self.trainer.precision == 'bf16-mixed')
        self.generator = torch.Generator(self.device)

    def forward(self, images: Tensor) -> Tensor:
        """Embeddings (n, embedding_size) of normalised images (n, 3, 64, 64)."""
        return self.projection_head(self.backbone(images).flatten(1))

    def on_train_epoch_start(self) -> None:
        # from seed, epoch and device number alone, so that a resumed run sees the views of an unbroken one
        state = (self.seed * 1_000_003 + self.current_epoch) * 1_009 + self.global_rank
        self.generator.manual_seed(state)

    def training_step(self, numbers: Tensor) -> Tensor:
        if self.is_graphed and self.graphed_step is None:
            self.graphed_step = GraphedStep(self.contrast, self, self.generator, numbers)
        loss = self.graphed_step(numbers) if self.graphed_step else self.contrast(numbers)
        self.log('loss', loss, on_step=False, on_epoch=True, sync_dist=True, batch_size=len(numbers))
        return loss

    def contrast(self, numbers: Tensor) -> Tensor:
        """The loss of two views of each image of these numbers, int64 (n,)."""
        chosen = self.images[numbers.to(self.images.device)].to(self.device, non_blocking=True)
        embeddings = self(self.views(torch.cat([chosen, chosen]), self.generator))
        with torch.autocast(self.device.type, enabled=False):
            first, second = embeddings.float().chunk(2)
            return (nt_xent(first, second, self.recipe.temperature) if self.is_graphed else self.loss(first, second))

    def backward(self, loss: Tensor, *args, **kwargs) -> None:
        if not self.graphed_step:  # else it has been done
            super().backward(loss, *args, **kwargs)

    def optimizer_zero_grad(self, epoch: int, batch_idx: int, optimizer: torch.optim.Optimizer) -> None:
        if not self.graphed_step:  # else they are written over
            super().optimizer_zero_grad(epoch, batch_idx, optimizer)

    def on_train_epoch_end(self) -> None:
        loss = self.trainer.callback_metrics['loss']
        if not torch.isfinite(loss):  # before the checkpoint is written
            raise RuntimeError(
                f'Training diverged: the loss of epoch {self.current_epoch} is {loss.item()}. The last checkpoint is '
                f'from before. Try a smaller learning rate (it was {self.recipe.learning_rate:g} for a batch of '
                "4,096: '--set learning_rate=…') or full precision ('--precision 32'), in a new run.")

    def configure_optimizers(self) -> dict:
        optimizer = self._optimizer()
        return {'optimizer': optimizer, 'lr_scheduler': self._schedule(optimizer)}

    def _optimizer(self) -> torch.optim.Optimizer:
        recipe = self.recipe
        common = {'lr': recipe.scaled_learning_rate, 'momentum': recipe.momentum, 'nesterov': recipe.nesterov,
                  'weight_decay': recipe.weight_decay}
        parameters: Iterable = self.parameters()
        if recipe.decay_weights_only:
            weights = [parameter for parameter in self.parameters() if parameter.ndim > 1]
            others = [parameter for parameter in self.parameters() if parameter.ndim <= 1]
            parameters = [{'params': weights}, {'params': others, 'weight_decay': 0.}]
        if recipe.optimizer == 'sgd':
            return torch.optim.SGD(parameters, **common)
        return LARS(parameters, trust_coefficient=recipe.trust_coefficient, **common)

    def _schedule(self, optimizer: torch.optim.Optimizer) -> dict:
        recipe = self.recipe
        if recipe.schedule == 'cosine':
            steps = int(self.trainer.estimated_stepping_batches)
            return {'interval': 'step', 'scheduler': CosineWarmupScheduler(
                optimizer, warmup_epochs=round(recipe.warmup * steps), max_epochs=steps, end_value=0.)}
        return {'monitor': 'loss', 'frequency': recipe.plateau_every,
                'scheduler': torch.optim.lr_scheduler.ReduceLROnPlateau(
                    optimizer, factor=recipe.plateau_factor, patience=recipe.plateau_patience,
                    threshold=recipe.plateau_threshold, threshold_mode=recipe.plateau_threshold_mode)}
