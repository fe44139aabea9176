"""This project's plugins, as they are laid into Brain-Score."""
import shutil
from pathlib import Path

from brainscore_plugin.link import PLUGIN_ROOT, Plugin, plugins


def own_plugins() -> list[Plugin]:
    """This project's plugins, without the models that its user registered."""
    return [plugin for plugin in plugins() if plugin.directory.is_relative_to(PLUGIN_ROOT)]


def lay_plugin(plugin: Plugin, tree: Path) -> Path:
    """Copy a plugin's folder to ``tree/<type>/<plugin>``, which is returned."""
    place = tree / plugin.type / plugin.name
    return Path(shutil.copytree(plugin.directory, place, ignore=shutil.ignore_patterns('__pycache__')))
