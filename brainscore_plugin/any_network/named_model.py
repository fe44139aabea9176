"""A model by its name: a plugin's that Brain-Score knows, or a network that needs none."""
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from .network_name import NetworkName, is_network_name
from .sources import check_source

if TYPE_CHECKING:
    from brainscore_vision.model_interface import BrainModel
    from torch import nn

IMAGENET = {'mean': (.485, .456, .406), 'std': (.229, .224, .225), 'interpolation': 'bilinear'}
IMAGE_SIZE = (224, 224)  # of a network that does not say its own


def load_model(name: str) -> BrainModel:
    """A model by its identifier or by the name of its network.

    Parameters
    ----------
    name : str
        'alexnet64_untrained', 'torchvision:resnet18', 'timm:vit_tiny_patch16_224@none', 'mine.py:build_model@64px'; see
        :mod:`.network_name`.

    Raises
    ------
    LookupError, ValueError, FileNotFoundError
        If there is no such model, it cannot be run on images, or its weights are not here.
    """
    if not is_network_name(name):
        from brainscore_vision import load_model as load_plugin
        return load_plugin(name)
    from .plugin.model import commit
    network, settings = described_network(NetworkName.parse(name))
    # Brain-Score names files by it
    return commit(quote(name, safe='@'), network, settings)


def described_network(name: NetworkName, layers: list[str] | None = None) -> tuple[nn.Module, dict[str, Any]]:
    """A network with its weights, and the settings with which it is a model.

    Parameters
    ----------
    name : NetworkName
    layers : list of str, optional
        Those to map to the mouse areas, the committed one first; by default those of
        :func:`.layers.chosen_layers`, with the middle one committed to, which no score has chosen.

    Returns
    -------
    network : torch.nn.Module
    settings : dict
        Of :func:`.plugin.model.registered_network`.

    Raises
    ------
    LookupError, ValueError, FileNotFoundError
        As of :func:`load_model`, and if there is no such layer.
    """
    from .layers import chosen_layers, recordable_layers
    network = _network(name)
    preprocessing = _preprocessing(name, network)
    found = recordable_layers(network, preprocessing['image_size'])
    names = [layer.name for layer in found]
    unknown = [layer for layer in layers or [] if layer not in names]
    if unknown:
        raise LookupError(f"{name.architecture} has no layer '{unknown[0]}' that can be recorded: it has "
                          f"{', '.join(names)}.")
    chosen = layers or chosen_layers(network, found)
    return network, {
        'source': name.source, 'architecture': name.architecture, 'seed': name.seed, 'published': name.published,
        'has_weights': name.weights is not None or name.source == 'file', 'built_for': name.image_size,
        **preprocessing, 'layers': chosen, 'committed': chosen[0] if layers else chosen[(len(chosen) - 1) // 2],
        'all_layers': names, 'axes': {layer.name: layer.axis for layer in found if layer.axis}}


def _network(name: NetworkName) -> nn.Module:
    from .plugin.architecture import random_network
    from .plugin.model import load_weights
    check_source(name)
    if name.published:
        from .published_weights import published_network
        return published_network(name)
    network = random_network(name.source, name.architecture, name.seed, name.image_size, name.file)
    if name.weights is not None:
        load_weights(network, Path(name.weights))
    return network


def _preprocessing(name: NetworkName, network: nn.Module) -> dict[str, Any]:
    """The weights' own size, interpolation and normalisation, else ImageNet's at the network's size."""
    known = {'torchvision': _of_torchvision, 'timm': _of_timm, 'file': _of_file}[name.source](name, network)
    facts = {'image_size': IMAGE_SIZE, **IMAGENET, **known}
    return {**facts, 'image_size': name.image_size or tuple(facts['image_size'])}


def _of_torchvision(name: NetworkName, network: nn.Module) -> dict[str, Any]:
    from torchvision import models
    published = models.get_model_weights(name.architecture)
    if not name.published:
        size = getattr(network, 'image_size', None)
        return {'image_size': (size, size)} if isinstance(size, int) else {}
    transforms = published[name.weights].transforms()
    size = list(getattr(transforms, 'crop_size', None) or IMAGE_SIZE)
    return {'image_size': (size * 2)[:2], 'mean': getattr(transforms, 'mean', IMAGENET['mean']),
            'std': getattr(transforms, 'std', IMAGENET['std']),
            'interpolation': getattr(transforms, 'interpolation', transforms).value
            if hasattr(transforms, 'interpolation') else 'bilinear'}


def _of_timm(name: NetworkName, network: nn.Module) -> dict[str, Any]:
    from timm.data import resolve_model_data_config
    facts = resolve_model_data_config(network)
    size = {'image_size': facts['input_size'][1:]}
    if not name.published:
        return size
    return {**size, **{fact: facts[fact] for fact in ('mean', 'std', 'interpolation')}}


def _of_file(name: NetworkName, network: nn.Module) -> dict[str, Any]:
    """Attributes of the network that its function returned, where it has them."""
    facts = {fact: getattr(network, fact) for fact in ('image_size', *IMAGENET) if hasattr(network, fact)}
    if isinstance(facts.get('image_size'), int):
        facts['image_size'] = (facts['image_size'],) * 2
    return facts
