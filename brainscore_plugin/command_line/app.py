"""All commands in one application, whose errors are one line."""
import importlib
from typing import Annotated

import typer
from typer.core import TyperGroup

from brainscore_plugin import __version__

from . import domains, models, plugins, recordings, score, submit, train

# The study and the viewer stand above this package. Each has its commands in a module of its own, found by its name
# as napari and Brain-Score find plugins, so that nothing here imports them.
STUDY, VIEWER = 'study.commands', 'napari_viewer.commands'


class OneLineErrors(TyperGroup):
    """Shows an error that a user can do something about as one line; `--debug` shows the traceback too."""

    def invoke(self, ctx: typer.Context) -> object:
        try:
            return super().invoke(ctx)
        except typer.Exit:  # a RuntimeError, too
            raise
        except (OSError, ValueError, LookupError, ImportError, RuntimeError) as error:
            if ctx.params.get('debug'):
                raise
            # the text of a KeyError is the repr of its argument
            typer.echo(f'Error: {error.args[0] if isinstance(error, KeyError) else error}', err=True)
            raise typer.Exit(1) from error


app = typer.Typer(cls=OneLineErrors, no_args_is_help=True, pretty_exceptions_enable=False,
                  context_settings={'help_option_names': ['-h', '--help']},
                  help='Mouse visual cortex for Brain-Score: link the plugins, score models, understand scores.')


def _show_version(show: bool) -> None:
    if show:
        typer.echo(f'brainscore-mouse {__version__}')
        raise typer.Exit()


@app.callback()
def main(debug: Annotated[bool, typer.Option('--debug', help='Show the traceback of an error.')] = False,
         version: Annotated[bool, typer.Option('--version', callback=_show_version, is_eager=True,
                                               help='Show the version.')] = False) -> None:
    pass


def _commands_of(module: str) -> typer.Typer:
    return importlib.import_module(module).commands


# in the order of the help
for commands in (plugins.commands, score.commands, _commands_of(VIEWER), train.commands, models.commands,
                 _commands_of(STUDY)):
    app.add_typer(commands)
app.add_typer(domains.commands, name='domains')
app.add_typer(recordings.commands, name='recordings')
app.add_typer(submit.commands, name='submit')
