"""Commands about the plugins."""
from typer.testing import CliRunner

from brainscore_plugin.command_line import app


def test_status_tells_live_plugins_from_others(tmp_path):
    CliRunner().invoke(app, ['link', '--view', str(tmp_path)])
    linked = CliRunner().invoke(app, ['status', '--view', str(tmp_path)]).output
    CliRunner().invoke(app, ['unlink', '--view', str(tmp_path)])
    unlinked = CliRunner().invoke(app, ['status', '--view', str(tmp_path)]).output
    assert 'SimulatedMouse.VISp-pls' in linked
    assert 'no' not in linked.split()
    assert 'no' in unlinked.split()
    assert 'yes' not in unlinked.split()


def test_link_says_what_it_did_unless_told_to_be_quiet(tmp_path):
    said = CliRunner().invoke(app, ['link', '--view', str(tmp_path)]).output
    assert 'plugins linked into' in said
    assert f'export PYTHONPATH={tmp_path}' in said.replace('\n', '')
    spaced = tmp_path / 'my view'
    said = CliRunner().invoke(app, ['link', '--view', str(spaced)]).output
    assert f"export PYTHONPATH='{spaced}'" in said.replace('\n', '')
    assert CliRunner().invoke(app, ['link', '--quiet', '--view', str(tmp_path)]).output == ''
