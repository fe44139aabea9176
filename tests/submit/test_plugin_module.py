"""Plugins are imported from their folders, whether they are linked or not."""
import sys

import pytest

from brainscore_plugin.submit.plugin_module import plugin_module


@pytest.fixture
def plugin(tmp_path):
    folder = tmp_path / 'mine'
    folder.mkdir()
    (folder / '__init__.py').write_text("raise RuntimeError('registers models')\n")
    (folder / 'model.py').write_text('from .weights import PLACE\n')
    (folder / 'weights.py').write_text("PLACE = 'here'\n")
    return folder


def test_a_module_imports_others_of_its_folder_and_registers_nothing(plugin):
    known = set(sys.modules)
    assert plugin_module(plugin / 'model.py').PLACE == 'here'
    assert set(sys.modules) == known


def test_it_is_imported_anew(plugin):
    plugin_module(plugin / 'model.py')
    (plugin / 'weights.py').write_text("PLACE = 'elsewhere'\n")
    assert plugin_module(plugin / 'model.py').PLACE == 'elsewhere'


def test_a_module_that_lacks_another_says_so(plugin):
    (plugin / 'weights.py').unlink()
    with pytest.raises(ImportError, match='weights'):
        plugin_module(plugin / 'model.py')
    assert not [name for name in sys.modules if name.startswith('mine')]
