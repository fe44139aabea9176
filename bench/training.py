"""Pairs of views a second: this project's training against a script as Lightly's documentation has it.

Both train AlexNet with the paper's head (9216-9216-128) by SimCLR on the same images of 64 x 64 pixels, from the images
to the updated weights: files, DataLoader with worker processes and views made one by one there, a prepared domain and
views made as batches here. Prints a table; ratios are to the first row.

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
from lightly.data import LightlyDataset
from lightly.loss import NTXentLoss
from lightly.models.modules import SimCLRProjectionHead
from lightly.transforms import SimCLRTransform
from lightly.utils.lars import LARS
from PIL import Image
from torch import nn
from torchvision.models import alexnet

from brainscore_plugin.data.simulated_mouse.scenes import draw_scenes
from training.domains import PreparedDomain
from training.recipes import RECIPES
from training.simclr import SimCLR
from training.train import train

HEADS = (9216, 512)  # width of the hidden layer: the paper's, and a narrow one
PRECISIONS = ('32', 'bf16')
DEVICE = torch.device('cuda' if torch.cuda.is_available() else 'cpu')


def photographs(n: int, seed: int = 0) -> np.ndarray:
    """Crops of photographs, uint8 (n, 64, 64, 3)."""
    scenes = draw_scenes(118, seed)
    rng = np.random.default_rng(seed)
    corners = rng.integers(0, scenes.shape[1] - 64 + 1, size=(n, 2))
    grey = np.stack([scenes[i % len(scenes), y:y + 64, x:x + 64] for i, (y, x) in enumerate(corners)])
    return np.repeat(grey[..., None], 3, axis=-1)


def documented(folder: Path, batch: int, epochs: int) -> float:
    """Pairs/s of Lightly's SimCLR tutorial, with this backbone, head, optimizer and these augmentations."""
    recipe = RECIPES['paper'].override({'batch_size': batch})
    transform = SimCLRTransform(input_size=64, cj_prob=0., gaussian_blur=0., vf_prob=recipe.vertical_flip,
                                hf_prob=recipe.horizontal_flip, random_gray_scale=recipe.greyscale)
    loader = torch.utils.data.DataLoader(LightlyDataset(str(folder), transform=transform), batch_size=batch,
                                         shuffle=True, drop_last=True, num_workers=os.cpu_count(),
                                         persistent_workers=True, pin_memory=DEVICE.type == 'cuda')

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.backbone = nn.Sequential(*list(alexnet(weights=None).children())[:-1])
            self.projection_head = SimCLRProjectionHead(9216, HEADS[0], 128, batch_norm=False)

        def forward(self, x):
            return self.projection_head(self.backbone(x).flatten(start_dim=1))

    model = Network().to(DEVICE)
    criterion = NTXentLoss(recipe.temperature)
    optimizer = LARS(model.parameters(), lr=recipe.scaled_learning_rate, momentum=recipe.momentum,
                     weight_decay=recipe.weight_decay)
    for _ in range(epochs):
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


def ours(images: np.ndarray, batch: int, epochs: int, precision: str, head_width: int) -> float:
    """Pairs/s of the last epoch of `brainscore-mouse train`."""
    index = pd.DataFrame({'split': 'train', 'label': 0}, index=range(len(images)))
    domain = PreparedDomain('bench', images, index, 'bench', Path('bench'), {}, {})
    recipe = RECIPES['paper'].override({'batch_size': batch, 'epochs': epochs, 'head_width': head_width})
    with tempfile.TemporaryDirectory() as folder:
        run = train(domain, recipe, Path(folder) / 'run', precision=precision)
        return pd.read_csv(run / 'metrics.csv')['pairs_per_s'].iloc[-1]


def trunk_alone(batch: int, precision: str, steps: int = 6) -> float:
    """Pairs/s of forward and backward passes through the convolutions alone, the limit."""
    trunk = SimCLR(RECIPES['paper'].override({'head_width': 1}), torch.zeros(2, 64, 64, 3, dtype=torch.uint8)).backbone
    trunk = trunk.to(DEVICE, memory_format=torch.channels_last)
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


def shrink(arguments: argparse.Namespace) -> None:
    """Make the training so small that its speed says nothing: to see that the script runs."""
    global HEADS, PRECISIONS
    HEADS, PRECISIONS = (32,), ('32',)
    arguments.images, arguments.batch, arguments.epochs = 16, 8, 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--images', type=int, default=2048)
    parser.add_argument('--batch', type=int, default=512)
    parser.add_argument('--epochs', type=int, default=2, help='the last one is timed')
    parser.add_argument('--tiny', action='store_true', help='16 images, a narrow head: to see that the script runs')
    arguments = parser.parse_args()
    if arguments.tiny:
        shrink(arguments)
    images = photographs(arguments.images)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / 'all').mkdir()
        for i, image in enumerate(images):
            Image.fromarray(image).save(Path(folder) / 'all' / f'{i:06d}.jpg', quality=95)
        speeds = {'as documented, full precision': documented(Path(folder), arguments.batch, arguments.epochs)}
    for precision in PRECISIONS:
        for width in HEADS:
            speeds[f'here, {precision}, head {width}-128'] = ours(images, arguments.batch, arguments.epochs, precision,
                                                                  width)
        speeds[f'the trunk alone, {precision}'] = trunk_alone(arguments.batch, precision)
    where = torch.cuda.get_device_name() if DEVICE.type == 'cuda' else f'{torch.get_num_threads()} CPU threads'
    print(f'{where}; {arguments.images} images, batches of {arguments.batch}, seed 0')
    print(f'{"":34s}{"pairs/s":>10s}{"ratio":>8s}')
    for name, speed in speeds.items():
        print(f'{name:34s}{speed:10.0f}{speed / next(iter(speeds.values())):8.1f}')


if __name__ == '__main__':
    main()
