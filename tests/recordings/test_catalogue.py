"""Recordings are found by identifier and by documented name; what is said of them elsewhere is what is said here."""
import ast
from pathlib import Path

import pytest

from brainscore_plugin.link import PLUGIN_ROOT, Plugin
from brainscore_plugin.recordings.catalogue import NAMES, default_cache, identifier_of, packaging_files, published

FETCHED = [identifier for identifier in NAMES if not published(identifier).embedded]
SCRIPTS = [(identifier, script) for identifier in NAMES for script in packaging_files(identifier)]


@pytest.mark.parametrize(('identifier', 'name'), NAMES.items())
def test_an_identifier_and_a_documented_name_are_the_same_recording(identifier, name):
    assert identifier_of(identifier) == identifier_of(name) == identifier
    recording = published(identifier)
    assert type(recording) is type(published(name))
    assert (recording.identifier, recording.name) == (identifier, name)


@pytest.mark.parametrize('name', ['allen', 'allen_calcium', 'siegle2021', ''])
def test_an_unknown_recording_is_an_error_that_lists_the_known(name):
    with pytest.raises(ValueError, match=rf"no recording '{name}': choose one of allen-calcium \(deVries2020\), al"):
        published(name)


@pytest.mark.parametrize('identifier', NAMES)
def test_what_is_packaged_is_what_the_data_plugin_registers(identifier):
    plugin = Plugin('data', PLUGIN_ROOT / 'data' / identifier)
    assert set(published(identifier).identifiers) == set(plugin.identifiers) - (
        {'Willeke2022'} if identifier == 'Willeke2022' else set())  # the stimulus set of all its mice


def test_caches_keep_their_folders_and_a_tilde_is_the_users_folder(tmp_path, monkeypatch):
    monkeypatch.setenv('HOME', str(tmp_path))
    monkeypatch.setenv('BRAINSCORE_MOUSE_HOME', '~/bm')
    assert default_cache('Siegle2021') == tmp_path / 'bm' / 'recordings' / 'allen-neuropixels'
    assert default_cache('allen-neuropixels') == default_cache('Siegle2021')


@pytest.mark.parametrize('identifier', FETCHED)
def test_loader_and_readme_say_what_the_catalogue_says(identifier):
    """Data plugins are handed in by themselves, so that they cannot ask the catalogue."""
    recording, folder = published(identifier), PLUGIN_ROOT / 'data' / identifier
    (said,) = (ast.literal_eval(node.value) for node in ast.parse((folder / 'recording.py').read_text()).body
               if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == 'ABSENT')
    assert f'about {recording.download_size}' in said
    for command in (f'recordings fetch {recording.name}', f'recordings package {recording.name} --from CACHE'):
        assert command in said
    readme = ' '.join((folder / 'README.md').read_text().split())
    assert f'recordings fetch {recording.name}' in readme
    link = recording.citation.split('https://')[1]
    assert link in readme or link.removeprefix('arxiv.org/abs/') in readme
    if 'DANDI' in recording.licence:
        number = recording.licence.split('DANDI ')[1].split()[0]
        for text in (said, readme):
            assert number in text
            assert 'CC BY 4.0' in text


@pytest.mark.parametrize('place', ['README.md', 'docs/recordings.md'])
@pytest.mark.parametrize('identifier', FETCHED)
def test_the_documentation_gives_the_sizes_of_the_catalogue(identifier, place):
    recording = published(identifier)
    (row,) = (line for line in (PLUGIN_ROOT.parent / place).read_text().splitlines()
              if line.startswith(f'| `{recording.name}` |'))
    assert f'about {recording.download_size}' in row
    assert f'`{recording.identifier}' in row


@pytest.mark.parametrize(('identifier', 'script'), SCRIPTS, ids=[f'{name}-{path.name}' for name, path in SCRIPTS])
def test_the_scripts_of_a_recording_need_nothing_of_this_project(identifier, script):
    beside = {path.stem for path in packaging_files(identifier)}
    roots = {name.split('.')[0] for node in ast.walk(ast.parse(script.read_text()))
             for name in ([alias.name for alias in node.names] if isinstance(node, ast.Import) else
                          [node.module] if isinstance(node, ast.ImportFrom) else [])}
    assert not roots & {'brainscore_plugin', 'brainscore_vision', 'training', 'study'}
    own = {path.stem for path in (PLUGIN_ROOT / 'recordings').rglob('*.py')}
    assert roots & own <= beside


def test_no_script_is_shown_beside_what_no_script_made():
    assert packaging_files('mouse_recordings') == packaging_files('simulated_mouse') == []


@pytest.mark.parametrize('identifier', NAMES)
def test_a_recordings_folder_hides_no_module_that_its_scripts_may_need(identifier):
    """Scripts see the folder they lie in before all installed packages."""
    folders = {path.parent for path in packaging_files(identifier)}
    names = {path.stem for folder in folders for path in Path(folder).glob('*.py')}
    assert not names & {'packaging', 'catalogue', 'download', 'files'}
