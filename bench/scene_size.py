"""What published similarities owe to the size of scenes, normalisation and the grey screen: EfficientNet-lite0.

    python bench/scene_size.py CACHE    # with the packages that efficientnet_lite0.py names

CACHE holds the files that 'brainscore-mouse recordings fetch allen-rsm' fetches. Best of 18 layers at each site,
Pearson's r without noise correction, mean over the 21 sites, as Conwell et al. (2021) report it.
"""
import argparse
import sys
import tempfile
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path

import efficientnet_lite0
import measure  # noqa: F401  (puts the packages before the scripts)
import numpy as np
import pandas as pd
import torch
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'tests'))
from fabricated.similarity_matrices import write_files

from brainscore_plugin.recordings.allen_rsm.published_matrices import MATRICES, N_IMAGES, N_SCENES, read_matrices

NORMALISATIONS = {'as it was trained': (.498, .5), "by ImageNet's channels": ([.485, .456, .406], [.229, .224, .225])}
GREY = 127


def shown(scenes: np.ndarray, size: int, normalisation: str) -> torch.Tensor:
    """The scenes and the grey screen as a network sees them, (119, 3, size, size)."""
    mean, deviation = map(np.array, NORMALISATIONS[normalisation])
    images = [*scenes, np.full_like(scenes[0], GREY)]
    pixels = [np.asarray(Image.fromarray(image).convert('RGB').resize((size, size), Image.BILINEAR))
              for image in images]
    return torch.tensor(((np.stack(pixels) / 255 - mean) / deviation).transpose(0, 3, 1, 2), dtype=torch.float32)


def layers(network: torch.nn.Module, images: torch.Tensor) -> list[np.ndarray]:
    """Features of the stem, of every block and of the head, each (119, n_features)."""
    found: dict[str, list] = {}
    for name, module in network.named_modules():
        if name in ('_conv_stem', '_conv_head') or name.startswith('_blocks.') and name.count('.') == 1:
            module.register_forward_hook(lambda _, __, output, name=name:
                                         found.setdefault(name, []).append(output.flatten(1).numpy()))
    network.eval()
    with torch.no_grad():
        for batch in images.split(17):
            network(batch)
    return [np.concatenate(values) for values in found.values()]


def best(features: list[np.ndarray], sites: np.ndarray, with_grey: bool) -> float:
    """Mean over sites, (n_sites, n_pairs of 119 images), of the best layer's correlation."""
    first, second = np.triu_indices(N_IMAGES, 1)
    pairs = np.ones(len(first), bool) if with_grey else second < N_SCENES
    by_layer = [[np.corrcoef(np.corrcoef(values)[first, second][pairs], site[pairs])[0, 1] for site in sites]
                for values in features]
    return np.max(by_layer, axis=0).mean()


def networks() -> Iterator[tuple[str, int, str, torch.nn.Module]]:
    """Weights, size and normalisation, and the network."""
    for normalisation in NORMALISATIONS:
        for size in (224, 112, 64, 32):
            yield 'ImageNet', size, normalisation, efficientnet_lite0.imagenet()
    for seed in (1, 2):
        torch.manual_seed(seed)
        yield f'random, seed {seed}', 224, 'as it was trained', efficientnet_lite0.untrained()


def tiny() -> Iterator[tuple[str, int, str, torch.nn.Module]]:
    """Two convolutions with random weights."""
    stack = OrderedDict(_conv_stem=torch.nn.Conv2d(3, 4, 5), _conv_head=torch.nn.Conv2d(4, 4, 5))
    yield 'random, two layers', 32, 'as it was trained', torch.nn.Sequential(stack)


def report(cache: Path, chosen: Iterator[tuple[str, int, str, torch.nn.Module]]) -> None:
    scenes, sites = read_matrices(cache).scenes, pd.read_csv(cache / MATRICES).to_numpy().T
    print('| weights | shown at | normalised | 118 scenes | with the grey screen |\n|---|---|---|---|---|')
    for weights, size, normalisation, network in chosen:
        features = layers(network, shown(scenes, size, normalisation))
        print(f'| {weights} | {size} x {size} | {normalisation} | {best(features, sites, False):.3f} | '
              f'{best(features, sites, True):.3f} |', flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('cache', nargs='?', type=Path, help='folder of the published files')
    parser.add_argument('--tiny', action='store_true', help='fabricated files: to see that the script runs')
    arguments = parser.parse_args()
    if arguments.tiny:
        with tempfile.TemporaryDirectory() as folder:
            write_files(Path(folder))
            report(Path(folder), tiny())
    elif arguments.cache is None:
        parser.error('CACHE is missing: the folder that the matrices were fetched into')
    else:
        report(arguments.cache, networks())


if __name__ == '__main__':
    main()
