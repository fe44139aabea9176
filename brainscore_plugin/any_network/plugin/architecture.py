"""Networks of torchvision, of timm, or of a function in a Python file."""
import importlib.util
import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import nn

FUNCTION_FILE = 'architecture_file.py'  # what a plugin calls the file of a function
# What torchvision builds these two with when it is given its own weights, and without them does not.
_AS_PUBLISHED = {'googlenet': {'aux_logits': False, 'transform_input': True, 'init_weights': False},
                 'inception_v3': {'transform_input': True, 'init_weights': False}}


def random_network(source: str, architecture: str, seed: int, image_size: tuple[int, int] | None,
                   file: Path | None = None, published: bool = False) -> nn.Module:
    """A network with random weights, or with those that its function gives it.

    Parameters
    ----------
    source : 'torchvision', 'timm' or 'file'
    architecture : str
        Name in the library's registry, or of the function in `file`, which is called without arguments.
    seed : int
        Of PyTorch's random numbers; its global generator is left as it was.
    image_size : (int, int), optional
        Height and width of the images, for networks that must know it; by default their own.
    file : pathlib.Path, optional
        Of the function.
    published : bool
        Build it as its library does for the published weights, which are to be loaded into it.

    Returns
    -------
    torch.nn.Module
        In evaluation mode.

    Raises
    ------
    LookupError
        If there is no such architecture or function.
    ValueError
        If the function returns no network.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        if file is not None and source == 'file':
            network = _function(file, architecture)()
        elif source == 'timm':
            network = timm_network(architecture, image_size)
        else:
            network = _torchvision_network(architecture, image_size, published)
    if not isinstance(network, nn.Module):
        raise ValueError(f'{architecture}() of {file} returns {type(network).__name__}, expected a torch.nn.Module.')
    return network.eval()


def timm_network(architecture: str, image_size: tuple[int, int] | None, pretrained: bool = False) -> nn.Module:
    """A network of timm; position embeddings of published weights are resampled by timm to another image size."""
    import timm
    if not timm.is_model(architecture.partition('.')[0]):
        raise LookupError(f"timm {timm.__version__} has no model '{architecture}': timm.list_models() lists them.")
    if image_size is not None:
        try:
            return timm.create_model(architecture, pretrained=pretrained, img_size=image_size)
        except TypeError:  # convolutional networks take any size
            pass
    return timm.create_model(architecture, pretrained=pretrained)


def _torchvision_network(architecture: str, image_size: tuple[int, int] | None, published: bool) -> nn.Module:
    from torchvision import models
    try:
        builder = models.get_model_builder(architecture)
    except ValueError as error:
        raise LookupError(f"torchvision has no model '{architecture}': torchvision.models.list_models() lists "
                          'them.') from error
    arguments: dict[str, Any] = dict(_AS_PUBLISHED.get(architecture, {})) if published else {}
    if image_size is not None and architecture.startswith('vit_'):
        if image_size[0] != image_size[1]:
            raise ValueError(f'torchvision:{architecture} takes square images, given {image_size}.')
        arguments['image_size'] = image_size[0]
    elif image_size is not None and architecture.startswith('maxvit'):
        arguments['input_size'] = image_size
    return builder(weights=None, **arguments)


def _function(file: Path, name: str) -> Callable[[], nn.Module]:
    if not file.is_file():
        raise LookupError(f'There is no file {file}.')
    spec = importlib.util.spec_from_file_location(f'_architecture_{file.stem}', file)
    if spec is None or spec.loader is None:
        raise LookupError(f'{file} is not a Python file.')
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where its classes look for their module
    spec.loader.exec_module(module)
    function = getattr(module, name, None)
    if not callable(function):
        known = [found for found, value in vars(module).items()
                 if inspect.isfunction(value) and value.__module__ == spec.name]
        raise LookupError(f"{file} has no function '{name}'; it has {', '.join(known) or 'none'}.")
    return function
