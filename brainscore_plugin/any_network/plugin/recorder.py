"""Records whatever the modules of a network return as one row of features an image."""
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import torch
from brainscore_vision.model_helpers.activations.pytorch import PytorchWrapper
from torch import nn


def per_image(output: object, n_images: int, axis: int = 0) -> torch.Tensor | None:
    """Features of each image in the output of a module.

    Of a tuple, list or dictionary the first tensor is taken. All its dimensions but that of the images are flattened
    in their order: maps channel by channel, tokens (the class token among them) token by token; windows of one image,
    which stand one after the other in the batch, window by window.

    Parameters
    ----------
    output : object
        What the module returned.
    n_images : int
    axis : int
        Dimension of the images.

    Returns
    -------
    torch.Tensor, float32, shape (n_images, features), or None
        A copy, for a rectification behind the module may work in place. None where there is nothing of that shape.
    """
    tensor = next(_tensors(output), None)
    if tensor is None or not tensor.is_floating_point() or tensor.ndim <= axis or not tensor.numel():
        return None
    tensor = tensor.detach().movedim(axis, 0)
    if tensor.shape[0] % n_images:
        return None
    return tensor.to(torch.float32, copy=True).reshape(n_images, -1)


def _tensors(output: object) -> Iterator[torch.Tensor]:
    if isinstance(output, torch.Tensor):
        yield output
    elif isinstance(output, Mapping):
        yield from (tensor for part in output.values() for tensor in _tensors(part))
    elif isinstance(output, Sequence) and not isinstance(output, str):
        yield from (tensor for part in output for tensor in _tensors(part))


def precision(network: nn.Module) -> torch.dtype:
    """Floating-point type of the weights, in which a network takes its images."""
    return next((weights.dtype for weights in network.parameters() if weights.is_floating_point()), torch.float32)


class Recorder(PytorchWrapper):
    """Brain-Score's wrapper of a network, for modules with any output (see :func:`per_image`).

    Of a module that is run several times, as in a recurrent network, the last output is recorded.

    Parameters
    ----------
    axes : dict of str to int
        Dimension of the images, for layers where it is not the first.
    **kwargs
        Of Brain-Score's ``PytorchWrapper``.
    """

    def __init__(self, axes: dict[str, int], **kwargs):
        self._axes = axes
        super().__init__(**kwargs)

    def get_activations(self, images: Sequence, layer_names: list[str]) -> dict[str, np.ndarray]:
        batch = torch.stack([torch.as_tensor(image) for image in images]).to(self._device, precision(self._model))
        recorded = OrderedDict()
        hooks = [self._record(layer, len(batch), recorded) for layer in layer_names]
        try:
            with torch.no_grad():
                self._model.eval()(batch)
        finally:
            for hook in hooks:
                hook.remove()
        return recorded

    def _record(self, layer: str, n_images: int, recorded: dict[str, np.ndarray]):
        def hook(_module, _inputs, output):
            features = per_image(output, n_images, self._axes.get(layer, 0))
            if features is None:
                raise ValueError(f"Layer '{layer}' has no features that can be told apart by image.")
            recorded[layer] = features.cpu().numpy()
        return self.get_layer(layer).register_forward_hook(hook)
