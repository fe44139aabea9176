"""What `submit pull-request` leaves behind, and says, when it is stopped or cannot begin."""
import os
import signal
import subprocess
import sys
import time

import pytest
from typer.testing import CliRunner

from brainscore_plugin.command_line import app
from brainscore_plugin.submit import pull_request
from brainscore_plugin.submit.checks import Check, Failed
from brainscore_plugin.submit.own_plugins import own_plugins

# SIGINT is ignored in what a shell has started in the background
COMMAND = ('import signal; signal.signal(signal.SIGINT, signal.default_int_handler); '
           'from brainscore_plugin.command_line import app; app()')


@pytest.mark.skipif(os.name == 'nt', reason='Windows has no such signals')
@pytest.mark.timeout(600)
@pytest.mark.parametrize(('number', 'code'), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_leaves_nothing_half_written(tmp_path, number, code):
    (tmp_path / 'out').mkdir()
    (tmp_path / 'scratch').mkdir()
    process = subprocess.Popen(
        [sys.executable, '-W', 'ignore', '-c', COMMAND, 'submit', 'pull-request', '--out', tmp_path / 'out' / 'pr'],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, 'TMPDIR': str(tmp_path / 'scratch')})
    try:
        while not (list((tmp_path / 'out').glob('.pr-*')) and list((tmp_path / 'scratch').iterdir())):
            assert process.poll() is None, process.communicate()
            time.sleep(.02)
        process.send_signal(number)
        _, errors = process.communicate(timeout=300)
    finally:
        process.kill()
    assert process.returncode == code, errors
    assert 'Traceback' not in errors
    assert list((tmp_path / 'out').iterdir()) == []
    assert list((tmp_path / 'scratch').iterdir()) == []


def test_a_failed_check_is_shown_with_all_others_and_leaves_nothing(tmp_path, monkeypatch):
    def refuse():
        raise Failed('mend this')
    monkeypatch.setattr(pull_request, 'write_tree', lambda tree, folder, stored: None)
    monkeypatch.setattr(pull_request, 'FreshCopy', lambda *_: None)
    monkeypatch.setattr(pull_request, 'stand_in', lambda *_: None)
    monkeypatch.setattr(pull_request, '_checks', lambda tree, *_: [
        Check(f'files of {tree.name}', refuse if tree.name == '2-models' else lambda: 'well')])
    result = CliRunner().invoke(app, ['submit', 'pull-request', '--out', str(tmp_path / 'pr')])
    assert result.exit_code == 1
    assert [line[:20] for line in result.output.splitlines()[:3]] == [
        '✓ files of 1-data: w', '✗ files of 2-models:', '✓ files of 3-benchma']
    assert '1 of 3 checks failed' in result.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(('out', 'says'), [('there', 'takes a new folder in an existing one'),
                                           ('nowhere/pr', 'takes a new folder in an existing one')])
def test_a_place_that_cannot_be_made_is_refused(tmp_path, out, says):
    (tmp_path / 'there').mkdir()
    result = CliRunner().invoke(app, ['submit', 'pull-request', '--out', str(tmp_path / out)])
    assert result.exit_code == 1
    assert says in result.output


def test_plugins_that_are_not_linked_are_named_before_anything_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr(pull_request, 'is_live', lambda plugin, installed: False)
    result = CliRunner().invoke(app, ['submit', 'pull-request', '--out', str(tmp_path / 'pr')])
    assert result.exit_code == 1
    (first,) = pull_request.DATA.of(own_plugins())[:1]
    assert f"Brain-Score does not see data/{first.name} yet: run 'brainscore-mouse link'" in result.output
    assert list(tmp_path.iterdir()) == []


def test_metadata_that_a_model_brings_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(pull_request, '_write_region_maps', lambda folder, identifiers: None)
    monkeypatch.setattr(pull_request, 'model_metadata', lambda *_: {'models': {}})
    (plugin,) = (plugin for plugin in own_plugins() if plugin.name == 'alexnet64_seeds')
    pull_request._describe(plugin, tmp_path)
    assert (tmp_path / 'metadata.yaml').read_text() == 'models: {}\n'
    (tmp_path / 'metadata.yaml').write_text('mine')
    pull_request._describe(plugin, tmp_path)
    assert (tmp_path / 'metadata.yaml').read_text() == 'mine'
