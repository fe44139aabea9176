"""Commands about networks and weights: list layers, register, probe, draw filters."""
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brainscore_plugin.comma_separated import comma_separated

from .plugins import View

if TYPE_CHECKING:
    from brainscore_plugin.any_network import NetworkName

commands = typer.Typer()
AlexNets = Annotated[list[str], typer.Argument(metavar='MODEL', help=(
    'Identifiers of AlexNets at 64 x 64 pixels, or safetensors files.'))]
NetworkWeights = Annotated[str | None, typer.Option('--weights', metavar='DEFAULT|none|FILE', help=(
    "Of networks that do not name theirs: published ones (the default), 'none' or 'seed3' for random ones, or a "
    'safetensors file.'))]
NetworkSize = Annotated[str | None, typer.Option('--size', metavar='PIXELS', help=(
    'Size of the images of such networks, 64px or 64x96px (height x width); by default their own.'))]


@commands.command()
def register(
    name: Annotated[str, typer.Argument(help='Identifier that the model shall have.')],
    file: Annotated[Path | None, typer.Argument(metavar='FILE', help="Safetensors file as 'export' writes it.")] = None,
    source: Annotated[str | None, typer.Option('--from', metavar='NETWORK', help=(
        'Any network instead: torchvision:resnet18, timm:vit_tiny_patch16_224 or mine.py:build_model.'))] = None,
    weights: NetworkWeights = None,
    size: NetworkSize = None,
    layers: Annotated[str | None, typer.Option(help=(
        "Of --from: layers of the mouse areas, separated by commas, the one to commit to first; by default each "
        "convolution or block, up to 16, with the middle one committed to. 'layers' lists them."))] = None,
    replace: Annotated[bool, typer.Option('--replace', help='Update a model registered before.')] = False,
    remove: Annotated[bool, typer.Option('--remove', help='Take a registered model out again.')] = False,
    view: View = None,
) -> None:
    """Make weights of your own, or any network, a model that Brain-Score knows as NAME."""
    from brainscore_plugin import register as registration
    from brainscore_plugin.link import brainscore_of
    if (file is not None) + (source is not None) + remove != 1:
        raise ValueError(f"One of 'brainscore-mouse register {name} FILE', 'brainscore-mouse register {name} --from "
                         f"NETWORK' and 'brainscore-mouse register {name} --remove'.")
    if source is None and (weights, size, layers) != (None, None, None):
        raise ValueError('--weights, --size and --layers are of networks that are given by --from.')
    if remove:
        typer.echo(f'Removed {registration.remove(name, brainscore_of(view))}')
        return
    if source is None:
        place = registration.register(name, file, brainscore_of(view), replace)
    else:
        (network,) = _networks([source], weights, size)
        place = registration.register_network(name, network, brainscore_of(view),
                                              comma_separated(layers) if layers else None, replace)
    typer.echo(f'Registered {place}')
    if replace:
        typer.echo("Brain-Score's own benchmarks remember features by the model's name: "
                   'export BRAINSCORE_CACHE_PLUGIN_REVISION=1 to have them follow the weights.')


@commands.command()
def layers(
    network: Annotated[str, typer.Argument(help=(
        'torchvision:resnet18, timm:vit_tiny_patch16_224, mine.py:build_model …'))],
    weights: NetworkWeights = None,
    size: NetworkSize = None,
) -> None:
    """List what can be recorded of a network, and which layers are scored unless others are named."""
    from brainscore_plugin.any_network.layers import layer_table, recordable_layers
    from brainscore_plugin.any_network.named_model import described_network
    (name,) = _networks([network], weights, size)
    built, settings = described_network(name)
    found = recordable_layers(built, settings['image_size'])
    typer.echo(layer_table(found, settings['layers'], settings['committed']))
    height, width = settings['image_size']
    typer.echo(f"Images of {height} x {width} pixels. *: scored by default; **: the middle one of these, committed to. "
               'Maps are flattened channel by channel, tokens (the class token among them) token by token.')


def _networks(names: list[str], weights: str | None, size: str | None) -> list[NetworkName]:
    """Names with their defaults, after what must be downloaded has been."""
    from brainscore_plugin.any_network import NetworkName
    from brainscore_plugin.any_network.network_name import with_defaults
    from brainscore_plugin.any_network.published_weights import fetch_absent
    whole = [with_defaults(name, weights, size) for name in names]
    parsed = [NetworkName.parse(name) for name in whole]
    fetch_absent(whole, typer.echo)
    return parsed


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
