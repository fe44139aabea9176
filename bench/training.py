"""Pairs of views a second: this project's training against a script as Lightly's documentation has it.

Both train AlexNet by SimCLR on the same images of 64 x 64 pixels, from the images to the updated weights: files,
DataLoader with worker processes and views made one by one there, a prepared domain and views made as batches here. Two
recipes are trained: the paper's, whose head is 9216-9216-128, and `normalised`, with batch normalisation, colour jitter
and a narrow head. Prints a table for each; ratios are to its first row.

    python bench/training.py [--images N] [--batch B] [--epochs E]
"""
import argparse
import os
import tempfile
import time
from pathlib import Path

import measure  # noqa: F401
import numpy as np
import pandas as pd
import torch
from brainscore_vision.data.simulated_mouse.scenes import draw_scenes
from lightly.data import LightlyDataset
from lightly.loss import NTXentLoss
from lightly.models.modules import SimCLRProjectionHead
from lightly.transforms import SimCLRTransform
from lightly.utils.lars import LARS
from PIL import Image
from torch import nn
from torchvision.models import alexnet

from training.domains import PreparedDomain
from training.network import trunk_to_train
from training.recipes import RECIPES, Recipe
from training.train import train

PRECISIONS = ('32', 'bf16')
DEVICE = torch.device('cuda' if torch.cuda.is_available() else 'cpu')


def photographs(n: int, seed: int = 0) -> np.ndarray:
    """Crops of photographs, uint8 (n, 64, 64, 3)."""
    scenes = draw_scenes(118, seed)
    rng = np.random.default_rng(seed)
    corners = rng.integers(0, scenes.shape[1] - 64 + 1, size=(n, 2))
    grey = np.stack([scenes[i % len(scenes), y:y + 64, x:x + 64] for i, (y, x) in enumerate(corners)])
    return np.repeat(grey[..., None], 3, axis=-1)


class DocumentedNetwork(nn.Module):
    """AlexNet and a head as Lightly's SimCLR tutorial builds them: plain layers, and Lightly's own head."""

    def __init__(self, recipe: Recipe):
        super().__init__()
        layers = list(alexnet(weights=None).features)
        if recipe.batch_norm:
            layers = [part for layer in layers for part in (
                [layer, nn.BatchNorm2d(layer.out_channels)] if isinstance(layer, nn.Conv2d) else [layer])]
        pooled = [nn.AdaptiveAvgPool2d(6)] if recipe.average_pooling else []
        self.backbone = nn.Sequential(*layers, *pooled)
        self.projection_head = SimCLRProjectionHead(9216 if pooled else 256, recipe.head_width, recipe.embedding_size,
                                                    batch_norm=recipe.head_norm)

    def forward(self, x):
        return self.projection_head(self.backbone(x).flatten(start_dim=1))


def documented(folder: Path, recipe: Recipe) -> float:
    """Pairs/s of Lightly's SimCLR tutorial, with a recipe's network, optimizer and augmentations."""
    transform = SimCLRTransform(
        input_size=64, cj_prob=.8 if recipe.colour_jitter else 0., cj_strength=recipe.colour_jitter, gaussian_blur=0.,
        vf_prob=recipe.vertical_flip, hf_prob=recipe.horizontal_flip, random_gray_scale=recipe.greyscale)
    loader = torch.utils.data.DataLoader(
        LightlyDataset(str(folder), transform=transform), batch_size=recipe.batch_size, shuffle=True, drop_last=True,
        num_workers=os.cpu_count(), persistent_workers=True, pin_memory=DEVICE.type == 'cuda')
    model = DocumentedNetwork(recipe).to(DEVICE)
    criterion = NTXentLoss(recipe.temperature)
    common = {'lr': recipe.scaled_learning_rate, 'momentum': recipe.momentum, 'weight_decay': recipe.weight_decay}
    optimizer = (LARS(model.parameters(), **common) if recipe.optimizer == 'lars' else
                 torch.optim.SGD(model.parameters(), nesterov=recipe.nesterov, **common))
    for _ in range(recipe.epochs):
        start, pairs = time.perf_counter(), 0
        for views, _, _ in loader:
            x0, x1 = (view.to(DEVICE) for view in views)
            loss = criterion(model(x0), model(x1))
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            pairs += len(x0)
        if DEVICE.type == 'cuda':
            torch.cuda.synchronize()
    return pairs / (time.perf_counter() - start)


