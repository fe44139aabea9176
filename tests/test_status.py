"""The table of plugins."""
import pytest

from brainscore_plugin.link import PLUGIN_TYPES, link, plugins, unlink
from brainscore_plugin.status import plugin_table


@pytest.fixture
def brainscore(tmp_path):
    for type_ in PLUGIN_TYPES:
        (tmp_path / type_).mkdir()
    return tmp_path


def test_every_identifier_is_a_row_that_says_whether_it_is_live(brainscore):
    link(brainscore)
    linked = [list(column.cells) for column in plugin_table(brainscore).columns]
    identifiers = [identifier for plugin in plugins() for identifier in plugin.identifiers or ['(used by others)']]
    assert linked[2] == identifiers
    assert set(linked[3]) == {'[green]yes'}
    unlink(brainscore)
    assert set(plugin_table(brainscore).columns[3].cells) == {'[red]no'}
