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
    views: Annotated[str, typer.Option(help='Which to open, separated by commas.')] = (
        'browser,scores,activations,filters'),
) -> None:
    """Look at domain images, filters, activations and scores in napari."""
    from napari_viewer.show import run
    run(paths or [], comma_separated(models), comma_separated(views))
