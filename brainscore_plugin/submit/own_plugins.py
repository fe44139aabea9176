"""This project's plugins, as they are laid into Brain-Score."""
import shutil
from collections.abc import Collection
from pathlib import Path

from brainscore_plugin.link import PLUGIN_ROOT, Plugin, plugins
from brainscore_plugin.recordings.catalogue import packaging_files


def own_plugins() -> list[Plugin]:
    """This project's plugins, without the models that its user registered."""
    return [plugin for plugin in plugins() if plugin.directory.is_relative_to(PLUGIN_ROOT)]


def lay_plugin(plugin: Plugin, tree: Path, left_out: Collection[str] = ()) -> Path:
    """Copy a plugin to ``tree/<type>/<plugin>``, which is returned; recordings with what packaged them.

    Parameters
    ----------
    plugin : Plugin
    tree : pathlib.Path
        Made if absent.
    left_out : collection of str
        Names of folders of the plugin that are not copied.
    """
    place = tree / plugin.type / plugin.name
    shutil.copytree(plugin.directory, place, ignore=lambda folder, names: [
        name for name in names if name == '__pycache__'
        or Path(folder) == plugin.directory and name in left_out])
    scripts = packaging_files(plugin.name) if plugin.type == 'data' else []
    if scripts:
        packaging = place / 'data_packaging'  # as Brain-Score calls the folder of the scripts that made the data
        packaging.mkdir()
        for script in scripts:
            shutil.copyfile(script, packaging / script.name)
    return place
