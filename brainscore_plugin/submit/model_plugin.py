"""The plugin of one model, whole in a folder of its own."""
import difflib
import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from torch import nn

from brainscore_plugin.link import PLUGIN_ROOT, REGISTERED_MARK, Plugin, installed_brainscore, plugins
from training.backbone import read_weights

from .plugin_module import plugin_module
from .replacements import REPLACEMENTS

EMBED = 'embed'
_ALEXNETS = PLUGIN_ROOT / 'models' / 'alexnet64'
_UNTRAINED = ('alexnet64_untrained', 'alexnet64_kaiming')
# a literal on a line of its own, because Brain-Score reads registrations line by line
_INIT = '''from brainscore_vision import model_registry
from .model import alexnet64

model_registry['{identifier}'] = lambda: alexnet64('{identifier}')
'''


def packable_plugin(identifier: str) -> Plugin:
    """The plugin that a model is taken from.

    Raises
    ------
    LookupError
        If there is no such model.
    ValueError
        If it cannot be packed.
    """
    if not identifier.isidentifier():
        raise ValueError(f"'{identifier}' cannot be submitted: the website takes no hyphens and no blanks in names, so "
                         'use letters, digits and underscores.')
    known = {known: plugin for plugin in plugins() if plugin.type == 'models' for known in plugin.identifiers}
    packable = [name for name, plugin in known.items() if _can_be_packed(plugin)]
    if identifier in packable:
        return known[identifier]
    if identifier in known:
        raise ValueError(f"'{identifier}' cannot be submitted as a zip, because models/{known[identifier].name} is not "
                         "written as one plugin a model: use 'brainscore-mouse submit pull-request'. A zip can hold "
                         f"one of {', '.join(packable)}.")
    stock = [folder.parent for folder in sorted((installed_brainscore() / 'models').glob('*/__init__.py'))]
    for folder in stock:
        if identifier in Plugin('models', folder).identifiers:
            raise ValueError(f"'{identifier}' is a model of the installed Brain-Score (models/{folder.name}), not "
                             f"yours to submit. A zip can hold one of {', '.join(packable)}.")
    near = difflib.get_close_matches(identifier, packable, n=1)
    raise LookupError(f"No model '{identifier}'. {f'Did you mean {near[0]}? ' if near else ''}A zip can hold one of "
                      f"{', '.join(packable)}; 'brainscore-mouse register NAME WEIGHTS' makes weights of your own a "
                      'model.')


def _can_be_packed(plugin: Plugin) -> bool:
    return plugin.directory == _ALEXNETS or (plugin.directory / REGISTERED_MARK).is_file()


def check_address(identifier: str, weights: str) -> None:
    """Raise ValueError if a model's weights can be neither embedded nor fetched as asked for."""
    if weights == EMBED:
        return
    if weights_file(identifier) is None:
        raise ValueError(f'{identifier} has no weights to fetch: they are drawn from a seed. Leave out --weights.')
    if not weights.startswith(('https://', 'http://')) or set('\'"\\ \n') & set(weights):
        raise ValueError(f"--weights takes 'embed' or an address, http://… or https://…, given '{weights}'.")


def weights_file(identifier: str) -> Path | None:
    """The weights of a model; those whose weights are drawn from a seed have none."""
    plugin = packable_plugin(identifier)
    if identifier in _UNTRAINED or _is_network(plugin) and not (plugin.directory / 'weights').is_dir():
        return None
    return plugin.directory / 'weights' / f'{identifier}.safetensors'


def write_plugin(folder: Path, identifier: str, weights: str) -> None:
    """Write a model's plugin.

    Parameters
    ----------
    folder : pathlib.Path
        Made.
    identifier : str
        An ``alexnet64_simclr_…``, ``alexnet64_untrained``, or a model that was registered.
    weights : str
        'embed', or the http(s) address where they can be fetched.

    Raises
    ------
    LookupError, ValueError
        As of :func:`packable_plugin`; ValueError too if the weights are damaged or cannot be fetched by its code.
    FileNotFoundError
        If the weights are missing.
    """
    plugin, source = packable_plugin(identifier), weights_file(identifier)
    if _is_network(plugin):
        _write_network(folder, plugin, identifier, weights)
        return
    if source is not None:
        read_weights(source)
    if weights != EMBED:
        _check_replaceable(plugin)
    model = plugin_module(plugin.directory / 'model.py').alexnet64(identifier)
    sums = _sums(model.activations_model._model, model.layers)
    submission: dict[str, Any] = {'identifier': identifier, 'sums_of_absolute_weights': sums}
    folder.mkdir(parents=True)
    _copy_files(plugin, identifier, folder)
    if source is not None:
        submission |= _lay_weights(source, folder, weights)
    (folder / '__init__.py').write_text(_INIT.format(identifier=identifier), encoding='utf-8')
    _write_json(folder / 'submission.json', submission)
    _write_json(folder / 'region_layer_map' / f'{identifier}.json', model.layer_model.region_layer_map)


def _is_network(plugin: Plugin) -> bool:
    """Whether it is a network registered by its name, whose folder is a submission as it stands."""
    return (plugin.directory / 'network.json').is_file()


def _write_network(folder: Path, plugin: Plugin, identifier: str, weights: str) -> None:
    shutil.copytree(plugin.directory, folder,
                    ignore=shutil.ignore_patterns('__pycache__', REGISTERED_MARK, 'weights'))
    source = weights_file(identifier)
    if source is not None:
        _write_json(folder / 'submission.json', {'identifier': identifier, **_lay_weights(source, folder, weights)})


def _copy_files(plugin: Plugin, identifier: str, folder: Path) -> None:
    """The plugin's modules and the model's card, with a submission's tests in the place of the plugin's."""
    for module in plugin.directory.glob('*.py'):
        shutil.copyfile(module, folder / module.name)
    shutil.copyfile(REPLACEMENTS / 'test.py', folder / 'test.py')
    shutil.copyfile(_ALEXNETS / 'requirements.txt', folder / 'requirements.txt')
    card = plugin.directory / 'cards' / f'{identifier}.md'
    if card.is_file():
        shutil.copyfile(card, folder / 'README.md')


def _lay_weights(source: Path, folder: Path, weights: str) -> dict[str, dict[str, str]]:
    """Embed the weights, or replace the module that says where they are; returns what that must know."""
    if weights == EMBED:
        (folder / 'weights').mkdir()
        shutil.copyfile(source, folder / 'weights' / source.name)
        return {}
    shutil.copyfile(REPLACEMENTS / 'weights.py', folder / 'weights.py')
    return {'weights': {'address': weights, 'sha256': sha256(source)}}


def _check_replaceable(plugin: Plugin) -> None:
    if not (plugin.directory / 'weights.py').is_file():
        raise ValueError(f'{plugin.directory} was registered by another release, whose code cannot fetch weights: '
                         "register the model again with '--replace'.")


def _write_json(path: Path, document: dict[str, Any]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(document, indent=1) + '\n', encoding='utf-8')


def _sums(network: nn.Module, layers: list[str]) -> dict[str, float]:
    """Layer -> the sum of its absolute weights, by which a submission's tests know them."""
    return {layer: float(getattr(network, layer)[0].weight.detach().abs().sum()) for layer in layers}


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
