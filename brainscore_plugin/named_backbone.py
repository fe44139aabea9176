"""The backbone of any AlexNet at 64 x 64 pixels that can be named: a model's or a file's."""
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from brainscore_plugin.check import check_identifier
from brainscore_plugin.link import installed_brainscore
from training.backbone import checked, read_weights

if TYPE_CHECKING:
    import torch


def named_backbone(model: str) -> dict[str, torch.Tensor]:
    """Weights of a model.

    Parameters
    ----------
    model : str
        Identifier that Brain-Score knows, or path of a safetensors file.

    Returns
    -------
    dict of str to torch.Tensor
        ``conv1.weight`` … ``conv5.bias``.

    Raises
    ------
    LookupError
        If there is no such model.
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is another network.
    """
    if model.endswith('.safetensors'):
        return read_weights(Path(model))
    check_identifier(installed_brainscore(), 'models', model)
    from brainscore_plugin.any_network import load_model
    network = getattr(load_model(model).activations_model, '_model', None)
    state = network.state_dict() if hasattr(network, 'state_dict') else {}
    # conv1.0.weight: the model's layer conv1 is a convolution and its rectification
    return checked({name.replace('.0.', '.'): tensor.cpu() for name, tensor in state.items()}, f"Model '{model}'")
