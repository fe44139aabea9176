"""AlexNet's convolutional layers at 64 x 64 pixels, the size of image that suits a mouse's acuity."""
import functools
import hashlib
import json
from collections import OrderedDict
from pathlib import Path

import torch
from brainscore_vision.model_helpers.activations.pytorch import PytorchWrapper, load_preprocess_images
from brainscore_vision.model_helpers.brain_transformation import ModelCommitment
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn
from torchvision.models import alexnet

from .weights import weights_file

CARDS = Path(__file__).parent / 'cards'
IMAGE_SIZE = 64
VISUAL_DEGREES = 120  # width of the screen in Allen Visual Coding
INITIAL_WEIGHTS = {'alexnet64_untrained': 'torchvision', 'alexnet64_kaiming': 'kaiming'}  # of the untrained models
SEED = 0  # of the untrained weights
FIRST_LAYER_SCALE = .05  # of conv1 in 'kaiming', as training begins; without biases it scales all layers alike
IMAGENET_MEAN, IMAGENET_STD = (.485, .456, .406), (.229, .224, .225)

# Each convolution with the ReLU behind it, by its index in torchvision's `alexnet().features`; pooling stands between.
CONVOLUTIONS = {'conv1': 0, 'conv2': 3, 'conv3': 6, 'conv4': 8, 'conv5': 10}
POOLINGS = {'pool1': 2, 'pool2': 5}
LAYERS = list(CONVOLUTIONS)

# The first layer of a mouse area is the one committed to; the others are recorded for `layer_scores`. conv1 is what
# the study of training domains reports (Prasad, Manor & Pereira 2022, Table 1).
REGION_LAYER_MAP = {
    **{area: LAYERS for area in ('VISp', 'VISl', 'VISal', 'VISam', 'VISpm', 'VISrl')},
    'V1': 'conv1', 'V2': 'conv2', 'V4': 'conv4', 'IT': 'conv5',
}

BIBTEX = """@incollection{krizhevsky2012imagenet,
  title = {{ImageNet} classification with deep convolutional neural networks},
  author = {Krizhevsky, Alex and Sutskever, Ilya and Hinton, Geoffrey E.},
  booktitle = {Advances in Neural Information Processing Systems 25},
  pages = {1097--1105},
  year = {2012},
  url = {http://papers.nips.cc/paper/4824-imagenet-classification-with-deep-convolutional-neural-networks.pdf}
}"""


