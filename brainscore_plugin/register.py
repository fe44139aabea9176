"""Make a user's own weights a model that Brain-Score knows by a name of its own."""
import keyword
import re
import shutil
import tempfile
from pathlib import Path

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

_TEMPLATE = PLUGIN_ROOT / 'models' / 'alexnet64'  # a model finds its weights by its identifier, whatever that is

_INIT = '''from brainscore_vision import model_registry
from .model import alexnet64

model_registry['{name}'] = lambda: alexnet64('{name}')
'''

_TEST = '''import numpy as np
from brainscore_vision import load_model
from PIL import Image


def test_the_model_has_features_for_every_mouse_area(tmp_path):
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)).save(tmp_path / 'noise.png')
    model = load_model('{name}')
    features = model.activations_model([str(tmp_path / 'noise.png')], layers=model.layers)
    assert np.isfinite(features.values).all()
    for area in ('VISp', 'VISl', 'VISal', 'VISam', 'VISpm', 'VISrl'):
        assert set(model.layer_model.region_layer_map[area]) <= set(features['layer'].values)
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
    _check_name(name)
    home = registered_models()
    place = home / name
    if (place / REGISTERED_MARK).is_file():
        if not replace:
            raise ValueError(f"'{name}' is registered already: update it with '--replace', or take it out with "
                             f"'brainscore-mouse register --remove {name}'.")
    else:
        _check_free(name, place, brainscore)
    read_weights(weights)
    check_weights(Path(weights), Path(weights).with_suffix('.json'))
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f'.{name}-', dir=home) as scratch:
        new, before = Path(scratch, 'new'), Path(scratch, 'before')
        _write_plugin(new, name, Path(weights))
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
    (folder / '__init__.py').write_text(_INIT.format(name=name), encoding='utf-8')
    (folder / 'test.py').write_text(_TEST.format(name=name), encoding='utf-8')
    (folder / REGISTERED_MARK).touch()
