"""SimCLR on AlexNet as a LightningModule, for images of 64 x 64 pixels."""
import pytorch_lightning as pl
import torch
from lightly.loss import NTXentLoss
from lightly.utils.lars import LARS
from torch import Tensor, nn
from torchvision.models import alexnet

from .augment import RandomViews
from .recipes import Recipe

TRUNK_FEATURES = 256  # of AlexNet's trunk at 64 x 64 pixels: 256 channels of one pixel
REPEATS = 36  # 6 x 6 cells of AlexNet's average pooling, all alike when there is one pixel


class RepeatedInputLinear(nn.Linear):
    """A linear layer for inputs whose every value comes `repeats` times in a row, computed from one of each.

    AlexNet pools its trunk's output to 6 x 6 before its first fully connected layer. For images of 64 x 64 pixels
    that output is a single pixel, which pooling repeats 36 times. The layer's product with the repeated input is the
    product of its weights, summed over the repeats, with the input itself: the same function, the same gradients and
    a 36th of the work.

    Parameters
    ----------
    in_features : int
        Number of different inputs; the weight is (out_features, in_features x repeats), as in the plain layer.
    out_features, repeats : int
        As said.
    """

    def __init__(self, in_features: int, out_features: int, repeats: int):
        super().__init__(in_features * repeats, out_features)
        self.repeats = repeats

    def forward(self, inputs: Tensor) -> Tensor:
        """Map (n, in_features) to (n, out_features)."""
        summed = self.weight.view(self.out_features, -1, self.repeats).sum(-1)
        return nn.functional.linear(inputs, summed, self.bias)


class SimCLR(pl.LightningModule):
    """AlexNet's trunk and a projection head of two layers, trained with the NT-Xent loss (Chen et al. 2020).

    A batch is a tensor of image numbers; images are looked up and made into views on the device.

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
            self.backbone = alexnet(weights=None).features
            self.projection_head = nn.Sequential(RepeatedInputLinear(TRUNK_FEATURES, recipe.head_width, REPEATS),
                                                 nn.ReLU(), nn.Linear(recipe.head_width, recipe.embedding_size))
        self.views = RandomViews(images.shape[1], recipe.crop_scale, recipe.crop_ratio, recipe.horizontal_flip,
                                 recipe.vertical_flip, recipe.greyscale)
        self.loss = NTXentLoss(recipe.temperature, gather_distributed=recipe.global_negatives)

    def setup(self, stage: str) -> None:
        self.to(memory_format=torch.channels_last)
        if self.device.type == 'cuda' and self.images.nbytes < torch.cuda.mem_get_info(self.device)[0] / 2:
            self.images = self.images.to(self.device)

    def forward(self, images: Tensor) -> Tensor:
        """Embeddings (n, embedding_size) of normalised images (n, 3, 64, 64)."""
        return self.projection_head(self.backbone(images).flatten(1))

    def on_train_epoch_start(self) -> None:
        # from seed, epoch and device number alone, so that a resumed run sees the views of an unbroken one
        state = (self.seed * 1_000_003 + self.current_epoch) * 1_009 + self.global_rank
        self.generator = torch.Generator(self.device).manual_seed(state)

    def training_step(self, numbers: Tensor) -> Tensor:
        chosen = self.images[numbers.to(self.images.device)].to(self.device, non_blocking=True)
        embeddings = self(self.views(torch.cat([chosen, chosen]), self.generator))
        with torch.autocast(self.device.type, enabled=False):
            loss = self.loss(*embeddings.float().chunk(2))
        self.log('loss', loss, on_step=False, on_epoch=True, sync_dist=True, batch_size=len(numbers))
        return loss

    def on_train_epoch_end(self) -> None:
        loss = self.trainer.callback_metrics['loss']
        if not torch.isfinite(loss):  # before the checkpoint is written
            raise RuntimeError(
                f'Training diverged: the loss of epoch {self.current_epoch} is {loss.item()}. The last checkpoint is '
                f'from before. Try a smaller learning rate (it was {self.recipe.learning_rate:g} for a batch of '
                "4,096: '--set learning_rate=…') or full precision ('--precision 32'), in a new run.")

    def configure_optimizers(self) -> dict:
        recipe = self.recipe
        optimizer = LARS(self.parameters(), lr=recipe.scaled_learning_rate, momentum=recipe.momentum,
                         weight_decay=recipe.weight_decay, trust_coefficient=recipe.trust_coefficient)
        plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(
            optimizer, factor=recipe.plateau_factor, patience=recipe.plateau_patience,
            threshold=recipe.plateau_threshold, threshold_mode=recipe.plateau_threshold_mode)
        return {'optimizer': optimizer,
                'lr_scheduler': {'scheduler': plateau, 'monitor': 'loss', 'frequency': recipe.plateau_every}}
