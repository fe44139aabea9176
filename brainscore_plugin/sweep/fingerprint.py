"""What a result follows from, as digests: code, weights, recordings and the versions of libraries."""
import ast
import functools
import hashlib
import importlib.util
import re
from importlib.metadata import version
from pathlib import Path

from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_core.supported_data_standards.brainio.stimuli import StimulusSet

from brainscore_plugin import __version__
from brainscore_plugin.any_network import NetworkName, is_network_name
from brainscore_plugin.any_network.sources import check_source, source_files
from brainscore_plugin.link import PLUGIN_TYPES, Plugin, installed_brainscore, plugins

LIBRARIES = ('brainscore-vision', 'numpy', 'scipy', 'torch', 'torchvision')
UNREAD = ('*.md', 'test.py', '*.pyc', '.*')  # files of a plugin that change no number
LOADERS = {'load_dataset': 'data', 'load_stimulus_set': 'data', 'load_metric': 'metrics', 'load_ceiling': 'metrics',
           'load_benchmark': 'benchmarks', 'load_model': 'models'}
_PLUGIN_MODULE = re.compile(rf"brainscore_vision\.({'|'.join(PLUGIN_TYPES)})\.(\w+)")


@functools.cache
def versions() -> str:
    """This package and the libraries that numbers come from, with their versions."""
    return '; '.join([f'brainscore-mouse {__version__}', *(f'{name} {version(name)}' for name in LIBRARIES)])


@functools.cache
def code_digest(type_: str, identifier: str) -> str:
    """Digest of the plugin that registers an identifier, of all plugins that it uses, and of the libraries' versions.

    Used are the plugins that its code imports, those that hold the identifiers it loads by name and, where it loads
    by a name made up as it runs, each of this project's plugins of that type. The digest is read once a process, as
    the code is, so that a worker that has not seen a change of code does not pass for one that has.

    Parameters
    ----------
    type_ : str
        'models', 'benchmarks', 'metrics' or 'data'.
    identifier : str
        Such as 'SimulatedMouse.VISp-pls'.

    Raises
    ------
    LookupError
        If Brain-Score has no plugin of that identifier.
    """
    if type_ == 'models' and is_network_name(identifier):
        name = NetworkName.parse(identifier)
        check_source(name)
        return digest(versions(), *(file.read_bytes() for file in source_files(name)))
    closure, waiting = set(), [_plugin_of(type_, identifier)]
    while waiting:
        plugin = waiting.pop()
        if plugin not in closure:
            closure.add(plugin)
            waiting.extend(_uses(plugin))
    return digest(versions(),
                  *(_folder_digest(plugin) for plugin in sorted(closure, key=lambda plugin: plugin.directory)))


def weights_digest(model: object) -> str:
    """Digest of the parameters and buffers of a model's network; of nothing where it has no torch network."""
    import torch
    network = getattr(getattr(model, 'activations_model', None), '_model', None)
    if not isinstance(network, torch.nn.Module):
        return digest()
    return digest(*(part for name, tensor in sorted(network.state_dict().items()) if isinstance(tensor, torch.Tensor)
                    for part in (f'{name} {tensor.dtype} {tuple(tensor.shape)}',
                                 tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy())))


def recordings_digest(recordings: NeuroidAssembly) -> str:
    """Digest of responses and of whose they are, (presentation, neuroid), and of the images."""
    recordings = recordings.transpose('presentation', 'neuroid')
    labels = (' '.join(map(str, recordings[name].values))
              for name in ('stimulus_id', 'repetition', 'animal', 'neuroid_id'))
    return digest(memoryview(recordings.values.copy(order='C')).cast('B'), *labels,
                  stimuli_digest(recordings.attrs['stimulus_set']))


def stimuli_digest(stimulus_set: StimulusSet) -> str:
    """Digest of the ids and files of images, in their order."""
    return digest(*(part for stimulus_id in stimulus_set['stimulus_id']
                    for part in (str(stimulus_id), Path(stimulus_set.get_stimulus(stimulus_id)).read_bytes())))


def digest(*parts: str | bytes | memoryview) -> str:
    """SHA-1 of text and bytes, each set apart from the next by its length."""
    sha1 = hashlib.sha1()
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        sha1.update(b'%d:' % len(content))
        sha1.update(content)
    return sha1.hexdigest()


@functools.cache
def _registered() -> dict[tuple[str, str], Plugin]:
    return {(type_, identifier): plugin for type_ in PLUGIN_TYPES
            for init in sorted((installed_brainscore() / type_).glob('[!._]*/__init__.py'))
            for plugin in [Plugin(type_, init.parent)] for identifier in plugin.identifiers}


def _plugin_of(type_: str, identifier: str) -> Plugin:
    try:
        return _registered()[type_, identifier]
    except KeyError:
        raise LookupError(f"Brain-Score has no {type_.removesuffix('s')} '{identifier}': 'brainscore-mouse status' "
                          "shows this project's, 'brainscore-mouse link' makes them visible.") from None


@functools.cache
def _folder_digest(plugin: Plugin) -> str:
    return digest(*(part for file in _files(plugin.directory)
                    for part in (file.relative_to(plugin.directory).as_posix(), file.read_bytes())))


def _files(directory: Path) -> list[Path]:
    return sorted(file for file in directory.rglob('*')
                  if file.is_file() and not any(file.match(pattern) for pattern in UNREAD))


def _uses(plugin: Plugin) -> set[Plugin]:
    used = set()
    for file in _files(plugin.directory):
        if file.suffix != '.py':
            continue
        folder = file.relative_to(plugin.directory).parent
        package = '.'.join(('brainscore_vision', plugin.type, plugin.name, *folder.parts))
        for node in ast.walk(ast.parse(file.read_bytes())):
            used.update(_imported(node, package))
            used.update(_loaded(node))
    return used


def _imported(node: ast.AST, package: str) -> list[Plugin]:
    if isinstance(node, ast.Import):
        modules = [name.name for name in node.names]
    elif isinstance(node, ast.ImportFrom):
        module = importlib.util.resolve_name('.' * node.level + (node.module or ''), package)
        modules = [f'{module}.{name.name}' for name in node.names]
    else:
        return []
    folders = [installed_brainscore().joinpath(*match.groups())
               for match in map(_PLUGIN_MODULE.match, modules) if match]
    return [Plugin(folder.parent.name, folder) for folder in folders if (folder / '__init__.py').is_file()]


def _loaded(node: ast.AST) -> list[Plugin]:
    if not isinstance(node, ast.Call) or not node.args:
        return []
    type_ = LOADERS.get(getattr(node.func, 'id', getattr(node.func, 'attr', None)))
    if type_ is None:
        return []
    name = node.args[0]
    if isinstance(name, ast.Constant):
        return [_registered()[type_, name.value]] if (type_, name.value) in _registered() else []
    linked = (Plugin(type_, installed_brainscore() / type_ / plugin.name)
              for plugin in plugins() if plugin.type == type_)
    return [plugin for plugin in linked if (plugin.directory / '__init__.py').is_file()]
