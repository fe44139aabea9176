"""Commands about the plugins: are they linked, is all that they need there?"""
import shlex
from pathlib import Path
from typing import Annotated

import typer

commands = typer.Typer()
View = Annotated[Path | None, typer.Option(metavar='DIR', help=(
    'Link into DIR, a view of the installed Brain-Score to put on PYTHONPATH, instead of the installation itself; '
    'for installations that cannot be written.'))]


@commands.command()
def link(view: View = None, quiet: Annotated[bool, typer.Option(help='Say nothing unless it fails.')] = False) -> None:
    """Make the plugins visible to the installed Brain-Score."""
    from brainscore_plugin import link as links
    brainscore = links.installed_brainscore()
    if view is not None:
        brainscore = links.make_view(view.resolve(), brainscore)
    placed = links.link(brainscore)
    if quiet:
        return
    copied = 'copied' in placed.values()
    typer.echo(f"{len(placed)} plugins {'copied' if copied else 'linked'} into {brainscore}")
    if copied:
        typer.echo('Links cannot be made here: link again whenever a plugin changes.')
    if view is not None:
        typer.echo(f'Use it with: export PYTHONPATH={shlex.quote(str(view.resolve()))}')


@commands.command()
def unlink(view: View = None) -> None:
    """Take the plugins out of the installed Brain-Score again."""
    from brainscore_plugin import link as links
    typer.echo(f'{len(links.unlink(links.brainscore_of(view)))} plugins removed')


@commands.command()
def status(view: View = None) -> None:
    """Show every plugin, what it registers, and whether Brain-Score sees it."""
    from rich.console import Console

    from brainscore_plugin.link import brainscore_of
    from brainscore_plugin.status import plugin_table
    brainscore = brainscore_of(view)
    Console().print(plugin_table(brainscore))
    typer.echo(f'Brain-Score: {brainscore}')


@commands.command()
def doctor() -> None:
    """Check all that scoring, training, the study and the viewer need, and say what to do about what is amiss."""
    from brainscore_plugin.doctor import BROKEN, diagnose
    verdicts = set()
    for finding in diagnose():
        typer.echo(finding)
        verdicts.add(finding.verdict)
    if BROKEN in verdicts:
        raise typer.Exit(1)
