"""One home for all that users keep, with ~ replaced wherever it is read."""
from pathlib import Path

import pytest

from brainscore_plugin.link import registered_models
from brainscore_plugin.recordings.catalogue import default_cache
from training.domains.prepared import domain_directory
from training.home import project_home


@pytest.fixture
def user(tmp_path, monkeypatch):
    """A user whose home is elsewhere, in a folder of work."""
    monkeypatch.setenv('HOME', str(tmp_path / 'user'))
    monkeypatch.chdir(tmp_path)
    return tmp_path / 'user'


@pytest.mark.parametrize('place', [
    project_home, registered_models, lambda: domain_directory('real'), lambda: default_cache('allen-calcium')],
    ids=['home', 'models', 'domains', 'recordings'])
@pytest.mark.parametrize(('named', 'folder'), [('~/bm', 'bm'), (None, '.brainscore-mouse'), ('', '.brainscore-mouse')])
def test_no_folder_named_tilde(user, monkeypatch, place, named, folder):
    if named is None:
        monkeypatch.delenv('BRAINSCORE_MOUSE_HOME')
    else:
        monkeypatch.setenv('BRAINSCORE_MOUSE_HOME', named)
    assert place().is_relative_to(user / folder)
    place().mkdir(parents=True)
    assert not Path('~').exists()


def test_a_relative_home_stays_where_it_was_meant(user, monkeypatch):
    monkeypatch.setenv('BRAINSCORE_MOUSE_HOME', 'here')
    meant = project_home()
    monkeypatch.chdir(user.parent.parent)
    assert meant == user.parent / 'here'


def test_a_home_that_is_given_is_what_counts(user, monkeypatch):
    monkeypatch.setenv('BRAINSCORE_MOUSE_HOME', '~/bm')
    assert project_home('~/other') == user / 'other'
