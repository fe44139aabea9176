"""Commands about weights of one's own: register them, probe them, draw their filters."""
from pathlib import Path
from typing import Annotated

import typer

from brainscore_plugin.comma_separated import comma_separated

from .plugins import View

commands = typer.Typer()
AlexNets = Annotated[list[str], typer.Argument(metavar='MODEL', help=(
    'Identifiers of AlexNets at 64 x 64 pixels, or safetensors files.'))]


@commands.command()
def register(
    name: Annotated[str, typer.Argument(help='Identifier that the model shall have.')],
    weights: Annotated[Path | None, typer.Argument(help="Safetensors file as 'export' writes it.")] = None,
    replace: Annotated[bool, typer.Option('--replace', help='Update a model registered before.')] = False,
    remove: Annotated[bool, typer.Option('--remove', help='Take a registered model out again.')] = False,
    view: View = None,
) -> None:
    """Make weights of your own a model that Brain-Score knows as NAME."""
    from brainscore_plugin import register as registration
    from brainscore_plugin.link import brainscore_of
    if remove == (weights is not None):
        raise ValueError(f"Either 'brainscore-mouse register {name} WEIGHTS' or "
                         f"'brainscore-mouse register --remove {name}'.")
    if remove:
        typer.echo(f'Removed {registration.remove(name, brainscore_of(view))}')
        return
    typer.echo(f'Registered {registration.register(name, weights, brainscore_of(view), replace)}')
    if replace:
        typer.echo("Brain-Score's own benchmarks remember features by the model's name: "
                   'export BRAINSCORE_CACHE_PLUGIN_REVISION=1 to have them follow the weights.')


@commands.command()
def probe(
    models: AlexNets,
    domain: Annotated[list[str], typer.Option(metavar='NAME', help=(
        'Prepared domain with training and test images; may be given again.'))],
    layers: Annotated[str, typer.Option(help=(
        "'pooled', the 256 outputs, or conv1 … conv5, separated by commas."))] = 'pooled',
    out: Annotated[Path | None, typer.Option(metavar='FILE.csv', help='Write the table.')] = None,
) -> None:
    """Show how well the classes of images are told from models' features, beside random weights and chance."""
    from brainscore_plugin import probe_table
    accuracies = probe_table.probe(models, domain, comma_separated(layers))
    typer.echo(probe_table.as_text(accuracies))
    if out is not None:
        probe_table.write_csv(accuracies, out)


@commands.command()
def filters(
    models: AlexNets,
    out: Annotated[Path, typer.Option(metavar='DIR', help='Folder of the figures.')] = Path('filters'),
) -> None:
    """Draw the first layer's filters of models, one PNG each."""
    from brainscore_plugin.filter_figures import draw
    for figure in draw(models, out):
        typer.echo(figure)
