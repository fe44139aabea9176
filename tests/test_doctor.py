"""What `brainscore-mouse doctor` finds when something is broken."""
import os
import shutil
import sys
from contextlib import contextmanager

import pytest
from typer.testing import CliRunner

from brainscore_plugin import doctor
from brainscore_plugin import link as links
from brainscore_plugin.command_line import app
from brainscore_plugin.doctor import BROKEN, FINE, NOTE

NOBODY = 65534


@contextmanager
def without_rights():
    """As a user who may not write everywhere, which root may."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.fixture
def brainscore(tmp_path):
    """An installed Brain-Score as far as links are concerned, with all of ours."""
    root = tmp_path / 'brainscore_vision'
    for type_ in links.PLUGIN_TYPES:
        (root / type_).mkdir(parents=True)
    links.link(root)
    return root


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Function that puts another release of a distribution before the one that is installed."""
    def install(name, version, requires=()):
        folder = tmp_path / 'older' / f'{name.replace("-", "_")}-{version}.dist-info'
        folder.mkdir(parents=True)
        lines = ['Metadata-Version: 2.1', f'Name: {name}', f'Version: {version}',
                 *(f'Requires-Dist: {requirement}' for requirement in requires)]
        (folder / 'METADATA').write_text('\n'.join(lines))
        monkeypatch.syspath_prepend(tmp_path / 'older')
    return install


def test_a_part_that_was_not_installed_is_named(tmp_path):
    for part in doctor.PARTS:
        (tmp_path / part).mkdir(parents=True, exist_ok=True)
    assert doctor.check_parts(tmp_path).verdict == FINE
    shutil.rmtree(tmp_path / 'brainscore_plugin' / 'sweep')
    finding = doctor.check_parts(tmp_path)
    assert finding.verdict == BROKEN
    assert "brainscore_plugin/sweep, which 'brainscore-mouse score' needs" in finding.what
    assert 'pip install' in finding.remedy


def test_every_folder_of_the_packages_is_a_part():
    root = links.PLUGIN_ROOT.parent
    packages = {part.split('/')[0] for part in doctor.PARTS} - {'brainscore_plugin'}
    folders = [folder for package in (*packages, 'brainscore_plugin') for folder in (root / package).iterdir()
               if folder.is_dir() and any(path.suffix != '.pyc' for path in folder.rglob('*.*'))]
    assert {*packages, *(folder.relative_to(root).as_posix() for folder in folders)} == set(doctor.PARTS)


def test_an_old_boto3_is_named(installed):
    assert doctor.check_requirements().verdict == FINE
    installed('boto3', '0.0.3')
    finding = doctor.check_requirements()
    assert finding.verdict == BROKEN
    assert 'boto3 is 0.0.3, not >=1.34' in finding.what
    assert finding.remedy == "pip install 'boto3>=1.34'"


def test_brainscore_that_does_not_import_is_shown_with_its_last_line(tmp_path, monkeypatch):
    package = tmp_path / 'broken' / 'brainscore_vision'
    package.mkdir(parents=True)
    (package / '__init__.py').write_text('from collections import MutableMapping\n')
    monkeypatch.setenv('PYTHONPATH', str(package.parent))
    finding = doctor.check_import()
    assert finding.verdict == BROKEN
    assert "ImportError: cannot import name 'MutableMapping'" in finding.what
    assert 'boto3' in finding.remedy


def test_a_plugin_that_is_not_linked_or_linked_elsewhere_is_named(brainscore, tmp_path):
    assert doctor.check_links(brainscore).verdict == FINE
    (brainscore / 'models' / 'alexnet64').unlink()
    (brainscore / 'models' / 'alexnet64').symlink_to(tmp_path / 'gone')
    (brainscore / 'metrics' / 'mouse_rdm').unlink()
    finding = doctor.check_links(brainscore)
    assert (finding.verdict, finding.remedy) == (BROKEN, 'brainscore-mouse link')
    assert '2 of' in finding.what
    assert 'metrics/mouse_rdm, models/alexnet64' in finding.what


def test_a_link_that_leads_nowhere_is_named(brainscore, tmp_path):
    (brainscore / 'models' / 'retired').symlink_to(tmp_path / 'gone' / 'brainscore_plugin' / 'models' / 'retired')
    finding = doctor.check_links(brainscore)
    assert finding.verdict == NOTE
    assert 'models/retired' in finding.what
    links.link(brainscore)  # the remedy
    assert doctor.check_links(brainscore).verdict == FINE


