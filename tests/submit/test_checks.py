"""Checks are lines with verdicts, and one that fails stops nothing but the writing."""
import pytest

from brainscore_plugin.submit.checks import Check, Failed, verify


def refuse():
    raise Failed('mend this')


def test_every_check_is_run_and_is_a_line(capsys):
    with pytest.raises(RuntimeError, match='2 of 3 checks failed'):
        verify([Check('first', refuse), Check('second', lambda: 'all [well]'), Check('third', lambda: 1 / 0)])
    assert capsys.readouterr().out.splitlines() == [
        '✗ first: mend this', '✓ second: all [well]', '✗ third: ZeroDivisionError: division by zero']


def test_the_lines_are_returned_if_all_pass():
    assert verify([Check('first', lambda: 'well')]) == ['✓ first: well']
