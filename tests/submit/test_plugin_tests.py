"""Tests of what is submitted: each module's verdict by itself."""
from types import SimpleNamespace

import pytest

from brainscore_plugin.link import installed_brainscore
from brainscore_plugin.submit import plugin_tests
from brainscore_plugin.submit.checks import Failed, verify
from brainscore_plugin.submit.fresh_copy import FreshCopy
from brainscore_plugin.submit.plugin_tests import plugin_test_checks

METRIC = {
    'passing': 'def test_it():\n    assert True\n',
    'failing': 'def test_it():\n    assert 1 == 2\ndef test_other():\n    pass\n',
    'needing_this_project': 'import brainscore_plugin\n',
    'empty': '',
    'untested': None,
}


def test_each_plugin_has_its_verdict(tmp_path, capsys):
    copy = FreshCopy(tmp_path / 'copy', installed_brainscore())
    plugins = {('metrics', name): test for name, test in METRIC.items()}
    plugins['models', 'broken'] = 'def test_it():\n    pass\n'
    for (type_, name), test in plugins.items():
        folder = copy.brainscore / type_ / name
        folder.mkdir()
        (folder / '__init__.py').write_text('')
        if test is not None:
            (folder / 'test.py').write_text(test)
    (copy.brainscore / 'models' / 'broken' / '__init__.py').write_text(
        "from brainscore_vision import model_registry\nmodel_registry['broken'] = lambda: 1 / 0\n")
    with pytest.raises(RuntimeError, match='5 of 9 checks failed'):
        verify(plugin_test_checks(copy, plugins))
    lines = dict(line.split(': ', 1) for line in capsys.readouterr().out.splitlines())
    assert 'failed; test_identifier[broken]: ZeroDivisionError' in lines['✗ generic model tests, broken']
    assert lines['✓ test.py of models/broken'] == lines['✓ test.py of metrics/passing'] == '1 passed'
    assert lines['✗ test.py of metrics/failing'].startswith('1 of 2 failed; test_it: assert 1 == 2')
    assert 'brainscore_plugin is not part of Brain-Score' in lines['✗ test.py of metrics/needing_this_project']
    assert lines['✗ test.py of metrics/empty'].startswith('no test was run')
    assert lines['✗ test.py of metrics/untested'].startswith('metrics/untested has no test.py')
    assert '✓ cache contract' in lines
    assert '✓ database contract' in lines


def test_a_model_made_after_the_documentation_lacks_a_test_and_is_blamed_itself(tmp_path, monkeypatch):
    for name in ('alexnet64', 'tiny_network'):
        (tmp_path / 'models' / name).mkdir(parents=True)
    (tmp_path / 'models' / 'alexnet64' / 'test.py').touch()
    run, asked = SimpleNamespace(stdout='', stderr=''), []
    monkeypatch.setattr(plugin_tests, '_draw_missing_images', lambda copy: None)
    monkeypatch.setattr(plugin_tests, '_run', lambda copy, model, modules: asked.extend(modules) or (run, {}))
    checks = {check.title: check for check in plugin_test_checks(
        SimpleNamespace(brainscore=tmp_path), {('models', 'alexnet64'): [], ('models', 'tiny_network'): []})}
    with pytest.raises(Failed, match=r'models/tiny_network has no test\.py.*add-a-model'):
        checks['test.py of models/tiny_network'].run()
    with pytest.raises(Failed, match='no test was run'):  # by the stand-in here
        checks['test.py of models/alexnet64'].run()
    assert 'brainscore_vision.models.alexnet64.test' in asked
    assert 'brainscore_vision.models.tiny_network.test' not in asked


def test_without_pytest_nothing_passes(monkeypatch, capsys, tmp_path):
    (tmp_path / 'models' / 'mine').mkdir(parents=True)
    (tmp_path / 'models' / 'mine' / 'test.py').touch()
    monkeypatch.setattr(plugin_tests, 'find_spec', lambda name: None)
    monkeypatch.setattr(plugin_tests, '_draw_missing_images', lambda copy: None)
    with pytest.raises(RuntimeError, match='4 of 4 checks failed'):
        verify(plugin_test_checks(SimpleNamespace(brainscore=tmp_path), {('models', 'mine'): ['mine']}))
    for line in capsys.readouterr().out.splitlines():
        assert line.startswith('✗')
        assert "cannot run here, pytest and pytest_check not installed: 'pip install" in line
