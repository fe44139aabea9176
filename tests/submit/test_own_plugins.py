"""Plugins as they are laid into Brain-Score: recordings with the scripts that made them, which work where they are."""
import subprocess

import pytest

from brainscore_plugin import link as links
from brainscore_plugin.recordings import allen_environment
from brainscore_plugin.submit.own_plugins import lay_plugin, own_plugins

PACKAGING = {'deVries2020': {'reduce_sessions.py', 'calcium_responses.py', 'session_file.py',
                             'cache_manifest.py'},
             'Siegle2021': {'reduce_sessions.py', 'session_file.py', 'cache_manifest.py'},
             'Willeke2022': {'published_mouse.py'},
             'Antolik2016': {'supplement.py'}, 'Conwell2021': {'published_matrices.py'}}


@pytest.fixture(scope='module')
def tree(tmp_path_factory):
    tree = tmp_path_factory.mktemp('tree')
    for plugin in own_plugins():
        if plugin.type == 'data':
            lay_plugin(plugin, tree)
    return tree


def test_a_registered_model_is_its_users_and_not_submitted(tmp_path, monkeypatch):
    monkeypatch.setenv('BRAINSCORE_MOUSE_HOME', str(tmp_path))
    mine = tmp_path / 'models' / 'leaves'
    mine.mkdir(parents=True)
    (mine / links.REGISTERED_MARK).touch()
    (mine / '__init__.py').write_text("model_registry['leaves'] = lambda: None\n")
    assert [plugin.name for plugin in links.plugins() if plugin not in own_plugins()] == ['leaves']


def test_folders_that_are_left_out_are_those_of_the_plugin_alone(tmp_path):
    plugin = tmp_path / 'mine'
    for folder in ('weights', 'inner/weights'):
        (plugin / folder).mkdir(parents=True)
        (plugin / folder / 'file').touch()
    place = lay_plugin(links.Plugin('models', plugin), tmp_path / 'tree', ['weights'])
    assert [path.relative_to(place).as_posix() for path in place.rglob('file')] == ['inner/weights/file']


def test_recordings_come_with_the_scripts_that_made_them(tree):
    found = {folder.parent.name: {path.name for path in folder.iterdir()} for folder in tree.glob('*/*/data_packaging')}
    assert found == PACKAGING


def test_nothing_but_scripts_is_added(tree):
    for plugin in own_plugins():
        if plugin.type == 'data':
            expected = {path.relative_to(plugin.directory) for path in plugin.directory.rglob('*')
                        if path.is_file() and '__pycache__' not in path.parts}
            laid = {path.relative_to(tree / 'data' / plugin.name)
                    for path in (tree / 'data' / plugin.name).rglob('*') if path.is_file()}
            assert {path for path in laid if path.parts[0] != 'data_packaging'} == expected


@pytest.mark.parametrize('name', ['deVries2020', 'Siegle2021'])
def test_the_scripts_run_in_allensdks_environment_by_themselves(name, tree):
    try:
        python = allen_environment.find_python()
    except FileNotFoundError as error:
        pytest.skip(str(error))
    script = tree / 'data' / name / 'data_packaging' / 'reduce_sessions.py'
    run = subprocess.run([str(python), '-W', 'ignore', str(script), '--help'], capture_output=True, text=True, env={})
    assert run.returncode == 0, run.stderr
    assert 'usage: reduce_sessions.py' in run.stdout
