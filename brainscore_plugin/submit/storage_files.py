"""The files that go to Brain-Score's storage instead of a tree: recordings, and the weights of models."""
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from brainscore_plugin.data.mouse_recordings.layout import Layout, packaged, sha1_of
from brainscore_plugin.link import PLUGIN_ROOT, Plugin
from brainscore_plugin.recordings.catalogue import NAMES, published

from .own_plugins import own_plugins

# where Brain-Score keeps recordings of benchmarks, and weights of models; a folder for each below them
RECORDINGS = 'brainscore-storage/brainscore-vision/benchmarks'
WEIGHTS = 'brainscore-storage/brainscore-vision/models'
RECORDING_PARTS = ('assembly', 'stimuli_csv', 'stimuli_zip')  # as of Layout
WEIGHTS_PARTS = ('weights',)


@dataclass(frozen=True)
class StorageFile:
    """A file to upload: where it is here, its name and the bucket with the folder that it goes to, and its SHA-1."""
    path: Path
    bucket: str
    name: str
    sha1: str

    @property
    def size(self) -> int:
        """Bytes."""
        return self.path.stat().st_size


Files = dict[str, dict[str, StorageFile]]  # identifier -> part -> file


def storage_parts() -> dict[str, tuple[str, ...]]:
    """Identifier of everything that may be uploaded -> the parts that it consists of."""
    return {**{identifier: RECORDING_PARTS for name in NAMES if not published(name).withheld
               for identifier in Plugin('data', PLUGIN_ROOT / 'data' / name).identifiers},
            **{path.stem: WEIGHTS_PARTS for plugin in own_plugins() for path in _weights(plugin)}}


def withheld() -> dict[str, str]:
    """Recordings that may not be passed on -> why."""
    return {identifier: published(identifier).withheld for identifier in NAMES if published(identifier).withheld}


def storage_files(plugins: list[Plugin], zips: Path) -> Files:
    """What can be uploaded from here.

    Parameters
    ----------
    plugins : list of Plugin
        Whose files they are.
    zips : pathlib.Path
        Folder, made if needed, for the zips of images that lie in a plugin one by one.

    Returns
    -------
    dict
        Identifier -> part -> file; recordings that are not packaged here are left out.
    """
    files: Files = {}
    for plugin in plugins:
        if plugin.type == 'data' and plugin.name in NAMES and not published(plugin.name).withheld:
            files |= {identifier: _recording(plugin, identifier, zips) for identifier in plugin.identifiers}
        files |= {path.stem: {'weights': StorageFile(path, f'{WEIGHTS}/{path.stem}', path.name, sha1_of(path))}
                  for path in _weights(plugin)}
    return {identifier: parts for identifier, parts in files.items() if parts}


def left_out(plugin: Plugin) -> list[str]:
    """Names of a plugin's folders that do not go into a tree, because what they hold goes to the storage."""
    if plugin.type == 'data' and plugin.name in NAMES and published(plugin.name).embedded:
        return ['recordings']
    return ['weights'] if _weights(plugin) else []


def never_in_tree(identifier: str) -> bool:
    """Whether a plugin cannot work without what is stored, for there is no other place to load it from."""
    return storage_parts()[identifier] == WEIGHTS_PARTS or identifier in published(_recording_of(identifier)).embedded


def _recording_of(identifier: str) -> str:
    return identifier.split('.')[0]


def _weights(plugin: Plugin) -> list[Path]:
    """Weights of a model plugin whose module ``weights`` says where they are, and can be replaced as a whole."""
    if plugin.type != 'models' or not (plugin.directory / 'weights.py').is_file():
        return []
    return sorted((plugin.directory / 'weights').glob('*.safetensors'))


def _recording(plugin: Plugin, identifier: str, zips: Path) -> dict[str, StorageFile]:
    home = plugin.directory / 'recordings' if identifier in published(plugin.name).embedded else None
    layout = packaged(identifier, home)
    if not layout.sidecar.is_file():
        return {}
    sums = layout.read_sidecar()['sha1']
    paths = {part: getattr(layout, part) for part in RECORDING_PARTS}
    found = {part: (path, sums[path.name]) for part, path in paths.items() if path.name in sums}
    if home is not None:
        zipped = _zipped(layout, zips)
        found['stimuli_zip'] = (zipped, sha1_of(zipped))
    # Brain-Score wants no points in names
    return {part: StorageFile(path, f'{RECORDINGS}/{_recording_of(identifier)}',
                              f"{path.stem.replace('.', '_')}{path.suffix}", sha1)
            for part, (path, sha1) in found.items()}


def _zipped(layout: Layout, zips: Path) -> Path:
    """The images of a recording as packaging zips them: the same bytes each time."""
    zips.mkdir(exist_ok=True)
    path = zips / layout.stimuli_zip.name
    with zipfile.ZipFile(path, 'w') as archive:
        for name in pd.read_csv(layout.stimuli_csv)['filename']:
            archive.writestr(zipfile.ZipInfo(name), (layout.stimuli / name).read_bytes())
    return path
