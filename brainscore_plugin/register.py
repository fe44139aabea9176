"""Make a user's own weights, or any network, a model that Brain-Score knows by a name of its own."""
from __future__ import annotations

import keyword
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from brainscore_plugin.link import (
    PLUGIN_ROOT,
    PLUGIN_TYPES,
    REGISTERED_MARK,
    Plugin,
    link,
    plugins,
    registered_models,
    unlink_model,
)
from training.backbone import read_weights
from training.card import check_weights

if TYPE_CHECKING:
    from brainscore_plugin.any_network import NetworkName

_TEMPLATE = PLUGIN_ROOT / 'models' / 'alexnet64'  # a model finds its weights by its identifier, whatever that is

_INIT = '''from brainscore_vision import model_registry
from .model import {function}

model_registry['{name}'] = lambda: {function}('{name}')
'''

_TEST = '''import numpy as np
from brainscore_vision import load_model
from PIL import Image


def test_the_model_has_features_for_every_mouse_area(tmp_path):
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)).save(tmp_path / 'noise.png')
    model = load_model('{name}')
    for area in ('VISp', 'VISl', 'VISal', 'VISam', 'VISpm', 'VISrl'):
        layers = model.layer_model.region_layer_map[area]
        features = model.activations_model([str(tmp_path / 'noise.png')], layers=layers)
        assert np.isfinite(features.values).all()
        assert set(layers) == set(features['layer'].values)
'''


def register(name: str, weights: Path, brainscore: Path, replace: bool = False) -> Path:
    """Make a model plugin of weights and link it into Brain-Score.

    Parameters
    ----------
    name : str
        Identifier of the model and name of its folder.
    weights : pathlib.Path
        Safetensors file as 'brainscore-mouse export' writes it; it is copied, with its card where it lies beside.
    brainscore : pathlib.Path
        Folder ``brainscore_vision`` to link into.
    replace : bool
        Whether the name may be that of a model registered before, which is replaced.

    Returns
    -------
    pathlib.Path
        Folder of the plugin, which needs nothing but Brain-Score.

    Raises
    ------
    ValueError
        If the name cannot be one, is taken, the weights are of another network, or the card beside them is that of
        other weights; nothing has been written then.
    FileNotFoundError
        If there are no such weights; nothing has been written then.
    FileExistsError, PermissionError
        If it cannot be linked; the model is then as it was before.
    """
    _check_replaceable(name, brainscore, replace)
    read_weights(weights)
    check_weights(Path(weights), Path(weights).with_suffix('.json'))
    return _lay(name, lambda folder: _write_plugin(folder, name, Path(weights)), brainscore)


def register_network(name: str, network: NetworkName, brainscore: Path, layers: list[str] | None = None,
                     replace: bool = False) -> Path:
    """Make a model plugin of a network of torchvision, timm or a Python file, and link it into Brain-Score.

    Parameters
    ----------
    name, brainscore, replace
        As of :func:`register`.
    network : NetworkName
        Its architecture, weights and image size.
    layers : list of str, optional
        Those to map to the mouse areas, the committed one first; see
        :func:`~brainscore_plugin.any_network.named_model.described_network`.

    Returns
    -------
    pathlib.Path
        Folder of the plugin, which needs nothing but Brain-Score and the network's library: all weights that are not
        drawn from a seed are in it.

    Raises
    ------
    ValueError, LookupError, ImportError, FileNotFoundError
        If the name cannot be one or is taken, or the network cannot be built, has no such layer, or is another one
        when it is built again; nothing has been written then.
    FileExistsError, PermissionError
        If it cannot be linked; the model is then as it was before.
    """
    from brainscore_plugin.any_network.network_plugin import write_network_plugin

    def write(folder: Path) -> None:
        write_network_plugin(folder, name, network, layers)
        _write_registration(folder, name, 'registered_network')
    _check_replaceable(name, brainscore, replace)
    return _lay(name, write, brainscore)


def remove(name: str, brainscore: Path) -> Path:
    """Take a registered model out of Brain-Score and delete its folder; returns where that was.

    Raises
    ------
    LookupError
        If no model of that name is registered.
    """
    registered = {plugin.name: plugin.directory for plugin in plugins()
                  if plugin.directory.parent == registered_models()}
    if name not in registered:
        raise LookupError(f"No registered model '{name}'. Registered are: {', '.join(registered) or 'none'}.")
    unlink_model(brainscore, name)
    shutil.rmtree(registered[name])
    return registered[name]


def _check_replaceable(name: str, brainscore: Path, replace: bool) -> None:
    _check_name(name)
    place = registered_models() / name
    if not (place / REGISTERED_MARK).is_file():
        _check_free(name, place, brainscore)
    elif not replace:
        raise ValueError(f"'{name}' is registered already: update it with '--replace', or take it out with "
                         f"'brainscore-mouse register --remove {name}'.")


def _lay(name: str, write: Callable[[Path], None], brainscore: Path) -> Path:
    """Write a plugin beside the models that are registered, put it in the place of one of its name, and link it."""
    home = registered_models()
    place = home / name
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f'.{name}-', dir=home) as scratch:
        new, before = Path(scratch, 'new'), Path(scratch, 'before')
        write(new)
        if place.exists():
            place.rename(before)
        new.rename(place)
        try:
            link(brainscore)
        except BaseException:
            place.rename(new)
            if before.exists():
                before.rename(place)
            raise
    return place


def _check_name(name: str) -> None:
    if not re.fullmatch(r'[a-z][a-z0-9_]{0,63}', name) or keyword.iskeyword(name):
        raise ValueError(f"'{name}' cannot be a model's identifier: use up to 64 lower-case letters, digits and "
                         'underscores, beginning with a letter; no hyphens and no word of the Python language.')


def _check_free(name: str, place: Path, brainscore: Path) -> None:
    linked = [Plugin(type_, init.parent)
              for type_ in PLUGIN_TYPES for init in (brainscore / type_).glob('*/__init__.py')]
    for plugin in (*linked, *plugins()):
        if name in {identifier.casefold() for identifier in plugin.identifiers}:
            raise ValueError(f"'{name}' is taken: {plugin.type}/{plugin.name} registers it. Choose another name.")
    for folder in (place, brainscore / 'models' / name):
        if folder.exists():
            raise ValueError(f"'{name}' is taken: {folder} exists. Choose another name.")


def _write_plugin(folder: Path, name: str, weights: Path) -> None:
    (folder / 'weights').mkdir(parents=True)
    (folder / 'cards').mkdir()
    shutil.copyfile(weights, folder / 'weights' / f'{name}.safetensors')
    for ending in ('.json', '.md'):
        if weights.with_suffix(ending).is_file():
            shutil.copyfile(weights.with_suffix(ending), folder / 'cards' / f'{name}{ending}')
    for file in ('model.py', 'weights.py', 'requirements.txt'):
        shutil.copyfile(_TEMPLATE / file, folder / file)
    _write_registration(folder, name, 'alexnet64')


def _write_registration(folder: Path, name: str, function: str) -> None:
    (folder / '__init__.py').write_text(_INIT.format(name=name, function=function), encoding='utf-8')
    (folder / 'test.py').write_text(_TEST.format(name=name), encoding='utf-8')
    (folder / REGISTERED_MARK).touch()
