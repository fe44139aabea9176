"""The links that make plugins visible to Brain-Score."""
import os
from pathlib import Path

import pytest

from brainscore_plugin import link as links


@pytest.fixture
def brainscore(tmp_path):
    """An installed Brain-Score as far as links are concerned: a package with four folders of plugins."""
    root = tmp_path / 'site-packages' / 'brainscore_vision'
    for type_ in links.PLUGIN_TYPES:
        plugin = root / type_ / f'stock_{type_}'
        plugin.mkdir(parents=True)
        (plugin / '__init__.py').write_text('')
        (root / type_ / '__init__.py').write_text('')
    (root / '__init__.py').write_text('')
    return root


def entries(brainscore):
    return {path.relative_to(brainscore): os.readlink(path) if path.is_symlink() else None
            for type_ in links.PLUGIN_TYPES for path in (brainscore / type_).iterdir()}


def test_every_plugin_registers_identifiers_in_the_form_that_brainscore_parses():
    from brainscore_core.plugin_management.parse_plugin_changes import get_plugin_ids
    for plugin in links.plugins():
        parsed = set(get_plugin_ids(plugin.type, [plugin.name], str(links.PLUGIN_ROOT)))
        lines = (plugin.directory / '__init__.py').read_text().splitlines()
        stimulus_sets = {line.split("'")[1] for line in lines if line.startswith('stimulus_set_registry[')}
        assert parsed | stimulus_sets == set(plugin.identifiers)  # it looks for data by data_registry alone


def test_link_then_unlink_leaves_the_installation_as_it_was(brainscore):
    before = entries(brainscore)
    links.link(brainscore)
    assert all(links.is_live(plugin, brainscore) for plugin in links.plugins())
    links.unlink(brainscore)
    assert entries(brainscore) == before
    assert not any(links.is_live(plugin, brainscore) for plugin in links.plugins())


def test_linking_twice_changes_nothing(brainscore):
    links.link(brainscore)
    once = {path: os.lstat(brainscore / path).st_mtime_ns for path in entries(brainscore)}
    links.link(brainscore)
    assert {path: os.lstat(brainscore / path).st_mtime_ns for path in entries(brainscore)} == once


def test_links_of_an_older_installation_are_replaced_and_dead_ones_removed(brainscore, tmp_path):
    gone = tmp_path / 'gone' / 'brainscore_plugin' / 'models'
    (brainscore / 'models' / 'alexnet64').symlink_to(gone / 'alexnet64')
    (brainscore / 'models' / 'retired').symlink_to(gone / 'retired')
    someone_elses = brainscore / 'models' / 'broken'
    someone_elses.symlink_to(tmp_path / 'elsewhere' / 'broken')
    links.link(brainscore)
    assert (brainscore / 'models' / 'alexnet64').resolve() == links.PLUGIN_ROOT / 'models' / 'alexnet64'
    assert not os.path.lexists(brainscore / 'models' / 'retired')
    assert someone_elses.is_symlink()


@pytest.mark.parametrize('make', [
    lambda place, other: place.mkdir(),
    lambda place, other: place.write_text('a file'),
    lambda place, other: place.symlink_to(other, target_is_directory=True),
], ids=['folder', 'file', 'link elsewhere'])
def test_a_folder_in_the_way_is_left_alone_and_nothing_is_linked(brainscore, tmp_path, make):
    make(brainscore / 'models' / 'alexnet64', tmp_path)
    before = entries(brainscore)
    with pytest.raises(FileExistsError, match='alexnet64 is in the way'):
        links.link(brainscore)
    assert entries(brainscore) == before


def test_a_read_only_installation_is_told_of_the_view(brainscore, monkeypatch):
    monkeypatch.setattr(os, 'access', lambda *_: False)  # root may write whatever the mode says
    with pytest.raises(PermissionError, match='link --view DIR'):
        links.link(brainscore)


def test_folders_are_copied_where_links_are_refused_and_can_be_unlinked(brainscore, monkeypatch):
    def refuse(*_, **__):
        raise OSError('a required privilege is not held by the client')
    before = entries(brainscore)
    monkeypatch.setattr(Path, 'symlink_to', refuse)
    assert set(links.link(brainscore).values()) == {'copied'}
    assert (brainscore / 'models' / 'alexnet64' / 'model.py').is_file()
    assert all(links.is_live(plugin, brainscore) for plugin in links.plugins())
    links.link(brainscore)  # copies are ours: brought up to date, not refused
    links.unlink(brainscore)
    assert entries(brainscore) == before


def test_a_view_shows_the_installation_and_the_plugins_and_leaves_the_installation_alone(brainscore, tmp_path):
    before = entries(brainscore)
    view = links.make_view(tmp_path / 'view', brainscore)
    links.link(view)
    assert entries(brainscore) == before
    assert (view / 'models' / 'stock_models' / '__init__.py').is_file()
    assert (view / 'models' / 'alexnet64' / 'model.py').is_file()
    links.make_view(tmp_path / 'view', brainscore)  # again: brought up to date
    with pytest.raises(FileExistsError, match='not a view'):
        links.make_view(brainscore.parent, brainscore)


def test_two_that_link_at_once_do_not_mind_each_other(brainscore, tmp_path, monkeypatch):
    """The other makes each link between this one's look and its own attempt."""
    symlink_to = Path.symlink_to

    def overtaken(place, target, **kwargs):
        symlink_to(place, target, **kwargs)
        symlink_to(place, target, **kwargs)
    monkeypatch.setattr(Path, 'symlink_to', overtaken)
    view = links.make_view(tmp_path / 'view', brainscore)
    assert set(links.link(view).values()) == {'linked'}
    assert all(links.is_live(plugin, view) for plugin in links.plugins())
    assert not any(path.name.startswith('.') for path in view.rglob('*'))


def test_unlinking_a_read_only_installation_removes_nothing(brainscore, monkeypatch):
    links.link(brainscore)
    before = entries(brainscore)
    monkeypatch.setattr(os, 'access', lambda *_: False)
    with pytest.raises(PermissionError, match='nothing was unlinked.*unlink --view'):
        links.unlink(brainscore)
    assert entries(brainscore) == before
