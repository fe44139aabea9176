"""Weights that libraries publish: whether they are here, and fetching them before anything else begins."""
from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn

from .network_name import NetworkName, is_network_name
from .plugin.architecture import random_network, timm_network
from .sources import check_source


def where(name: NetworkName) -> tuple[Path | None, str]:
    """The file of published weights on this machine, None where they are not, and the address that they are from.

    Raises
    ------
    LookupError
        If the library has no such network or publishes no such weights.
    """
    return (_torchvision if name.source == 'torchvision' else _timm)(name)


def published_network(name: NetworkName) -> nn.Module:
    """The network with its published weights, in evaluation mode.

    Raises
    ------
    LookupError
        As of :func:`where`.
    FileNotFoundError
        If the weights are not here: they are fetched by :func:`fetch` alone.
    """
    file, address = where(name)
    if file is None:
        raise FileNotFoundError(_absent(name, address, 'have not been fetched'))
    return _with_weights(name)


def fetch_absent(names: list[str], say: Callable[[str], None]) -> None:
    """Name all weights that must be downloaded, and download them; models that are plugins are passed over.

    Raises
    ------
    LookupError, ConnectionError
        As of :func:`where` and :func:`fetch`; everything is looked up before anything is downloaded.
    """
    networks = [NetworkName.parse(name) for name in names if is_network_name(name)]
    absent = []
    for network in networks:
        check_source(network)
        if network.published and where(network)[0] is None:
            absent.append(network)
            say(f'{network.source}:{network.architecture}: its weights are not here and will be fetched from '
                f'{where(network)[1]}')
    for network in absent:
        fetch(network)


def fetch(name: NetworkName) -> None:
    """Download published weights, where they are not here yet.

    Raises
    ------
    LookupError
        As of :func:`where`.
    ConnectionError
        If they cannot be fetched, with what else can be done.
    """
    file, address = where(name)
    if file is not None:
        return
    try:
        _with_weights(name)
    except Exception as error:  # of the library's own client
        said = ' '.join(str(error).split())[:150]
        raise ConnectionError(_absent(name, address, f'cannot be fetched ({said})')) from error


def _absent(name: NetworkName, address: str, why: str) -> str:
    what = f'{name.source}:{name.architecture}'
    return (f"The weights of {what} are not here and {why}: they are at {address}. Take them from there on a machine "
            f"with network, give a file by '{what}@FILE.safetensors', or ask for random weights by '{what}@none'.")


def _with_weights(name: NetworkName) -> nn.Module:
    if name.source == 'timm':
        return timm_network(name.architecture, name.image_size, pretrained=True).eval()
    network = random_network('torchvision', name.architecture, name.seed, name.image_size, published=True)
    network.load_state_dict(_torchvision_weights(name).get_state_dict(check_hash=True, weights_only=True))
    return network


def _torchvision_weights(name: NetworkName):
    from torchvision import models
    try:
        published = models.get_model_weights(name.architecture)
    except ValueError as error:
        raise LookupError(f"torchvision has no model '{name.architecture}': torchvision.models.list_models() lists "
                          'them.') from error
    try:
        return published[name.weights]
    except KeyError as error:
        known = ', '.join(published.__members__) or 'none'
        raise LookupError(f"torchvision has no weights '{name.weights}' of {name.architecture}: it has {known}; random "
                          f"ones are 'torchvision:{name.architecture}@none'.") from error


def _torchvision(name: NetworkName) -> tuple[Path | None, str]:
    weights = _torchvision_weights(name)
    file = Path(torch.hub.get_dir(), 'checkpoints', weights.url.rpartition('/')[2])
    size = weights.meta.get('_file_size')
    return (file if file.is_file() else None), weights.url + (f' ({size:.0f} MB)' if size else '')


def _timm(name: NetworkName) -> tuple[Path | None, str]:
    import timm
    published = timm.get_pretrained_cfg(name.architecture, allow_unregistered=False) if timm.is_model(
        name.architecture.partition('.')[0]) else None
    if published is None or not (published.hf_hub_id or published.url or published.file):
        raise LookupError(f"timm publishes no weights '{name.architecture}': timm.list_pretrained() lists them; random "
                          f"ones are 'timm:{name.architecture}@none'.")
    if published.hf_hub_id:
        from huggingface_hub import try_to_load_from_cache
        files = [published.hf_hub_filename] if published.hf_hub_filename else ['model.safetensors',
                                                                               'pytorch_model.bin']
        found = [file for file in (try_to_load_from_cache(published.hf_hub_id, file) for file in files)
                 if isinstance(file, str)]
        return (Path(found[0]) if found else None), f'huggingface.co/{published.hf_hub_id}'
    file = Path(published.file or Path(torch.hub.get_dir(), 'checkpoints', str(published.url).rpartition('/')[2]))
    return (file if file.is_file() else None), str(published.url)