@pytest.mark.parametrize(('value', 'verdict'), [('no', FINE), ('yes', NOTE), (None, NOTE), ('never', BROKEN)])
def test_installation_of_requirements_while_scoring(value, verdict, monkeypatch):
    monkeypatch.delenv('BS_INSTALL_DEPENDENCIES')
    if value is not None:
        monkeypatch.setenv('BS_INSTALL_DEPENDENCIES', value)
    finding = doctor.check_install_dependencies()
    assert finding.verdict == verdict
    assert bool(finding.remedy) == (verdict != FINE)


def test_new_environments_need_conda(monkeypatch, tmp_path):
    monkeypatch.setenv('BS_INSTALL_DEPENDENCIES', 'newenv')
    monkeypatch.setenv('PATH', str(tmp_path))
    assert doctor.check_install_dependencies().verdict == BROKEN
    (tmp_path / 'conda').write_text('#!/bin/sh\n')
    (tmp_path / 'conda').chmod(0o755)
    assert doctor.check_install_dependencies().verdict == NOTE


def test_slow_starts(monkeypatch):
    monkeypatch.delenv('PYTHONDONTWRITEBYTECODE', raising=False)
    assert doctor.check_bytecode().verdict == FINE
    monkeypatch.setenv('PYTHONDONTWRITEBYTECODE', '1')
    assert doctor.check_bytecode().verdict == NOTE


@pytest.mark.parametrize('verdict', [BROKEN, NOTE])
def test_a_folder_that_cannot_be_written(tmp_path, verdict):
    home = tmp_path / 'home'
    home.mkdir()
    home.chmod(0o555)
    with without_rights():
        finding = doctor.check_writable('BRAINIO_HOME', home / 'not yet there', verdict)
    assert finding.verdict == verdict
    assert 'Permission denied' in finding.what
    assert finding.remedy == 'make it writable, or set BRAINIO_HOME to another folder'
    home.chmod(0o777)
    assert doctor.check_writable('BRAINIO_HOME', home / 'not yet there', verdict).verdict == FINE
    assert not list(home.iterdir())


def test_a_file_in_the_place_of_a_folder(tmp_path):
    (tmp_path / 'home').write_text('')
    assert doctor.check_writable('BRAINIO_HOME', tmp_path / 'home', BROKEN).verdict == BROKEN


@pytest.mark.parametrize(('free', 'expected'), [(10 ** 12, FINE), (10 ** 9, NOTE), (10 ** 7, BROKEN)])
def test_room_on_the_disk(tmp_path, monkeypatch, free, expected):
    monkeypatch.setattr(shutil, 'disk_usage', lambda folder: shutil._ntuple_diskusage(10 ** 12, 0, free))
    finding = doctor.check_writable('BRAINIO_HOME', tmp_path, BROKEN)
    assert finding.verdict == expected
    assert f'{free / 1e9:,.1f} GB free' in finding.what


def test_results_that_are_older_than_what_they_are_named_after(tmp_path, monkeypatch):
    monkeypatch.setenv('RESULTCACHING_HOME', str(tmp_path))
    folder = tmp_path / 'ActivationsExtractorHelper._from_paths_stored'
    folder.mkdir()
    for name, age in {
        'identifier=alexnet64_untrained,stimuli_identifier=Other,number_of_trials=1.pkl': 1e9,
        'identifier=other,stimuli_identifier=SimulatedMouse--few,number_of_trials=1.pkl': 1e9,
        'identifier=pixels64@dbce7ee0655b,stimuli_identifier=Other@123,number_of_trials=1.pkl': 1e9,  # with a revision
        'identifier=alexnet,stimuli_identifier=Other,number_of_trials=1.pkl': 1e9,
        'identifier=random_features,stimuli_identifier=Other,number_of_trials=1.pkl': 0,
    }.items():
        (folder / name).write_bytes(b'')
        then = (folder / name).stat().st_mtime - age
        os.utime(folder / name, (then, then))
    finding = doctor.check_cached_results()
    assert finding.verdict == NOTE
    assert finding.what.endswith(': alexnet64_untrained on Other, other on SimulatedMouse')
    monkeypatch.setenv('RESULTCACHING_HOME', str(tmp_path / 'empty'))
    assert doctor.check_cached_results().verdict == FINE


def test_extras_that_are_missing_or_too_old(installed, monkeypatch):
    assert [doctor.check_extra(extra).verdict for extra in doctor.EXTRAS] == [FINE] * 3
    installed('seaborn-of-a-test', '1.0', )
    installed('a-project', '1.0', ['numpy', 'not-there>=2; extra == "study"', 'seaborn-of-a-test>=2; extra == "study"',
                                   'not-there; extra == "viewer"'])
    monkeypatch.setattr(doctor, 'DISTRIBUTION', 'a-project')
    finding = doctor.check_extra('study')
    assert finding.verdict == NOTE
    assert finding.what.endswith('not-there is missing; seaborn-of-a-test is 1.0, not >=2')
    assert "'.[study]'" in finding.remedy
    assert doctor.check_extra('train').verdict == FINE
    assert doctor.check_requirements().verdict == FINE
    assert 'not checked' in doctor.check_qt().what