def ours(images: np.ndarray, recipe: Recipe, precision: str) -> float:
    """Pairs/s of the last epoch of `brainscore-mouse train`."""
    index = pd.DataFrame({'split': 'train', 'label': 0}, index=range(len(images)))
    domain = PreparedDomain('bench', images, index, 'bench', Path('bench'), {}, {})
    with tempfile.TemporaryDirectory() as folder:
        run = train(domain, recipe, Path(folder) / 'run', precision=precision)
        return pd.read_csv(run / 'metrics.csv')['pairs_per_s'].iloc[-1]


def trunk_alone(recipe: Recipe, precision: str, steps: int = 6) -> float:
    """Pairs/s of forward and backward passes through the convolutions alone, the limit."""
    batch = recipe.batch_size
    trunk = trunk_to_train(recipe).to(DEVICE, memory_format=torch.channels_last)
    views = torch.randn(2 * batch, 3, 64, 64, device=DEVICE).contiguous(memory_format=torch.channels_last)
    for step in range(steps):
        if step == 1:  # the first allocates
            start = time.perf_counter()
        with torch.autocast(DEVICE.type, torch.bfloat16, enabled=precision == 'bf16'):
            features = trunk(views)
        features.float().square().sum().backward()
    if DEVICE.type == 'cuda':
        torch.cuda.synchronize()
    return batch * (steps - 1) / (time.perf_counter() - start)


def print_speeds(folder: Path, images: np.ndarray, recipe: Recipe, precisions: tuple[str, ...]) -> None:
    """The table of a recipe; the images are there as files and as an array."""
    speeds = {'as documented, full precision': documented(folder, recipe)}
    for precision in precisions:
        speeds[f'here, {precision}'] = ours(images, recipe, precision)
        speeds[f'the trunk alone, {precision}'] = trunk_alone(recipe, precision)
    print(f'{"":34s}{"pairs/s":>10s}{"ratio":>8s}')
    for name, speed in speeds.items():
        print(f'{name:34s}{speed:10.0f}{speed / next(iter(speeds.values())):8.1f}')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--images', type=int, default=2048)
    parser.add_argument('--batch', type=int, default=512)
    parser.add_argument('--epochs', type=int, default=2, help='the last one is timed')
    parser.add_argument('--tiny', action='store_true', help='16 images, a narrow head: to see that the script runs')
    arguments = parser.parse_args()
    settings, precisions = {'batch_size': arguments.batch, 'epochs': arguments.epochs}, PRECISIONS
    if arguments.tiny:  # so small that the speed says nothing
        settings, precisions = {'batch_size': 8, 'epochs': 1, 'head_width': 32}, PRECISIONS[:1]
        arguments.images = 16
    images = photographs(arguments.images)
    where = torch.cuda.get_device_name() if DEVICE.type == 'cuda' else f'{torch.get_num_threads()} CPU threads'
    print(f"{where}; {arguments.images} images, batches of {settings['batch_size']}, seed 0")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / 'all').mkdir()
        for i, image in enumerate(images):
            Image.fromarray(image).save(Path(folder) / 'all' / f'{i:06d}.jpg', quality=95)
        for name in ('paper', 'normalised'):
            print(f'\nrecipe {name}')
            print_speeds(Path(folder), images, RECIPES[name].override(settings), precisions)


if __name__ == '__main__':
    main()
