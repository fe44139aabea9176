"""What Brain-Score's website shows of the models, in schema 2.0 of metadata.yaml, from the models and their cards."""
import json
from importlib.metadata import metadata
from pathlib import Path
from typing import Any

PAPERS = {
    'alexnet': ('https://papers.nips.cc/paper/4824-imagenet-classification-with-deep-convolutional-neural-networks',
                'Krizhevsky, Sutskever & Hinton 2012, ImageNet classification with deep convolutional neural networks'),
    'simclr': ('https://arxiv.org/abs/2002.05709',
               'Chen et al. 2020, A simple framework for contrastive learning of visual representations'),
}
_NORMALISED = "resized to 64 x 64, normalised by ImageNet's mean and standard deviation"

# What cannot be read off a model: architecture, its description, input (channels, side), and its preprocessing.
BASELINES = {
    'pixels64': ('none', 'the image itself', (3, 64), 'resized to 64 x 64; intensities from 0 to 1'),
    'random_features': ('none', '1,000 normal numbers seeded by a hash of the name of the image: chance', None, None),
    'gabor_oracle': ('normalised Gabors', "the simulated mouse's own noise-free features, which its neurons follow",
                     (1, 128), 'greyscale, resized to 128 x 128'),
    'twin_oracle': ('CNN', "what the twin mouse's network predicts of its 600 neurons, noise-free", (1, 64),
                    'greyscale, averaged over 64 x 36 squares'),
}


UNTRAINED = ('alexnet64_untrained', 'alexnet64_kaiming')


def model_metadata(plugin: Path, identifiers: list[str]) -> dict[str, Any]:
    """The document of a model plugin.

    Parameters
    ----------
    plugin : pathlib.Path
        Its folder; cards of trained models are read from ``cards/<identifier>.json``. A plugin with a metadata file of
        its own needs none of this.
    identifiers : list of str
        Of its models, which are loaded to count their parameters.

    Returns
    -------
    dict
        Valid by ``brainscore_core.metadata``.
    """
    return {'schema_version': '2.0', 'domain': 'vision', 'models': {
        identifier: _entry(identifier, plugin / 'cards' / f'{identifier}.json') for identifier in identifiers}}


def _entry(identifier: str, card: Path) -> dict[str, Any]:
    from brainscore_vision import load_model
    model = load_model(identifier)
    if identifier in BASELINES:
        entry = _baseline(*BASELINES[identifier])
        if identifier == 'twin_oracle':
            entry['training']['process'] = 'fitted to 7,776 neurons of mouse VISp, by Willeke et al. (2022)'
            entry['provenance'] = {'weights_provider': 'sinzlab/sensorium'}
            entry['legal'] = {'license': 'MIT'}
    elif card.is_file():
        entry = _trained(json.loads(card.read_text(encoding='utf-8')))
    elif identifier.split('_seed')[0] in UNTRAINED:
        entry = _untrained(identifier)
    else:  # somebody added it: what cannot be read off the model, its licence among it, is not known here
        entry = {'model': {}, 'provenance': {'weights_provider': None}, 'legal': {'license': None}}
    network = model.activations_model._model
    entry['model'].update(display_name=identifier, recurrent=False, visual_degrees=float(model.visual_degrees()),
                          parameter_count=sum(weights.numel() for weights in network.parameters()
                                              if weights.requires_grad), parameter_count_exact=True)
    entry['io'] = {'modality': 'image', 'output_format': f"activations of {', '.join(model.layers)}"}
    entry['provenance'] = {'weights_provider': metadata('brainscore-mouse')['Author'], **entry.get('provenance', {})}
    entry['legal'] = {'license': metadata('brainscore-mouse')['License-Expression'], **entry.get('legal', {})}
    return entry


def _baseline(family: str, description: str, size: tuple[int, int] | None,
              preprocessing: str | None) -> dict[str, Any]:
    channels, side = size or (None, None)
    return {'model': {'architecture': {'family': family, 'description': description},
                      'input_resolution': {'channels': channels, 'height': side, 'width': side},
                      'supervision': {'type': 'none'}},
            'training': {'process': 'not trained', 'preprocessing': preprocessing},
            'use': {'applications': ['baseline of mouse benchmarks']}}


def _alexnet(supervision: str, training: dict[str, Any]) -> dict[str, Any]:
    return {'model': {'architecture': {'family': 'AlexNet', 'description': (
                          "the five convolutions of torchvision's AlexNet, each with its ReLU, at 64 x 64 pixels")},
                      'input_resolution': {'channels': 3, 'height': 64, 'width': 64},
                      'supervision': {'type': supervision}},
            'training': {**training, 'preprocessing': _NORMALISED},
            'sources': {'alexnet': _source('alexnet')}}


def _untrained(identifier: str) -> dict[str, Any]:
    base = identifier.split('_seed')[0]
    weights = 'normal initial weights (He et al. 2015)' if base.endswith('kaiming') else "torchvision's initial weights"
    entry = _alexnet('none', {'process': f'not trained: {weights}, drawn from a fixed seed'})
    if base != identifier:
        entry['lineage'] = {'base_models': [{'identifier': base, 'name': base, 'relationship': 'variant_of'}]}
    return entry


def _trained(card: dict[str, Any]) -> dict[str, Any]:
    training, data = card['training'], card['data']
    recipe = training.get('recipe', {})
    entry = _alexnet('self-supervised', {
        'process': f"{training['method']}, {training.get('epochs', 'unknown number of')} epochs",
        'objective': 'views of one image are alike, those of others are not', 'loss': 'NT-Xent',
        'learning_rate': _text(recipe.get('learning_rate')), 'batch_size': _text(recipe.get('batch_size'))})
    name = data.get('domain') or card['name']
    entry['data'] = {'summary': data['description'], 'training_datasets': [
        {'identifier': 'other', 'name': name, 'role': 'training', 'description': data['description']}]}
    entry['provenance'] = {'checkpoint': f"SHA-256 {card['weights']['sha256']}"}
    entry['sources']['simclr'] = _source('simclr')
    return entry


def _source(name: str) -> dict[str, str]:
    url, citation = PAPERS[name]
    return {'kind': 'paper' if 'arxiv.org' in url else 'other', 'url': url, 'citation': citation}


def _text(value: object) -> str | None:
    return None if value is None else str(value)
