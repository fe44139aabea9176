"""Weights in eight bits: half of the bytes of half precision, for networks of which many are kept."""
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

SCALE = '_scale'  # ending of the tensor, float32 (n_filters,), that belongs to a tensor of integers
LARGEST = 127


def to_eight_bits(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Round each filter of each layer to 255 levels, the largest of its weights to the last of them.

    Parameters
    ----------
    weights : dict of str to torch.Tensor
        See :func:`~training.backbone.checked`.

    Returns
    -------
    dict of str to torch.Tensor
        ``conv1.weight`` int8 with ``conv1.weight_scale`` float32, (n_filters,), and so on; biases in half precision.
    """
    import torch
    rounded = {}
    for name, tensor in weights.items():
        if tensor.ndim == 1:
            rounded[name] = tensor.half()
            continue
        scale = tensor.float().flatten(1).abs().amax(dim=1) / LARGEST
        steps = tensor.float() / scale.clamp(min=torch.finfo(torch.float32).tiny).view(-1, 1, 1, 1)
        rounded[name], rounded[name + SCALE] = steps.round().to(torch.int8), scale
    return rounded


def from_eight_bits(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Undo :func:`to_eight_bits`, but for the rounding; other weights are given back as they are."""
    import torch
    scales = {name: tensor for name, tensor in weights.items() if name.endswith(SCALE)}
    return {name: tensor.float() * scales[name + SCALE].view(-1, *[1] * (tensor.ndim - 1))
            if tensor.dtype == torch.int8 and name + SCALE in scales else tensor
            for name, tensor in weights.items() if name not in scales}
