"""The environment of AllenSDK, apart from everything else: where it is, how it is built, how scripts run in it.

AllenSDK 2.16.2 pins releases of NumPy and pandas that the rest of this project cannot live with.
"""
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from training.home import project_home

PYTHON_VARIABLE = 'BRAINSCORE_MOUSE_ALLEN_PYTHON'
PYTHON_VERSION = '3.11'  # the newest that AllenSDK's NumPy has wheels for
REQUIREMENTS = Path(__file__).with_name('constraints-allen.txt')
SHARED_MODULES = Path(__file__).with_name('in_allen_environment')
SHARED = (SHARED_MODULES / 'session_file.py', SHARED_MODULES / 'cache_manifest.py')
_REPOSITORY = Path(__file__).resolve().parents[2]


def find_python() -> Path:
    """Python of the AllenSDK environment.

    It is BRAINSCORE_MOUSE_ALLEN_PYTHON, or that of ``.venv-allen`` in the repository, or that of ``allen`` in the
    project's home.

    Raises
    ------
    FileNotFoundError
        If there is none; says how to build one.
    """
    named = os.environ.get(PYTHON_VARIABLE)
    if named:
        if not os.path.isfile(named):
            raise FileNotFoundError(f'{PYTHON_VARIABLE} is {named}, which does not exist.')
        return Path(named)
    candidates = [_python_of(environment) for environment in (_REPOSITORY / '.venv-allen', project_home() / 'allen')]
    for python in candidates:
        if os.path.isfile(python):  # False, not an error, where another user's Python may not be seen
            return python
    raise FileNotFoundError("The environment of AllenSDK is missing. 'make allen' in the repository builds it, or, "
                            "anywhere, 'brainscore-mouse recordings environment' (1 GB); "
                            f'or set {PYTHON_VARIABLE} to the Python of another.')


def build() -> Path:
    """Build the environment in the project's home with uv, or with pip where this Python is 3.11; returns its Python.

    Raises
    ------
    FileNotFoundError
        If uv is not installed and this Python is not 3.11.
    RuntimeError
        If the installation fails; nothing is left of it.
    """
    final = project_home() / 'allen'
    final.parent.mkdir(parents=True, exist_ok=True)
    uv = shutil.which('uv')
    if uv is None and sys.version_info[:2] != (3, 11):
        raise FileNotFoundError(f"AllenSDK needs Python {PYTHON_VERSION}: install uv ('pip install uv'), which "
                                'brings it, and try again.')
    shutil.rmtree(final, ignore_errors=True)  # in place: environments cannot be moved
    python = _python_of(final)
    if uv:
        steps = [[uv, 'venv', '--quiet', '--python', PYTHON_VERSION, final],
                 [uv, 'pip', 'install', '--quiet', '--python', python, '--requirement', REQUIREMENTS]]
    else:
        steps = [[sys.executable, '-m', 'venv', final],
                 [python, '-m', 'pip', 'install', '--quiet', '--requirement', REQUIREMENTS]]
    for step in steps:
        done = subprocess.run([str(word) for word in step], stderr=subprocess.PIPE, text=True)
        if done.returncode:
            shutil.rmtree(final, ignore_errors=True)
            raise RuntimeError(f'The environment of AllenSDK could not be built: {done.stderr.strip()[-2000:]}')
    return python


def run(script: Path, *arguments, lines: Iterable[str] | None = None) -> Iterator[dict]:
    """Run a script in the environment; it prints JSON lines, which are yielded as they come.

    Where `lines` are given, each is written to the script's standard input and answered by it with one JSON line
    before the next is taken: one process, whose start costs seconds, serves them all.

    The script can import the modules beside it and those of ``in_allen_environment``, nothing else of this project. A
    script that ends with ``sys.exit('what is wrong')`` raises that text here.

    Raises
    ------
    FileNotFoundError
        If the environment is missing.
    RuntimeError
        If the script fails.
    """
    command = [str(find_python()), '-W', 'ignore', str(script), *map(str, arguments)]
    environment = {**os.environ, 'PYTHONPATH': str(SHARED_MODULES), 'PYTHONHASHSEED': '0'}
    with tempfile.TemporaryFile('w+') as errors:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True,
                                   env=environment)
        try:
            yield from _answers(process) if lines is None else _dialogue(process, lines)
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
            process.stdout.read()  # to its end, so that no last word of the script meets a closed pipe
        except BaseException:
            process.kill()
            raise
        finally:
            process.stdout.close()
            status = process.wait()
        if status:
            errors.seek(0)
            raise _failure(errors.read().strip(), script, status)


def _answers(process: subprocess.Popen) -> Iterator[dict]:
    for line in process.stdout:
        if line.startswith('{'):  # AllenSDK prints, too
            yield json.loads(line)


def _dialogue(process: subprocess.Popen, lines: Iterable[str]) -> Iterator[dict]:
    answers = _answers(process)
    for line in lines:
        try:
            process.stdin.write(f'{line}\n')
            process.stdin.flush()
        except BrokenPipeError:
            return  # its exit status says why
        answer = next(answers, None)
        if answer is None:
            return
        yield answer


def _failure(stderr: str, script: Path, status: int) -> RuntimeError:
    """The last line that the script wrote, which tells the user; all of it is a note, which --debug shows."""
    if not stderr:
        return RuntimeError(f'{script.name} ended with status {status} in the environment of AllenSDK.')
    error = RuntimeError(stderr.splitlines()[-1])
    error.add_note(stderr)
    return error


def _python_of(environment: Path) -> Path:
    return environment / ('Scripts/python.exe' if os.name == 'nt' else 'bin/python')
