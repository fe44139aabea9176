"""The plugin of a network: its folder, from which the same network is built without this project."""
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_model
from torch import nn

from brainscore_plugin.submit.plugin_module import plugin_module

from .named_model import described_network
from .network_name import NetworkName
from .plugin.architecture import FUNCTION_FILE
from .plugin.recorder import Recorder

_REQUIREMENTS = ['torch>=2.6', 'torchvision>=0.21', 'safetensors>=0.4', 'pillow>=10']


def write_network_plugin(folder: Path, identifier: str, name: NetworkName, layers: list[str] | None = None) -> None:
    """Write a network's plugin but for its registration, and build the network from it to see that it is the same.

    Parameters
    ----------
    folder : pathlib.Path
        Made.
    identifier : str
        Of the model.
    name : NetworkName
    layers : list of str, optional
        As of :func:`.named_model.described_network`, which also states the errors.

    Raises
    ------
    ValueError
        If the network that is built from the folder has other features.
    """
    network, settings = described_network(name, layers)
    folder.mkdir(parents=True)
    for module in sorted(Path(__file__).parent.glob('plugin/*.py')):
        shutil.copyfile(module, folder / module.name)
    if name.file is not None:
        shutil.copyfile(name.file, folder / FUNCTION_FILE)
    if settings['has_weights']:
        (folder / 'weights').mkdir()
        save_model(network, str(folder / 'weights' / f'{identifier}.safetensors'))
    (folder / 'network.json').write_text(json.dumps(settings, indent=1) + '\n', encoding='utf-8')
    libraries = [*_REQUIREMENTS, *(['timm>=1.0'] if name.source == 'timm' else [])]
    (folder / 'requirements.txt').write_text('\n'.join(libraries) + '\n', encoding='utf-8')
    _compare(folder, identifier, network, settings)


def _compare(folder: Path, identifier: str, network: nn.Module, settings: dict[str, Any]) -> None:
    images = list(torch.randn(2, 3, *settings['image_size'], generator=torch.Generator().manual_seed(0)))
    again = plugin_module(folder / 'model.py').registered_network(identifier).activations_model
    original = Recorder(settings['axes'], identifier=identifier, model=network, preprocessing=None)
    found, expected = (recorder.get_activations(images, settings['layers']) for recorder in (again, original))
    for layer in settings['layers']:
        if not np.array_equal(found[layer], expected[layer], equal_nan=True):
            raise ValueError(
                f"{settings['architecture']} cannot be registered: built again from its plugin, the features of "
                f"'{layer}' are others. A function must build the same network every time, from its own file alone.")
