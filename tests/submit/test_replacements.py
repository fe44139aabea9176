"""What takes the place of a plugin's file can be called as that file is, and needs nothing of this project."""
import ast

import pytest

from brainscore_plugin.link import PLUGIN_ROOT
from brainscore_plugin.submit.replacements import REPLACEMENTS

ALEXNETS, RECORDINGS = PLUGIN_ROOT / 'models' / 'alexnet64', PLUGIN_ROOT / 'data' / 'mouse_recordings'
REPLACED = {'weights.py': ALEXNETS / 'weights.py', 'stored_weights.py': ALEXNETS / 'weights.py',
            'storage.py': RECORDINGS / 'storage.py'}


def called(path):
    """Name of each public function -> its parameters, with those that a module imports from its folder."""
    functions = {}
    for node in ast.parse(path.read_text(encoding='utf-8')).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith('_'):
            functions[node.name] = [(argument.arg, ast.unparse(argument.annotation)) for argument in node.args.args]
        elif isinstance(node, ast.ImportFrom) and node.level == 1:
            module = called(path.with_name(f'{node.module}.py'))
            functions |= {alias.name: module[alias.name] for alias in node.names if alias.name in module}
    return functions


@pytest.mark.parametrize('name', REPLACED)
def test_a_replacement_has_the_functions_of_the_file_that_it_replaces(name):
    assert called(REPLACEMENTS / name) == called(REPLACED[name])


@pytest.mark.parametrize('path', sorted(REPLACEMENTS.glob('[a-z]*.py')), ids=lambda path: path.name)
def test_a_replacement_needs_nothing_of_this_project(path):
    imported = {name for node in ast.walk(ast.parse(path.read_text(encoding='utf-8')))
                for name in ([alias.name for alias in node.names] if isinstance(node, ast.Import) else
                             [node.module] if isinstance(node, ast.ImportFrom) else [])}
    assert imported
    assert not {name.split('.')[0] for name in imported} & {'brainscore_plugin', 'training', 'study', 'napari_viewer'}
