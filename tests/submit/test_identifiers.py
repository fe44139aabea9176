"""Registrations are found by Brain-Score as they are meant, and are free."""
import contextlib

import pytest

from brainscore_plugin.submit.checks import verify
from brainscore_plugin.submit.identifiers import identifier_checks


def plugin(folder, type_, name, line):
    place = folder / type_ / name
    place.mkdir(parents=True)
    (place / '__init__.py').write_text(f'{line}\n')


@pytest.fixture
def copy(tmp_path):
    """A Brain-Score with one model."""
    class Copy:
        brainscore = tmp_path / 'brainscore_vision'
        stock = {'models': {'stock'}, 'benchmarks': set()}
    plugin(Copy.brainscore, 'models', 'stock', "model_registry['Stock_Net'] = lambda: None")
    return Copy


def run(tree, expected, copy, capsys):
    with contextlib.suppress(RuntimeError):
        verify(identifier_checks(tree, expected, copy))
    return [line for line in capsys.readouterr().out.splitlines() if line.startswith('✗')]


def test_what_is_registered_line_by_line_is_found(tmp_path, copy, capsys):
    plugin(tmp_path, 'models', 'mine', "model_registry['mine'] = lambda: None")
    plugin(tmp_path, 'benchmarks', 'Mine2020', "benchmark_registry['Mine2020.VISp-pls'] = lambda: None")
    expected = {('models', 'mine'): ['mine'], ('benchmarks', 'Mine2020'): ['Mine2020.VISp-pls']}
    assert run(tmp_path, expected, copy, capsys) == []


@pytest.mark.parametrize(('name', 'identifier', 'line', 'failed'), [
    ('mine', 'mine', "model_registry['mine'] = lambda: net(layers=['a'])", ['the submission']),
    ('mine', 'mine', "model_registry['mine'] = net", ['the metadata']),
    ('mine', 'mine', "name = 'mine'; model_registry[name] = lambda: None", ['the submission', 'the metadata']),
    ('mine', 'mine', "model_registry['mine'] = lambda: None\nmodel_registry['other'] = lambda: None",
     ['the submission', 'the metadata']),
    ('stock', 'mine', "model_registry['mine'] = lambda: None", ['free']),
    ('mine', 'stock_net', "model_registry['stock_net'] = lambda: None", ['free']),
])
def test_what_brainscore_would_misread_fails(tmp_path, copy, capsys, name, identifier, line, failed):
    plugin(tmp_path, 'models', name, line)
    lines = run(tmp_path, {('models', name): [identifier]}, copy, capsys)
    assert len(lines) == len(failed)
    for words, printed in zip(failed, lines):
        assert words in printed.split(':')[0]