def convolutional_trunk(seed: int = SEED, initial_weights: str = 'torchvision') -> nn.Sequential:
    """AlexNet's features with initial weights.

    Named so that each layer is recorded after its rectification: conv1 … conv5 each hold a convolution and its ReLU.

    Parameters
    ----------
    seed : int
        Of the random weights; the global generator is left as it was.
    initial_weights : str
        'torchvision', as its AlexNet has them, or 'kaiming': normal, of variance 2 over the number of inputs (He et al.
        2015, arXiv:1502.01852), and without biases, from which the networks with batch normalisation were trained.

    Returns
    -------
    torch.nn.Sequential
        Maps images (n, 3, 64, 64) to (n, 256, 3, 3); conv1 … conv5 have 14,400, 9,408, 3,456, 2,304 and 2,304
        features.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        # 'torchvision' without the 58 million weights behind the convolutions, which come after them and are not used
        with torch.device('meta' if initial_weights == 'torchvision' else 'cpu'):
            features = alexnet(weights=None).features
        if initial_weights == 'torchvision':
            features.to_empty(device='cpu')
            for index in CONVOLUTIONS.values():
                features[index].reset_parameters()
        else:
            for index in CONVOLUTIONS.values():
                nn.init.kaiming_normal_(features[index].weight, nonlinearity='relu')
                nn.init.zeros_(features[index].bias)
            with torch.no_grad():
                features[CONVOLUTIONS['conv1']].weight *= FIRST_LAYER_SCALE
    blocks = {**{name: nn.Sequential(features[i], nn.ReLU()) for name, i in CONVOLUTIONS.items()},
              **{name: features[i] for name, i in POOLINGS.items()}}
    order = ('conv1', 'pool1', 'conv2', 'pool2', 'conv3', 'conv4', 'conv5')
    return nn.Sequential(OrderedDict((name, blocks[name]) for name in order))


def load_weights(trunk: nn.Sequential, path: Path) -> None:
    """Give a trunk the weights of a file, in whatever precision they were saved.

    Parameters
    ----------
    trunk : torch.nn.Sequential
        See :func:`convolutional_trunk`.
    path : pathlib.Path
        Safetensors ``conv1.weight``, ``conv1.bias``, … ``conv5.bias``; weights in eight bits have the scale of each
        filter beside them, ``conv1.weight_scale``.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not a safetensors file, or its tensors are not those of the trunk.
    """
    if not path.is_file():
        raise FileNotFoundError(f'The weights of {path.stem} are missing: no file {path}.')
    try:
        weights = _scaled(load_file(path))
    except SafetensorError as error:
        raise ValueError(f'{path} is not a complete safetensors file ({error}).') from error
    # conv1.0.weight of the trunk, where 0 is the convolution and 1 its rectification, is conv1.weight in the file
    expected = {name.replace('.0.', '.'): tuple(tensor.shape) for name, tensor in trunk.state_dict().items()}
    found = {name: tuple(tensor.shape) for name, tensor in weights.items() if tensor.is_floating_point()}
    if found != expected or len(weights) != len(found):
        raise ValueError(f'{path} does not hold the weights of this network: expected {expected}, found {found}.')
    trunk.load_state_dict({name.replace('.', '.0.'): tensor.float() for name, tensor in weights.items()},
                          assign=True)


def _scaled(weights: dict) -> dict:
    scales = {name.removesuffix('_scale'): weights[name] for name in weights if name.endswith('_scale')}
    return {name: tensor * scales[name].view(-1, 1, 1, 1) if name in scales else tensor
            for name, tensor in weights.items() if not name.endswith('_scale')}


def check_card(card: Path, weights: Path) -> None:
    """Compare the SHA-256 that a card has with that of the weights; a model without a card has nothing to compare.

    Raises
    ------
    ValueError
        If the card is that of other weights, or cannot be read.
    """
    if not (card.is_file() and weights.is_file()):
        return
    try:
        said = json.loads(card.read_text(encoding='utf-8')).get('weights', {}).get('sha256')
    except (ValueError, AttributeError) as error:
        raise ValueError(f'{card} cannot be read ({error}): restore it.') from error
    found = hashlib.sha256(weights.read_bytes()).hexdigest()
    if said is not None and said != found:
        raise ValueError(f'{card} is the card of other weights, with the SHA-256 {said}; {weights} has {found}: '
                         'restore the one or the other.')


def alexnet64(identifier: str) -> ModelCommitment:
    """The model as a Brain-Score BrainModel, see :func:`commit`.

    Parameters
    ----------
    identifier : str
        One of `INITIAL_WEIGHTS`, or that of a trained model, see :func:`.weights.weights_file`.

    Raises
    ------
    FileNotFoundError, ValueError
        As :func:`load_weights`, and if the model's card is that of other weights.
    """
    if identifier in INITIAL_WEIGHTS:
        trunk = convolutional_trunk(initial_weights=INITIAL_WEIGHTS[identifier])
    else:
        with torch.device('meta'):  # without drawing initial weights
            trunk = convolutional_trunk()
        check_card(CARDS / f'{identifier}.json', weights_file(identifier))
        load_weights(trunk, weights_file(identifier))
    return commit(identifier, trunk)


def commit(identifier: str, trunk: nn.Sequential) -> ModelCommitment:
    """A trunk as a Brain-Score BrainModel for mouse areas and, so that primate benchmarks run too, V1 to IT.

    Parameters
    ----------
    identifier : str
        Of the model.
    trunk : torch.nn.Sequential
        See :func:`convolutional_trunk`.
    """
    preprocessing = functools.partial(load_preprocess_images, image_size=IMAGE_SIZE,
                                      normalize_mean=IMAGENET_MEAN, normalize_std=IMAGENET_STD)
    wrapper = PytorchWrapper(identifier=identifier, model=trunk, preprocessing=preprocessing)
    wrapper.image_size = IMAGE_SIZE
    return ModelCommitment(identifier=identifier, activations_model=wrapper, layers=LAYERS,
                           region_layer_map=REGION_LAYER_MAP, visual_degrees=VISUAL_DEGREES)


def get_bibtex(identifier: str) -> str:
    return BIBTEX
