"""A network as Brain-Score's BrainModel, from the settings in network.json."""
import functools
import json
from pathlib import Path
from typing import Any

from brainscore_vision.model_helpers.brain_transformation import ModelCommitment
from safetensors import SafetensorError
from safetensors.torch import load_model as load_safetensors
from torch import nn

from .architecture import FUNCTION_FILE, random_network
from .preprocessing import preprocess
from .recorder import Recorder
from .weights import weights_file

AREAS = ('VISp', 'VISl', 'VISal', 'VISam', 'VISpm', 'VISrl')
PRIMATE_AREAS = ('V1', 'V2', 'V4', 'IT')


def commit(identifier: str, network: nn.Module, settings: dict[str, Any]) -> ModelCommitment:
    """A network as a BrainModel for mouse areas and, so that primate benchmarks run too, V1 to IT.

    Parameters
    ----------
    identifier : str
        Of the model.
    network : torch.nn.Module
    settings : dict
        image_size, mean, std and interpolation, see :func:`.preprocessing.preprocess`; layers, those that are mapped
        to every mouse area in their order; committed, the one among them whose score is the model's; all_layers; and
        axes, see :class:`.recorder.Recorder`. V1 to IT are mapped to layers at even distances.

    Returns
    -------
    ModelCommitment
    """
    facts = {name: settings[name] for name in ('image_size', 'mean', 'std', 'interpolation')}
    recorder = Recorder(settings['axes'], identifier=identifier, model=network,
                        preprocessing=functools.partial(preprocess, **facts))
    recorder.image_size = min(settings['image_size'])
    layers, committed = settings['layers'], settings['committed']
    mapped = [committed, *(layer for layer in layers if layer != committed)]  # the first is the one committed to
    depths = [layers[round(depth * (len(layers) - 1) / 3)] for depth in range(4)]
    return ModelCommitment(identifier=identifier, activations_model=recorder, layers=settings['all_layers'],
                           region_layer_map={**dict.fromkeys(AREAS, mapped), **dict(zip(PRIMATE_AREAS, depths))})


def load_weights(network: nn.Module, file: Path) -> None:
    """Give a network the weights of a safetensors file.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not a safetensors file, or its tensors are not those of the network.
    """
    if not file.is_file():
        raise FileNotFoundError(f'The weights are missing: no file {file}.')
    try:
        load_safetensors(network, str(file))
    except SafetensorError as error:
        raise ValueError(f'{file} is not a complete safetensors file ({error}).') from error
    except RuntimeError as error:
        said = ' '.join(str(error).split())
        raise ValueError(f'{file} does not hold the weights of this network: {said[:300]}') from error


def registered_network(identifier: str) -> ModelCommitment:
    """The model of this plugin's folder: its architecture, weights and settings."""
    folder = Path(__file__).parent.resolve()
    settings = json.loads((folder / 'network.json').read_text(encoding='utf-8'))
    size = settings['built_for']
    network = random_network(settings['source'], settings['architecture'], settings['seed'],
                             size and tuple(size), folder / FUNCTION_FILE, settings['published'])
    if settings['has_weights']:
        load_weights(network, weights_file(identifier))
    return commit(identifier, network, settings)


def get_bibtex(identifier: str) -> str:
    return ''
