"""What goes into which pull request: titles, files, and what each needs of the others."""
import re

import pytest

from brainscore_plugin.submit.checks import Failed
from brainscore_plugin.submit.own_plugins import own_plugins
from brainscore_plugin.submit.pull_request import _only_plugins
from brainscore_plugin.submit.trees import MAX_FILE_BYTES, MAX_FILES, TREES


def test_every_plugin_is_in_one_tree():
    found = [plugin for tree in TREES for plugin in tree.of(own_plugins())]
    assert sorted(found, key=str) == sorted(own_plugins(), key=str)


def test_titles_are_of_the_form_that_maintainers_use():
    for tree in TREES:
        assert re.fullmatch(r'feat\((data|models|benchmarks)\): [a-z][^\n]{10,70}', tree.title)
        assert '(user:' not in tree.title  # what Brain-Score's workflows look for in titles of its website's
    assert [tree.name for tree in TREES] == sorted(tree.name for tree in TREES)


def test_models_and_benchmarks_are_never_in_one_tree():
    """Brain-Score takes the type of the first for that of all metadata of a pull request."""
    assert not any({'models', 'benchmarks'} <= set(tree.types) for tree in TREES)


def test_no_plugin_imports_one_that_is_merged_later():
    order = {type_: place for place, tree in enumerate(TREES) for type_ in tree.types}
    for plugin in own_plugins():
        for module in plugin.directory.rglob('*.py'):
            for imported in re.findall(r'brainscore_vision\.(data|metrics|benchmarks|models)\.\w', module.read_text()):
                assert order[imported] <= order[plugin.type], module


def plugin(folder, n_files, size=1):
    place = folder / 'brainscore_vision' / 'models' / 'mine'
    place.mkdir(parents=True)
    for number in range(n_files):
        (place / f'{number}.py').write_bytes(b'#' * size)


def test_a_tree_may_have_fewer_than_100_files(tmp_path):
    plugin(tmp_path / 'few', MAX_FILES)
    assert _only_plugins(tmp_path / 'few').startswith('99, 0.0 MB, all in plugins: 1 models;')
    plugin(tmp_path / 'many', MAX_FILES + 1)
    with pytest.raises(Failed, match='100 files, at most 99'):
        _only_plugins(tmp_path / 'many')


def test_a_large_file_is_named_with_where_it_belongs(tmp_path):
    plugin(tmp_path, 1, MAX_FILE_BYTES + 1)
    with pytest.raises(Failed, match=r'models/mine/0\.py has 1\.0 MB, at most 1: .* storage\. A model\'s weights'):
        _only_plugins(tmp_path)
