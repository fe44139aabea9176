"""The plugin of one model, whole in a folder of its own."""
import difflib
import hashlib
import importlib.util
import json
import shutil
from pathlib import Path
from types import ModuleType

from brainscore_plugin.link import PLUGIN_ROOT, REGISTERED_MARK, Plugin, installed_brainscore, plugins
from training.backbone import read_weights

from .templates import INIT, TEST, WEIGHTS

EMBED = 'embed'
_ALEXNETS = PLUGIN_ROOT / 'models' / 'alexnet64'
_UNTRAINED = 'alexnet64_untrained'
# what the plugin's model.py says -> what it says where the weights are fetched
_FETCHING = {
    "load_weights(trunk, WEIGHTS / f'{identifier}.safetensors')": 'load_weights(trunk, fetched_weights())',
    'from torchvision.models import alexnet\n': 'from torchvision.models import alexnet\n\n'
                                                'from .weights import fetched_weights\n',
}


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
        raise ValueError(f"'{identifier}' cannot be packed alone, as models/{known[identifier].name} is made: it goes "
                         f"by 'brainscore-mouse submit pull-request'. A zip can hold one of {', '.join(packable)}.")
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
    """Raise ValueError where a model's weights can be neither embedded nor fetched as is asked for."""
    if weights == EMBED:
        return
    if identifier == _UNTRAINED:
        raise ValueError(f'{_UNTRAINED} has no weights to fetch: they are drawn from a seed. Leave out --weights.')
    if not weights.startswith(('https://', 'http://')) or set('\'"\\ \n') & set(weights):
        raise ValueError(f"--weights takes 'embed' or an address http(s)://…, given '{weights}'.")


def weights_file(identifier: str) -> Path | None:
    """The weights of a model; the untrained one has none."""
    plugin = packable_plugin(identifier)
    return None if identifier == _UNTRAINED else plugin.directory / 'weights' / f'{identifier}.safetensors'


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
    if source is not None:
        read_weights(source)
    code = (plugin.directory / 'model.py').read_text(encoding='utf-8')
    model = _load(plugin.directory / 'model.py').alexnet64(identifier)
    (folder / 'region_layer_map').mkdir(parents=True)
    files = {'__init__.py': INIT.format(identifier=identifier), 'model.py': code,
             'requirements.txt': (_ALEXNETS / 'requirements.txt').read_text(encoding='utf-8'),
             'test.py': TEST.format(identifier=identifier, weights=json.dumps(_sums(model), indent=4)),
             f'region_layer_map/{identifier}.json': json.dumps(model.layer_model.region_layer_map, indent=1) + '\n'}
    if weights != EMBED:
        files['model.py'] = _fetching(code, plugin)
        files['weights.py'] = WEIGHTS.format(identifier=identifier, address=weights, sha256=sha256(source))
    for name, text in files.items():
        (folder / name).write_text(text, encoding='utf-8')
    if weights == EMBED and source is not None:
        (folder / 'weights').mkdir()
        shutil.copyfile(source, folder / 'weights' / source.name)
    card = plugin.directory / 'cards' / f'{identifier}.md'
    if card.is_file():
        shutil.copyfile(card, folder / 'README.md')


def _load(path: Path) -> ModuleType:
    """A plugin's module by its file, whether it is linked or not."""
    spec = importlib.util.spec_from_file_location(f'{path.parent.name}_{path.stem}', path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _sums(model) -> dict:
    network = model.activations_model._model
    return {layer: float(getattr(network, layer)[0].weight.detach().abs().sum()) for layer in model.layers}


def _fetching(code: str, plugin: Plugin) -> str:
    for before, after in _FETCHING.items():
        if code.count(before) != 1:
            raise ValueError(f"{plugin.directory / 'model.py'} is of another release, which cannot fetch its weights: "
                             "register the model again with '--replace'.")
        code = code.replace(before, after)
    return code


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
