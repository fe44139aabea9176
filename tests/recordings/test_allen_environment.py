"""The environment of AllenSDK: where it is looked for, how it is built, and how scripts run in it."""
import sys
from pathlib import Path

import psutil
import pytest
from typer.testing import CliRunner

from brainscore_plugin.command_line import app
from brainscore_plugin.recordings import allen_environment


@pytest.fixture
def homes(tmp_path, monkeypatch):
    monkeypatch.setenv('BRAINSCORE_MOUSE_HOME', str(tmp_path / 'mouse'))
    return tmp_path


@pytest.fixture
def no_environment(homes, monkeypatch):
    monkeypatch.setattr(allen_environment, '_REPOSITORY', homes / 'nowhere')
    monkeypatch.delenv(allen_environment.PYTHON_VARIABLE, raising=False)


def test_a_missing_environment_says_what_to_run(no_environment):
    with pytest.raises(FileNotFoundError, match='make allen.*brainscore-mouse recordings environment'):
        allen_environment.find_python()


def test_the_environment_is_found(no_environment, homes, monkeypatch):
    in_home, in_repository = homes / 'mouse' / 'allen' / 'bin' / 'python', homes / 'nowhere/.venv-allen/bin/python'
    for python in (in_home, in_repository):
        python.parent.mkdir(parents=True)
        python.touch()
        assert allen_environment.find_python() == python
    monkeypatch.setenv(allen_environment.PYTHON_VARIABLE, sys.executable)
    assert allen_environment.find_python() == Path(sys.executable)
    monkeypatch.setenv(allen_environment.PYTHON_VARIABLE, '/nowhere/python')
    with pytest.raises(FileNotFoundError, match='is /nowhere/python, which does not exist'):
        allen_environment.find_python()


def test_the_environments_pins_name_no_registry():
    pins = allen_environment.REQUIREMENTS.read_text().splitlines()
    assert 'allensdk==2.16.2' in pins
    assert all('==' in pin and '/' not in pin for pin in pins)


@pytest.fixture
def script(homes, monkeypatch):
    monkeypatch.setenv(allen_environment.PYTHON_VARIABLE, sys.executable)

    def write(text):
        path = homes / 'script.py'
        path.write_text(text)
        return path
    return write


def test_a_script_answers_line_by_line(script):
    answering = script('import sys, session_file\nprint("hello")\n'
                       'for line in sys.stdin: print(\'{"got": "%s"}\' % line.strip(), flush=True)')
    asked = []

    def lines():
        for line in ('a', 'b'):
            asked.append(line)
            yield line

    answers = allen_environment.run(answering, lines=lines())
    assert next(answers) == {'got': 'a'}
    assert asked == ['a']
    assert list(answers) == [{'got': 'b'}]


@pytest.mark.parametrize(('text', 'message'), [
    ('import sys; sys.exit("cells.json is damaged")', 'cells.json is damaged'),
    ('raise MemoryError("too large")', 'MemoryError: too large'),
    ('import os; os.kill(os.getpid(), 9)', 'script.py ended with status -9 in the environment of AllenSDK.'),
])
@pytest.mark.parametrize('lines', [None, ['a', 'b']])
def test_a_script_that_fails_says_why(text, message, lines, script):
    with pytest.raises(RuntimeError) as error:
        list(allen_environment.run(script(text), lines=lines))
    assert str(error.value) == message  # what the script wrote before is a note


def test_a_script_whose_answers_are_no_longer_wanted_ends(script):
    before = set(psutil.Process().children())
    answers = allen_environment.run(script('import time\nprint("{}", flush=True)\ntime.sleep(60)'))
    next(answers)
    assert set(psutil.Process().children()) - before
    answers.close()
    assert not set(psutil.Process().children()) - before


def test_the_environment_is_built_with_uv(no_environment, homes, monkeypatch):
    log = homes / 'log'
    uv = homes / 'bin' / 'uv'
    uv.parent.mkdir()
    uv.write_text(f'#!/bin/sh\necho "$@" >> {log}\n')
    uv.chmod(0o755)
    monkeypatch.setenv('PATH', str(uv.parent), prepend=':')
    assert CliRunner().invoke(app, ['recordings', 'environment']).exit_code == 0
    venv, install = log.read_text().splitlines()
    assert venv == f"venv --quiet --python 3.11 {homes / 'mouse' / 'allen'}"
    assert f'--requirement {allen_environment.REQUIREMENTS}' in install
    uv.write_text('#!/bin/sh\necho "no route to the index" >&2\nexit 2\n')
    assert 'could not be built: no route to the index' in CliRunner().invoke(app, ['recordings', 'environment']).output
