"""This project's plugins, as they are laid into Brain-Score."""
import shutil
from pathlib import Path

from brainscore_plugin.link import PLUGIN_ROOT, Plugin, plugins
from brainscore_plugin.recordings.catalogue import packaging_files


def own_plugins() -> list[Plugin]:
    """This project's plugins, without the models that its user registered."""
    return [plugin for plugin in plugins() if plugin.directory.is_relative_to(PLUGIN_ROOT)]


def lay_plugin(plugin: Plugin, tree: Path) -> Path:
    """Copy a plugin's folder to ``tree/<type>/<plugin>``, which is returned; recordings with what packaged them."""
    place = tree / plugin.type / plugin.name
    shutil.copytree(plugin.directory, place, ignore=shutil.ignore_patterns('__pycache__'))
    scripts = packaging_files(plugin.name) if plugin.type == 'data' else []
    if scripts:
        packaging = place / 'data_packaging'  # as Brain-Score calls the folder of the scripts that made the data
        packaging.mkdir()
        for script in scripts:
            shutil.copyfile(script, packaging / script.name)
    return place
