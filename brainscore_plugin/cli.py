"""The command `brainscore-mouse`. Each command imports what it needs when it is called, so that help is instant."""
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperGroup

from brainscore_plugin import __version__


class OneLineErrors(TyperGroup):
    """Shows what a user can mend as one line; `--debug` shows the traceback too."""

    def invoke(self, ctx: typer.Context):
        try:
            return super().invoke(ctx)
        except (OSError, ValueError, LookupError, ImportError, RuntimeError) as error:
            if ctx.params.get('debug'):
                raise
            # the text of a KeyError is the repr of its argument
            typer.echo(f'Error: {error.args[0] if isinstance(error, KeyError) else error}', err=True)
            raise typer.Exit(1) from error


app = typer.Typer(cls=OneLineErrors, no_args_is_help=True, pretty_exceptions_enable=False,
                  context_settings={'help_option_names': ['-h', '--help']},
                  help='Mouse visual cortex for Brain-Score: link the plugins, score models, understand scores.')

View = Annotated[Path | None, typer.Option(metavar='DIR', help=(
    'Link into DIR, a view of the installed Brain-Score to put on PYTHONPATH, instead of the installation itself; '
    'for installations that cannot be written.'))]


def _show_version(show: bool) -> None:
    if show:
        typer.echo(f'brainscore-mouse {__version__}')
        raise typer.Exit()


@app.callback()
def main(debug: Annotated[bool, typer.Option('--debug', help='Show the traceback of an error.')] = False,
         version: Annotated[bool, typer.Option('--version', callback=_show_version, is_eager=True,
                                               help='Show the version.')] = False) -> None:
    pass


@app.command()
def link(view: View = None, quiet: Annotated[bool, typer.Option(help='Say nothing unless it fails.')] = False) -> None:
    """Make the plugins visible to the installed Brain-Score."""
    from brainscore_plugin import link as links
    brainscore = links.installed_brainscore()
    if view is not None:
        brainscore = links.make_view(view.resolve(), brainscore)
    placed = links.link(brainscore)
    if not quiet:
        copied = 'copied' in placed.values()
        typer.echo(f"{len(placed)} plugins {'copied' if copied else 'linked'} into {brainscore}")
        if copied:
            typer.echo('Links cannot be made here: link again whenever a plugin changes.')
        if view is not None:
            typer.echo(f'Use it with: export PYTHONPATH={view.resolve()}')


@app.command()
def unlink(view: View = None) -> None:
    """Take the plugins out of the installed Brain-Score again."""
    from brainscore_plugin import link as links
    removed = links.unlink(_brainscore(view))
    typer.echo(f'{len(removed)} plugins removed')


@app.command()
def status(view: View = None) -> None:
    """Show every plugin, what it registers, and whether Brain-Score sees it."""
    from rich.console import Console
    from rich.table import Table

    from brainscore_plugin import link as links
    brainscore = _brainscore(view)
    table = Table('type', 'plugin', 'identifier', 'live')
    for plugin in links.plugins():
        live = links.is_live(plugin, brainscore)
        for identifier in plugin.identifiers or ['(used by others)']:
            table.add_row(plugin.type, plugin.name, identifier, '[green]yes' if live else '[red]no')
    Console().print(table)
    typer.echo(f'Brain-Score: {brainscore}')


@app.command()
def check(model: str, benchmark: str) -> None:
    """Say in one line what would keep MODEL from being scored on BENCHMARK, before anything is loaded."""
    from brainscore_plugin import check as checks
    checks.check_scorable(model, benchmark)


@app.command()
def score(
    models: Annotated[str, typer.Option(help='Model identifiers, separated by commas.')],
    benchmarks: Annotated[str, typer.Option(help='Benchmark identifiers, separated by commas.')],
    layers: Annotated[str, typer.Option(help=(
        "'mapped' to the benchmark's area, 'all' of the model's, or names separated by commas."))] = 'mapped',
    out: Annotated[Path, typer.Option(metavar='DIR', help='Folder of the results; finished cells are kept.')] = Path(
        'sweep'),
    scheduler: Annotated[str | None, typer.Option(metavar='ADDRESS', help=(
        'A Dask scheduler, such as tcp://host:8786, to compute on; by default the cores of this machine.'))] = None,
) -> None:
    """Score every model on every benchmark, layer by layer; start it again to go on where it was stopped."""
    from brainscore_plugin.sweep import sweep
    chosen = layers if layers in ('mapped', 'all') else _names(layers)
    sweep(_names(models), _names(benchmarks), chosen, out, scheduler)
    typer.echo(f'Results: {out.resolve()}')


@app.command()
def ceiling(
    benchmarks: Annotated[list[str], typer.Argument(metavar='BENCHMARK', help='Mouse benchmarks.')],
    out: Annotated[Path | None, typer.Option(metavar='FILE.csv', help='Write a row for each neuron.')] = None,
) -> None:
    """Show how reliable the neurons of benchmarks are, by area and animal."""
    from brainscore_plugin import ceiling as ceilings
    neurons = ceilings.neuron_reliabilities(benchmarks)
    typer.echo(ceilings.table(neurons))
    if out is not None:
        ceilings.write_csv(neurons, out)
        typer.echo(f'{len(neurons)} neurons: {out}')


@app.command()
def explain(model: str, benchmark: str) -> None:
    """Score MODEL on BENCHMARK beside chance and truth, and say in two lines what the number means."""
    from brainscore_plugin.explain import explain as explain_score
    for line in explain_score(model, benchmark):
        typer.echo(line)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(',') if name.strip()]


def _brainscore(view: Path | None) -> Path:
    from brainscore_plugin import link as links
    if view is None:
        return links.installed_brainscore()
    brainscore = view.resolve() / 'brainscore_vision'
    if not brainscore.is_dir():
        raise FileNotFoundError(f"{view} holds no view of Brain-Score: 'brainscore-mouse link --view {view}' makes it.")
    return brainscore
