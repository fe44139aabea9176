"""The network in training: AlexNet's trunk, with or without batch normalisation, and a projection head."""
from collections import OrderedDict

import torch
from torch import Tensor, nn
from torch.distributed import get_world_size, is_initialized
from torch.distributed.nn.functional import all_reduce
from torch.nn.utils.fusion import fuse_conv_bn_weights
from torchvision.models import alexnet

from .backbone import CONVOLUTIONS
from .recipes import Recipe

TRUNK_FEATURES = 256  # of AlexNet's trunk at 64 x 64 pixels: 256 channels of one pixel
EPSILON = nn.BatchNorm2d(1).eps  # added to variances by every batch normalisation here
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


class SharedBatchNorm1d(nn.BatchNorm1d):
    """torch.nn.BatchNorm1d by the mean and variance over all devices, see :func:`shared_batch_norm`."""

    def forward(self, inputs: Tensor) -> Tensor:
        """Normalise (n, channels)."""
        return shared_batch_norm(self, inputs) if _is_shared(self) else super().forward(inputs)


class SharedBatchNorm2d(nn.BatchNorm2d):
    """torch.nn.BatchNorm2d by the mean and variance over all devices, see :func:`shared_batch_norm`."""

    def forward(self, inputs: Tensor) -> Tensor:
        """Normalise (n, channels, height, width)."""
        return shared_batch_norm(self, inputs) if _is_shared(self) else super().forward(inputs)


def _is_shared(layer: nn.Module) -> bool:
    return layer.training and is_initialized() and get_world_size() > 1


def shared_batch_norm(layer: nn.BatchNorm1d | nn.BatchNorm2d, inputs: Tensor) -> Tensor:
    """Normalise by the statistics of the batches of all devices, on processors and GPUs alike.

    PyTorch's own synchronised batch normalisation refuses to run on processors.

    Parameters
    ----------
    layer : torch.nn.BatchNorm1d or torch.nn.BatchNorm2d
        Its running statistics are updated.
    inputs : torch.Tensor, (n, channels, …)
        Of this device; the other devices call this, too.

    Returns
    -------
    torch.Tensor
        Of the shape and type of `inputs`, with gradients through the statistics.
    """
    values = inputs.float()
    others = [0, *range(2, values.ndim)]
    count = values.numel() / values.shape[1]
    total, squares, count = all_reduce(torch.stack(
        [values.sum(others), values.square().sum(others), torch.full_like(layer.bias, count)]))
    mean = total / count
    variance = (squares / count - mean.square()).clamp(min=0)
    with torch.no_grad():
        layer.num_batches_tracked += 1
        layer.running_mean.lerp_(mean, layer.momentum)
        layer.running_var.lerp_(variance * count / (count - 1), layer.momentum)
    shape = [1, -1, *[1] * (values.ndim - 2)]
    scale = layer.weight * torch.rsqrt(variance + layer.eps)
    return (values * scale.view(shape) + (layer.bias - mean * scale).view(shape)).to(inputs.dtype)


class NormalisedConvolution(nn.Sequential):
    """A convolution without a bias, and batch normalisation behind it.

    The self-supervised AlexNets of DeepCluster (Caron et al. 2018, arXiv:1807.05520) and RotNet (Gidaris et al. 2018,
    arXiv:1803.07728) were trained with it. Without it the gradients of AlexNet's initial weights vanish: the network
    stays close to where it began.
    """

    def __init__(self, convolution: nn.Conv2d):
        convolution.bias = None
        super().__init__(OrderedDict(convolution=convolution, norm=SharedBatchNorm2d(convolution.out_channels)))


def trunk_to_train(recipe: Recipe) -> nn.Sequential:
    """AlexNet's features with a recipe's initial weights, from torch's random generator.

    Returns
    -------
    torch.nn.Sequential
        Laid out as torchvision's ``alexnet().features``; maps images (n, 3, 64, 64) to (n, 256, 1, 1). With batch
        normalisation, each convolution is a :class:`NormalisedConvolution`.
    """
    features = alexnet(weights=None).features
    for name, index in CONVOLUTIONS.items():
        convolution = features[index]
        if recipe.initial_weights == 'kaiming':
            nn.init.kaiming_normal_(convolution.weight, nonlinearity='relu')
            nn.init.zeros_(convolution.bias)
        if name == 'conv1':
            with torch.no_grad():
                convolution.weight *= recipe.first_layer_scale
        if recipe.batch_norm:
            features[index] = NormalisedConvolution(convolution)
    return features


def projection_head(recipe: Recipe) -> nn.Sequential:
    """Two layers that map the trunk's outputs (n, 256) to embeddings (n, embedding_size)."""
    width, size = recipe.head_width, recipe.embedding_size
    first = (RepeatedInputLinear(TRUNK_FEATURES, width, REPEATS) if recipe.average_pooling else
             nn.Linear(TRUNK_FEATURES, width))
    layers = [first, nn.ReLU(), nn.Linear(width, size)]
    if recipe.head_norm:
        layers = [first, SharedBatchNorm1d(width), nn.ReLU(), nn.Linear(width, size), SharedBatchNorm1d(size)]
    return nn.Sequential(*layers)


def exported_weights(trunk_state: dict) -> dict:
    """The weights of plain AlexNet that compute what a trained trunk computes once its training is over.

    Batch normalisation with fixed statistics is linear, so that it is folded into the convolution before it:
    ``w' = w g / sqrt(v + e)``, ``b' = b - m g / sqrt(v + e)`` with its mean m, variance v, gain g and bias b.

    Parameters
    ----------
    trunk_state : dict of str to torch.Tensor
        ``state_dict`` of :func:`trunk_to_train`.

    Returns
    -------
    dict of str to torch.Tensor
        ``conv1.weight``, ``conv1.bias``, … ``conv5.bias``.

    Raises
    ------
    KeyError
        If a tensor is missing.
    """
    weights = {}
    for layer, index in CONVOLUTIONS.items():
        parts = {name.removeprefix(f'{index}.'): tensor.detach() for name, tensor in trunk_state.items()
                 if name.startswith(f'{index}.')}
        if 'norm.weight' in parts:
            parts['weight'], parts['bias'] = fuse_conv_bn_weights(
                parts['convolution.weight'], None, parts['norm.running_mean'], parts['norm.running_var'], EPSILON,
                parts['norm.weight'], parts['norm.bias'])
        weights[f'{layer}.weight'], weights[f'{layer}.bias'] = parts['weight'].detach(), parts['bias'].detach()
    return weights
