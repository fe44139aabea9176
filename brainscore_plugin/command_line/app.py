"""All commands in one application, whose errors are one line."""
import functools
import importlib.util
import signal
import sys
import threading
from typing import Annotated

import typer
from typer.core import TyperGroup

from brainscore_plugin import __version__

from . import domains, models, plugins, recordings, score, submit, train
from .places import sentence

# The study and the viewer stand above this package. Each has its commands in a module of its own, found by its name
# as napari and Brain-Score find plugins, so that nothing here imports them.
STUDY, VIEWER = 'study.commands', 'napari_viewer.commands'


class OneLineErrors(TyperGroup):
    """Shows an error as one line, as far as possible with what to do about it; `--debug` shows the traceback too."""

    def invoke(self, ctx: typer.Context) -> object:
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort, BrokenPipeError):
            raise
        except Exception as error:  # plugins of Brain-Score may raise anything
            if ctx.params.get('debug') or hasattr(error, 'exit_code'):  # the latter is the application's own
                raise
            typer.echo(f'Error: {_line(error)}', err=True)
            raise typer.Exit(1) from error


def _line(error: Exception) -> str:
    if isinstance(error, OSError):
        return sentence(error)
    if isinstance(error, KeyError):  # its text is the repr of its argument
        return str(error.args[0] if error.args else 'KeyError')
    if isinstance(error, (ValueError, LookupError, ImportError, RuntimeError, MemoryError)) and str(error):
        return str(error)
    return (f"{type(error).__name__}{f': {error}' if str(error) else ''}. That was not expected: 'brainscore-mouse "
            "--debug' before the command shows where it happened.")


app = typer.Typer(cls=OneLineErrors, no_args_is_help=True, pretty_exceptions_enable=False,
                  context_settings={'help_option_names': ['-h', '--help']},
                  help='Mouse visual cortex for Brain-Score: link the plugins, score models, understand scores.')


def _show_version(show: bool) -> None:
    if show:
        typer.echo(f'brainscore-mouse {__version__}')
        raise typer.Exit()


@app.callback()
def main(ctx: typer.Context,
         debug: Annotated[bool, typer.Option('--debug', help='Show the traceback of an error.')] = False,
         version: Annotated[bool, typer.Option('--version', callback=_show_version, is_eager=True,
                                               help='Show the version.')] = False) -> None:
    if ctx.invoked_subcommand != 'train':  # which goes on later where it was, and says so
        _tidy_up_when_terminated(ctx)


def _tidy_up_when_terminated(ctx: typer.Context) -> None:
    """Have SIGTERM, and SIGHUP of a closed terminal, end a command as Ctrl-C does, so that no temporary folder is left.

    The exit code is 128 and the signal's number: 143, 129.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    for number in filter(None, (getattr(signal, name, None) for name in ('SIGTERM', 'SIGHUP'))):
        if signal.getsignal(number) is signal.SIG_DFL:  # not where 'nohup' has it ignored
            signal.signal(number, lambda caught, _: sys.exit(128 + caught))
            ctx.call_on_close(functools.partial(signal.signal, number, signal.SIG_DFL))


def _commands_of(module: str) -> typer.Typer:
    if importlib.util.find_spec(module.partition('.')[0]) is None:
        return typer.Typer()  # the package was not installed, as 'brainscore-mouse doctor' says
    return importlib.import_module(module).commands


# in the order of the help
for commands in (plugins.commands, score.commands, _commands_of(VIEWER), train.commands, models.commands,
                 _commands_of(STUDY)):
    app.add_typer(commands)
app.add_typer(domains.commands, name='domains')
app.add_typer(recordings.commands, name='recordings')
app.add_typer(submit.commands, name='submit')
