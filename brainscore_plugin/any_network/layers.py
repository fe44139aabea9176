"""The layers of a network, found by showing it images, and those that a person would choose."""
from dataclasses import dataclass

import torch
from torch import nn

from .plugin.recorder import per_image, precision

MOST, FEW = 16, 8  # layers chosen at most; fewer than FEW are too coarse where the next finer ones can be thinned out
_AFTER = (nn.modules.batchnorm._NormBase, nn.GroupNorm, nn.LayerNorm, nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.GELU,
          nn.SiLU, nn.Hardswish, nn.ELU, nn.PReLU, nn.Mish, nn.Sigmoid, nn.Tanh)


@dataclass(frozen=True)
class Layer:
    """A module whose output can be recorded.

    Attributes
    ----------
    name, kind : str
        Of the module, and of its class.
    shape : tuple of int
        Of its output for one image, before it is flattened.
    n_features : int
    axis : int
        Dimension of the images in its output.
    """
    name: str
    kind: str
    shape: tuple[int, ...]
    n_features: int
    axis: int


def recordable_layers(network: nn.Module, image_size: tuple[int, int]) -> list[Layer]:
    """Every module through which images pass and whose output has a part for each of them, in the order of running.

    Three images of noise are shown together, and the first of them alone: what is recorded of it must be the same.

    Parameters
    ----------
    network : torch.nn.Module
        In evaluation mode.
    image_size : (int, int)

    Raises
    ------
    ValueError
        If the network cannot be run on such images, with its own words, or nothing of it can be recorded.
    """
    images = torch.randn(3, 3, *image_size, generator=torch.Generator().manual_seed(0)).to(precision(network))
    together, alone = _outputs(network, images), _outputs(network, images[:1])
    kinds = {name: type(module).__name__ for name, module in network.named_modules()}
    layers = [Layer(name, kinds[name], *_shape(*together[name]), axis) for name in together
              if (axis := _axis(together[name][0], alone.get(name, ({}, ()))[0])) is not None]
    if not layers:
        raise ValueError('no module of the network has an output that can be told apart by image')
    return layers


def chosen_layers(network: nn.Module, layers: list[Layer]) -> list[str]:
    """Up to 16 layers: convolutions or blocks, as finely as that allows, without the classifier.

    The network is taken apart level by level while its parts that have weights number at most 16; where that leaves
    fewer than 8, the next level is thinned out evenly. A convolution is recorded behind the normalisation and
    rectification that follow it.

    Parameters
    ----------
    network : torch.nn.Module
    layers : list of Layer
        See :func:`recordable_layers`.
    """
    body = _without_classifier(layers)
    order = {layer.name: position for position, layer in enumerate(body)}
    weighted = {name for name, module in network.named_modules() if name in order
                and any(weights.ndim > 1 for weights in module.parameters())}
    cut = _parts(network, '', weighted)
    while True:
        finer = [part for name in cut for part in _finer(network, name, weighted)]
        if finer == cut or (len(finer) > MOST and len(cut) >= FEW):
            break
        cut = finer
        if len(cut) > MOST:
            break
    cut = sorted(cut, key=order.__getitem__) or [body[-1].name]
    if len(cut) > MOST:
        cut = [cut[round(i * (len(cut) - 1) / (MOST - 1))] for i in range(MOST)]
    return list(dict.fromkeys(_rectified(network, name, list(order)) for name in cut))


def _outputs(network: nn.Module, images: torch.Tensor) -> dict[str, tuple[dict[int, torch.Tensor], tuple[int, ...]]]:
    """Module -> the first image's features for each dimension that may be that of the images, and the shape."""
    found: dict[str, tuple[dict[int, torch.Tensor], tuple[int, ...]]] = {}

    def record(name):
        def hook(_module, _inputs, output):
            found.pop(name, None)  # of several runs the last one counts, in the order too
            features = {axis: rows[0].clone() for axis in (0, 1)
                        if (rows := per_image(output, len(images), axis)) is not None}
            if features:
                found[name] = features, tuple(getattr(output, 'shape', ()))
        return hook
    hooks = [module.register_forward_hook(record(name)) for name, module in network.named_modules() if name]
    try:
        with torch.no_grad():
            network(images)
    except Exception as error:  # a network may raise anything
        said = ' '.join(str(error).split())[:300]
        raise ValueError(f'the network does not run on images of {images.shape[2]} x {images.shape[3]} pixels '
                         f'({type(error).__name__}: {said}); another size is chosen by @SIZE') from error
    finally:
        for hook in hooks:
            hook.remove()
    return found


def _axis(together: dict[int, torch.Tensor], alone: dict[int, torch.Tensor]) -> int | None:
    """The dimension along which the first of three images has the features that it has alone."""
    for axis, features in together.items():
        if axis in alone and features.shape == alone[axis].shape:
            loose = .02 * float(alone[axis].abs().max()) + 1e-6  # half precision rounds by batch
            if torch.allclose(features, alone[axis], rtol=0, atol=loose, equal_nan=True):
                return axis
    return None


def _shape(features: dict[int, torch.Tensor], shape: tuple[int, ...]) -> tuple[tuple[int, ...], int]:
    n_features = len(next(iter(features.values())))
    return (tuple(shape[1:]) if shape and shape[0] == 3 else (n_features,)), n_features


def _without_classifier(layers: list[Layer]) -> list[Layer]:
    """The layers up to the last one with maps or tokens, or all where none has."""
    spatial = [position for position, layer in enumerate(layers) if len(layer.shape) > 1]
    return layers[:spatial[-1] + 1] if spatial else layers


def _parts(module: nn.Module, prefix: str, weighted: set[str]) -> list[str]:
    """The nearest modules below one that have weights and are run themselves; lists of modules are not run."""
    parts = []
    for child, below in module.named_children():
        name = f'{prefix}.{child}' if prefix else child
        parts += [name] if name in weighted else _parts(below, name, weighted)
    return parts


def _finer(network: nn.Module, name: str, weighted: set[str]) -> list[str]:
    """The parts of a module, through those that hold nothing but one other; itself where it has none."""
    parts = _parts(network.get_submodule(name), name, weighted)
    while len(parts) == 1:
        parts = _parts(network.get_submodule(parts[0]), parts[0], weighted)
    return parts or [name]


def _rectified(network: nn.Module, name: str, order: list[str]) -> str:
    """The last of the normalisations and activations that run directly after a convolution, or the module itself."""
    if list(network.get_submodule(name).children()):
        return name
    for following in order[order.index(name) + 1:]:
        if not isinstance(network.get_submodule(following), _AFTER) or following.rpartition('.')[0] != (
                name.rpartition('.')[0]):
            break
        name = following
    return name


def layer_table(layers: list[Layer], chosen: list[str], committed: str) -> str:
    """A line for each layer: chosen (*) or committed to (**), its name, kind, shape for one image, and features."""
    rows = [('', 'layer', 'kind', 'shape', 'features')]
    rows += [('**' if layer.name == committed else '*' if layer.name in chosen else '', layer.name, layer.kind,
              ' x '.join(map(str, layer.shape)), f'{layer.n_features:,}') for layer in layers]
    widths = [max(map(len, column)) for column in zip(*rows)]
    return '\n'.join('  '.join(text.ljust(width) for text, width in zip(row, widths)).rstrip() for row in rows)
