"""The trained part of a model: weights of AlexNet's five convolutions, as files and as a network."""
from pathlib import Path

import torch
from torch import nn
from torchvision.models import alexnet

# Each convolution by its index in torchvision's `alexnet().features`, and its shape.
CONVOLUTIONS = {'conv1': 0, 'conv2': 3, 'conv3': 6, 'conv4': 8, 'conv5': 10}
KERNELS = {'conv1': (64, 3, 11, 11), 'conv2': (192, 64, 5, 5), 'conv3': (384, 192, 3, 3), 'conv4': (256, 384, 3, 3),
           'conv5': (256, 256, 3, 3)}
SHAPES = {f'{layer}.{part}': shape for layer, kernel in KERNELS.items()
          for part, shape in (('weight', kernel), ('bias', kernel[:1]))}
IMAGENET_MEAN, IMAGENET_STD = (.485, .456, .406), (.229, .224, .225)


def checked(weights: dict, source) -> dict:
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
        raise ValueError(f"{source} holds '{superfluous[0]}', which is no weight of AlexNet's convolutions: expected "
                         f'are {_listed(SHAPES)} and nothing else.')
    for key, shape in SHAPES.items():
        tensor = weights[key]
        if tuple(tensor.shape) != shape or not tensor.is_floating_point():
            raise ValueError(f"{source}: '{key}' is {_described(tensor)}; AlexNet's is floating point of shape "
                             f'{shape}.')
        if not torch.isfinite(tensor).all():
            raise ValueError(f"{source}: '{key}' holds values that are not finite: the training diverged.")
    return {key: weights[key] for key in SHAPES}


def read_weights(path: Path) -> dict:
    """Read and check a backbone's safetensors file.

    Returns
    -------
    dict of str to torch.Tensor
        As they were saved, see :func:`checked`.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no safetensors file or not of this network, see :func:`checked`.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"No weights at {path}: 'brainscore-mouse export RUN' writes them.")
    try:
        weights = load_file(path)
    except SafetensorError as error:
        raise ValueError(f"{path} is no whole safetensors file ({error}): 'brainscore-mouse export RUN' writes one, "
                         "'brainscore-mouse import-checkpoint FILE' reads the published checkpoints.") from error
    return checked(weights, path)


def trunk(weights: dict) -> nn.Sequential:
    """AlexNet's features in single precision: images (n, 3, 64, 64) to (n, 256, 1, 1)."""
    with torch.device('meta'):  # drawing AlexNet's 60 million initial weights would take longer than all else
        features = alexnet(weights=None).features
    features.load_state_dict({f'{CONVOLUTIONS[layer]}.{part}': tensor.float() for key, tensor in weights.items()
                              for layer, part in [key.split('.')]}, assign=True)
    return features.eval()


def _described(tensor: torch.Tensor) -> str:
    return f"{str(tensor.dtype).removeprefix('torch.')} of shape {tuple(tensor.shape)}"


def _listed(names) -> str:
    names = [str(name) for name in names]
    return ', '.join(names[:12]) + (f', … ({len(names)})' if len(names) > 12 else '') if names else 'nothing'
