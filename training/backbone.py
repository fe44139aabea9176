"""The trained part of a model: weights of AlexNet's five convolutions, as files, as filters and as a network.

PyTorch is imported when a network is made or read whole, not before: the filters of a file are had without it.
"""
from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .eight_bits import SCALE, from_eight_bits

if TYPE_CHECKING:
    import torch
    from torch import nn

# Each convolution by its index in torchvision's `alexnet().features`, and its shape. The plugin models/alexnet64, which
# must stand by itself, has these constants too; tests/training/test_backbone.py holds the two together.
CONVOLUTIONS = {'conv1': 0, 'conv2': 3, 'conv3': 6, 'conv4': 8, 'conv5': 10}
KERNELS = {'conv1': (64, 3, 11, 11), 'conv2': (192, 64, 5, 5), 'conv3': (384, 192, 3, 3), 'conv4': (256, 384, 3, 3),
           'conv5': (256, 256, 3, 3)}
SHAPES = {f'{layer}.{part}': shape for layer, kernel in KERNELS.items()
          for part, shape in (('weight', kernel), ('bias', kernel[:1]))}
FIRST_WEIGHT = 'conv1.weight'
IMAGENET_MEAN, IMAGENET_STD = (.485, .456, .406), (.229, .224, .225)


def checked(weights: dict[str, torch.Tensor], source: str | Path) -> dict[str, torch.Tensor]:
    """The ten tensors of a backbone, in order, once their names and shapes are AlexNet's and their values finite.

    Parameters
    ----------
    weights : dict of str to torch.Tensor
        ``conv1.weight``, ``conv1.bias``, … ``conv5.bias``.
    source : str or pathlib.Path
        Where they come from, for the error.

    Raises
    ------
    ValueError
        If a tensor is missing, superfluous, of another shape, not of floating point or not finite.
    """
    missing = [key for key in SHAPES if key not in weights]
    if missing:
        raise ValueError(f"{source} has no '{missing[0]}': expected are the weights of AlexNet's convolutions, "
                         f"{_listed(SHAPES)}; found {_listed(weights)}.")
    superfluous = [key for key in weights if key not in SHAPES]
    if superfluous:
        raise ValueError(f"{source} holds '{superfluous[0]}', which is not a weight of AlexNet's convolutions: "
                         f'expected are {_listed(SHAPES)} and nothing else.')
    for key, shape in SHAPES.items():
        tensor = weights[key]
        if tuple(tensor.shape) != shape or not tensor.is_floating_point():
            raise ValueError(f"{source}: '{key}' is {_described(tensor)}; AlexNet's is floating point of shape "
                             f'{shape}.')
        if not tensor.isfinite().all():
            raise ValueError(f"{source}: '{key}' holds values that are not finite: the training diverged.")
    return {key: weights[key] for key in SHAPES}


def read_weights(path: Path) -> dict[str, torch.Tensor]:
    """Read and check a backbone's safetensors file.

    Returns
    -------
    dict of str to torch.Tensor
        As they were saved, see :func:`checked`; those in eight bits as the numbers that they stand for.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not a safetensors file or not of this network, see :func:`checked`.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file
    path = _existing(path)
    try:
        weights = load_file(path)
    except SafetensorError as error:
        raise _damaged(path, error) from error
    return checked(from_eight_bits(weights), path)


def first_filters(source: Path | dict[str, torch.Tensor] | nn.Module, layer: str | None = None) -> np.ndarray:
    """Weights of the first convolution of a file, a backbone or any network.

    Parameters
    ----------
    source : pathlib.Path, dict of str to torch.Tensor, or torch.nn.Module
        A backbone's safetensors file, of which nothing else is read; weights as from :func:`read_weights`; or a
        network.
    layer : str, optional
        Of a network: name of the submodule whose first convolution is meant, such as 'conv1'; by default the network's
        first.

    Returns
    -------
    numpy.ndarray, float32, (n, channels, rows, columns)

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not a safetensors file or holds no ``conv1.weight``.
    LookupError
        If the network has no such layer, or no convolution in it.
    """
    if isinstance(source, dict):
        return source[FIRST_WEIGHT].detach().cpu().float().numpy()
    if isinstance(source, (str, Path)):
        return _filters_of_file(_existing(source))
    from torch import nn
    part = source if layer is None else dict(source.named_modules()).get(layer)
    convolutions = [module for module in part.modules() if isinstance(module, nn.Conv2d)] if part is not None else []
    if not convolutions:
        raise LookupError('the network has no convolution' if layer is None else
                          f"the network has no layer '{layer}' with filters")
    return convolutions[0].weight.detach().cpu().float().numpy()


def trunk(weights: dict[str, torch.Tensor]) -> nn.Sequential:
    """AlexNet's features in single precision: images (n, 3, 64, 64) to (n, 256, 1, 1)."""
    import torch
    from torchvision.models import alexnet
    with torch.device('meta'):  # drawing AlexNet's 60 million initial weights would take longer than all else
        features = alexnet(weights=None).features
    features.load_state_dict({f'{CONVOLUTIONS[layer]}.{part}': tensor.float() for key, tensor in weights.items()
                              for layer, part in [key.split('.')]}, assign=True)
    return features.eval()


def _filters_of_file(path: Path) -> np.ndarray:
    from safetensors import SafetensorError, safe_open
    try:
        with safe_open(path, 'np') as file:
            names = list(file.keys())
            if FIRST_WEIGHT in names:
                filters = file.get_tensor(FIRST_WEIGHT).astype(np.float32)
                scale = FIRST_WEIGHT + SCALE
                return filters * file.get_tensor(scale)[:, None, None, None] if scale in names else filters
    except SafetensorError as error:
        raise _damaged(path, error) from error
    raise ValueError(f"{path} has no '{FIRST_WEIGHT}': expected are the weights of AlexNet's convolutions, found "
                     f"{_listed(names)}. 'brainscore-mouse export RUN' writes them from a training run.")


def _existing(path: str | Path) -> Path:
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"No weights at {path}: 'brainscore-mouse export RUN' writes them.")
    return path


def _damaged(path: Path, error: Exception) -> ValueError:
    return ValueError(f"{path} is not a complete safetensors file ({error}): 'brainscore-mouse export RUN' writes one, "
                      "'brainscore-mouse import-checkpoint FILE' reads the published checkpoints.")


def _described(tensor: torch.Tensor) -> str:
    return f"{str(tensor.dtype).removeprefix('torch.')} of shape {tuple(tensor.shape)}"


def _listed(names: Iterable[str]) -> str:
    names = [str(name) for name in names]
    return ', '.join(names[:12]) + (f', … ({len(names)})' if len(names) > 12 else '') if names else 'nothing'
