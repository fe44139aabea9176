"""The viewer's command of `brainscore-mouse`, which imports what it needs when it is called."""
from pathlib import Path
from typing import Annotated

import typer

from brainscore_plugin.comma_separated import comma_separated

commands = typer.Typer()


@commands.command()
def view(
    paths: Annotated[list[Path] | None, typer.Argument(metavar='PATH', help=(
        'Files of weights, prepared domains, folders of images, training runs or sweeps to open.'))] = None,
    models: Annotated[str, typer.Option(help='Model identifiers to show, separated by commas.')] = '',
    new: Annotated[bool, typer.Option('--new', help='Start anew, not where the viewer was left.')] = False,
    views: Annotated[str | None, typer.Option(help=(
        "Which dock widgets to open, separated by commas, such as 'browser,filters'; all by default."))] = None,
) -> None:
    """Look at domain images, filters, activations and scores in napari.

    Without arguments it opens as it was left or, the first time, on the filters of three models.
    """
    from napari_viewer.show import run
    run(paths or [], comma_separated(models), None if views is None else comma_separated(views), new)
