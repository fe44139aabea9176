"""The application: help at once, errors in one line, and nothing that computes above it."""
import ast
import errno
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from brainscore_plugin import __version__
from brainscore_plugin.command_line import app

REPOSITORY = Path(__file__).resolve().parents[2]
HEAVY = {'torch', 'numpy', 'pandas', 'brainscore_vision', 'napari', 'matplotlib'}
ABOVE = {'brainscore_plugin': ('study', 'napari_viewer'), 'training': ('brainscore_plugin', 'study', 'napari_viewer'),
         'study': ('napari_viewer',)}


def imported(file):
    """Names of the modules that a file imports, wherever in it."""
    package = '.'.join(file.relative_to(REPOSITORY).parent.parts)
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding='utf-8'))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            parent = '.'.join(package.split('.')[:len(package.split('.')) - node.level + 1]) if node.level else ''
            module = '.'.join(filter(None, [parent, node.module]))
            names |= {module, *(f'{module}.{alias.name}' for alias in node.names)}
    return names


def sources(package):
    return sorted((REPOSITORY / package).rglob('*.py'))


def test_help_imports_nothing_that_computes():
    program = ('import sys; from brainscore_plugin.command_line import app; app(["--help"], standalone_mode=False); '
               f'sys.exit(", ".join({HEAVY} & set(sys.modules)) or 0)')
    run = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert 'control-domains' in run.stdout


@pytest.mark.parametrize('words', [['status'], ['check', 'pixels64', 'Antolik2016.VISp-pls'], ['recordings', 'list']])
def test_short_commands_answer_without_brainscore(words):
    slow = {'torch', 'xarray', 'brainscore_core', 'brainscore_vision'}
    program = (f'import sys; from brainscore_plugin.command_line import app; app({words}, standalone_mode=False); '
               f'sys.exit(", ".join({slow} & set(sys.modules)) or 0)')
    run = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize('group', [[], ['domains'], ['recordings'], ['submit'], ['study'], ['view'], ['score']])
def test_every_group_has_help(group):
    result = CliRunner().invoke(app, [*group, '-h'])
    assert result.exit_code == 0
    assert f'Usage: {" ".join(["root", *group])}' in ' '.join(result.output.split())


def test_the_version_is_shown():
    assert CliRunner().invoke(app, ['--version']).output.split() == ['brainscore-mouse', __version__]


@pytest.mark.parametrize(('arguments', 'says'), [
    (['check', 'alexnet46_untrained', 'SimulatedMouse.VISp-pls'], 'Did you mean alexnet64_untrained'),
    (['explain', 'pixels46', 'SimulatedMouse.VISp-pls'], 'Did you mean pixels64'),
    (['ceiling', 'SimulatedMouse.VISx-pls'], 'Did you mean SimulatedMouse.VISp-pls'),
    (['status', '--view', '/nowhere'], 'holds no view'),
    (['recordings', 'fetch', 'nothing'], 'nothing'),
    (['domains', 'fetch', 'nothing'], 'is not one of the domains'),
])
def test_an_error_is_one_line_with_its_remedy_and_a_traceback_on_demand(arguments, says):
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 1
    assert says in ' '.join(result.output.split())
    assert isinstance(result.exception, SystemExit)
    assert not isinstance(CliRunner().invoke(app, ['--debug', *arguments]).exception, SystemExit)


@pytest.mark.parametrize('package', ['brainscore_plugin', 'training', 'study', 'napari_viewer'])
def test_nothing_imports_the_command_line(package):
    own = REPOSITORY / 'brainscore_plugin' / 'command_line'
    for file in sources(package):
        names = imported(file)
        assert own in file.parents or not any(name.startswith('brainscore_plugin.command_line') for name in names), file


@pytest.mark.parametrize('package', list(ABOVE))
def test_imports_point_down(package):
    for file in sources(package):
        above = {name for name in imported(file) if name.split('.')[0] in ABOVE[package]}
        assert not above, f'{file} imports {above}'


@pytest.mark.parametrize(('error', 'says'), [
    (AssertionError(), "Error: AssertionError. That was not expected: 'brainscore-mouse --debug'"),
    (TypeError('no layer'), 'Error: TypeError: no layer. That was not expected'),
    (MemoryError('8 GB are needed'), 'Error: 8 GB are needed'),
    (PermissionError(13, 'Permission denied', '/nowhere/x'), 'Error: /nowhere/x cannot be written (Permission denied)'),
    (KeyError('V1'), 'Error: V1')])
def test_whatever_a_plugin_raises_is_one_line(error, says, monkeypatch):
    def fail(*args):
        raise error
    monkeypatch.setattr('brainscore_plugin.check.check_scorable', fail)
    result = CliRunner().invoke(app, ['check', 'pixels64', 'SimulatedMouse.VISp-pls'])
    assert result.exit_code == 1
    assert result.output.startswith(says)
    assert len(result.output.splitlines()) == 1


def test_a_closed_pipe_ends_a_command_without_a_word(monkeypatch):
    def closed(*args):
        raise BrokenPipeError(errno.EPIPE, 'Broken pipe')
    monkeypatch.setattr('brainscore_plugin.check.check_scorable', closed)
    result = CliRunner().invoke(app, ['check', 'pixels64', 'SimulatedMouse.VISp-pls'])
    assert result.exit_code == 1
    assert result.output == ''


@pytest.mark.parametrize(('number', 'code'), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_terminated_command_tidies_up(number, code, tmp_path, monkeypatch):
    """As `submit` does with the folder that it fills: the signal ends it with its code and nothing is left."""
    monkeypatch.setattr(signal, 'getsignal', lambda of: signal.SIG_DFL)  # whoever runs the tests may ignore one
    def stopped(*args):
        with tempfile.TemporaryDirectory(dir=tmp_path):
            os.kill(os.getpid(), number)
    monkeypatch.setattr('brainscore_plugin.check.check_scorable', stopped)
    result = CliRunner().invoke(app, ['check', 'pixels64', 'SimulatedMouse.VISp-pls'])
    assert result.exit_code == code
    assert list(tmp_path.iterdir()) == []
    monkeypatch.undo()
    assert signal.getsignal(number) is signal.SIG_DFL


# what the extras bring, and what of theirs brings it: none of it is there after `make score` on a fresh machine
OF_EXTRAS = ('napari', 'PyQt6', 'qtpy', 'superqt', 'magicgui', 'vispy', 'npe2', 'lightly', 'pytorch_lightning',
             'lightning_fabric', 'tensorboard', 'seaborn', 'tabulate', 'timm', 'plotly')
WITHOUT_EXTRAS = f"""
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition('.')[0] in {OF_EXTRAS}:
            raise ModuleNotFoundError(f"No module named '{{name}}'", name=name)
sys.meta_path.insert(0, Absent())
from brainscore_plugin.command_line import app
app()
"""


@pytest.mark.parametrize('command', [['--help'], ['link', '--quiet'], ['check', 'pixels64', 'SimulatedMouse.VISp-rdm'],
                                     ['view', '--help'], ['study', '--help'], ['train', '--help'], ['status']],
                         ids=' '.join)
def test_commands_answer_where_no_extra_is_installed(command):
    done = subprocess.run([sys.executable, '-c', WITHOUT_EXTRAS, *command], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
