"""Which plugins there are, and whether Brain-Score sees them."""
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from brainscore_plugin.link import is_live, plugins

if TYPE_CHECKING:
    from rich.table import Table


def plugin_table(brainscore: Path) -> Table:
    """A row for every identifier: type and name of its plugin, and whether Brain-Score sees it.

    Parameters
    ----------
    brainscore : pathlib.Path
        Folder ``brainscore_vision`` of the installation or of a view.

    Returns
    -------
    rich.table.Table
    """
    from rich.table import Table
    table = Table('type', 'plugin', 'identifier', 'live')
    for plugin in plugins():
        live = is_live(plugin, brainscore)
        for identifier in plugin.identifiers or ['(used by others)']:
            table.add_row(plugin.type, plugin.name, identifier, '[green]yes' if live else '[red]no')
    return table
