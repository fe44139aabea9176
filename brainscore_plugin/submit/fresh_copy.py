"""A copy of the installed Brain-Score that holds nothing of this project but what is laid into it."""
import os
import shutil
import subprocess
import sys
from pathlib import Path

from brainscore_plugin.data.mouse_recordings.layout import recordings_home
from brainscore_plugin.link import PLUGIN_TYPES, plugins


class FreshCopy:
    """A copy of the installed Brain-Score to try plugins in; a process in it cannot import this project.

    Parameters
    ----------
    folder : pathlib.Path
        Where to make it; the copied package is ``folder/brainscore_vision``.
    installed : pathlib.Path
        The installed ``brainscore_vision``, which is only read; this project's links in it are left out.
    """

    def __init__(self, folder: Path, installed: Path):
        self.folder = folder
        self.brainscore = folder / 'brainscore_vision'
        own = {installed / plugin.type / plugin.name for plugin in plugins()}
        shutil.copytree(installed, self.brainscore, ignore_dangling_symlinks=True, ignore=lambda place, names: [
            name for name in names if name == '__pycache__' or Path(place, name) in own
            or Path(place) == installed / 'models'])
        # hundreds of folders, in which nothing is ever looked for but the names that they register
        for entry in (installed / 'models').iterdir():
            if entry not in own and entry.exists():
                _show(entry, self.brainscore / 'models' / entry.name)
        self.stock = {type_: {init.parent.name for init in (self.brainscore / type_).glob('*/__init__.py')}
                      for type_ in PLUGIN_TYPES}
        # of its own, so that what stands in for Brain-Score's storage can be laid there; it shows the user's recordings
        self.data_home, self.weights_home = folder / '.brainio', folder / 'brain-score'
        self.data_home.mkdir()
        for entry in recordings_home().iterdir() if recordings_home().is_dir() else ():
            _show(entry, self.data_home / entry.name)
        for package in ('brainscore_plugin', 'training', 'study', 'napari_viewer'):
            (folder / f'{package}.py').write_text(f"raise ImportError('{package} is not part of Brain-Score')\n")

    def add(self, tree: Path) -> None:
        """Lay the plugins of a folder, ``<type>/<plugin>/…``, over the copy."""
        shutil.copytree(tree, self.brainscore, dirs_exist_ok=True)

    def python(self, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run Python in the copy, with homes of its own; that of data shows the user's recordings, too."""
        homes = {'BRAINSCORE_HOME': str(self.weights_home), 'BRAINIO_HOME': str(self.data_home),
                 'RESULTCACHING_HOME': str(self.folder / 'result-caching')}
        return subprocess.run(
            [sys.executable, *map(str, arguments)], cwd=self.folder, capture_output=True, text=True,
            env={**os.environ, **homes, 'PYTHONPATH': str(self.folder), 'BS_INSTALL_DEPENDENCIES': 'no',
                 'TQDM_DISABLE': '1', **environment})


def _show(entry: Path, place: Path) -> None:
    try:
        place.symlink_to(entry, target_is_directory=entry.is_dir())
    except OSError:  # links may not be made everywhere
        (shutil.copytree if entry.is_dir() else shutil.copyfile)(entry, place)