def test_no_environment_of_allensdk(tmp_path, monkeypatch):
    monkeypatch.setenv('BRAINSCORE_MOUSE_ALLEN_PYTHON', str(tmp_path / 'python'))
    finding = doctor.check_allen_environment()
    assert finding.verdict == NOTE
    assert str(tmp_path) in finding.what


@pytest.fixture
def qt():
    pytest.importorskip('PyQt6', reason='the viewer needs the extra "viewer"')


def test_no_display(qt, monkeypatch):
    for name in ('DISPLAY', 'WAYLAND_DISPLAY', 'QT_QPA_PLATFORM'):
        monkeypatch.delenv(name, raising=False)
    finding = doctor.check_qt()
    assert finding.verdict == NOTE
    assert 'no display' in finding.what


def test_a_display_that_does_not_answer(qt, monkeypatch):
    monkeypatch.setenv('DISPLAY', ':987')
    monkeypatch.setenv('QT_QPA_PLATFORM', 'xcb')
    assert 'Qt cannot start' in doctor.check_qt().what


@pytest.mark.skipif(sys.platform != 'linux' or not shutil.which('ldd'), reason='libraries are listed by ldd')
def test_a_missing_library_of_the_system_is_named_with_its_package(qt, monkeypatch, tmp_path):
    (plugin,) = (folder / 'libqxcb.so' for folder in doctor._qt_plugin_folders() if (folder / 'libqxcb.so').is_file())
    copy = tmp_path / 'libqxcb.so'
    # a name of the same length that no library has, and one more that it does not know the package of
    copy.write_bytes(plugin.read_bytes().replace(b'libxcb-cursor.so.0\0', b'libxcb-cursor.so.X\0'))
    monkeypatch.setenv('QT_QPA_PLATFORM_PLUGIN_PATH', str(tmp_path))
    monkeypatch.setitem(doctor.QT_PACKAGES, 'libxcb-cursor.so.X', 'libxcb-cursor0')
    finding = doctor.check_qt()
    assert finding.verdict == NOTE
    assert 'libxcb-cursor.so.X' in finding.what
    assert 'apt-get install libxcb-cursor0' in finding.remedy


def test_the_command_shows_every_finding_and_fails_if_scoring_is_broken(monkeypatch):
    findings = [doctor.Finding(FINE, 'all is well'), doctor.Finding(NOTE, 'a trifle', 'leave it')]
    monkeypatch.setattr(doctor, 'diagnose', lambda: iter(findings))
    result = CliRunner().invoke(app, ['doctor'])
    assert result.exit_code == 0
    assert result.stdout == 'ok      all is well\nnote    a trifle\n        remedy: leave it\n'
    findings.append(doctor.Finding(BROKEN, 'no pulse', 'call someone'))
    assert CliRunner().invoke(app, ['doctor']).exit_code == 1


def test_without_brainscore_the_other_checks_are_made(monkeypatch):
    def missing():
        raise FileNotFoundError("brainscore_vision is not installed in this environment: run 'pip install it'.")
    monkeypatch.setattr(doctor, 'installed_brainscore', missing)
    findings = list(doctor.diagnose())
    assert (findings[2].verdict, findings[2].remedy) == (BROKEN, "run 'pip install it'.")
    assert any('BRAINIO_HOME' in finding.what for finding in findings)


def test_here_nothing_that_scoring_needs_is_broken():
    result = CliRunner().invoke(app, ['doctor'])
    assert result.exit_code == 0, result.output
    assert 'imports in' in result.stdout
    assert 'Brain-Score' in result.stdout


def test_links_of_a_read_only_installation_are_made_in_a_view(brainscore, monkeypatch):
    links.unlink(brainscore)
    assert doctor.check_links(brainscore).remedy == 'brainscore-mouse link'
    monkeypatch.setattr(os, 'access', lambda *_: False)  # root may write whatever the mode says
    assert "'brainscore-mouse link --view DIR'" in doctor.check_links(brainscore).remedy


def test_folders_that_brainscore_passes_over_are_named(brainscore, tmp_path):
    for name in ('_mine', 'mine', '__pycache__'):
        (tmp_path / 'plugins' / 'models' / name).mkdir(parents=True)
        (tmp_path / 'plugins' / 'models' / name / '__init__.py').touch()
    finding = doctor.check_links(brainscore, tmp_path / 'plugins')
    assert finding.verdict == NOTE
    assert '1 folder(s)' in finding.what
    assert 'models/_mine' in finding.what
