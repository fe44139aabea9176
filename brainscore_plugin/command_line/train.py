"""Commands that turn images into weights."""
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from training.domains import PreparedDomain

commands = typer.Typer()


@commands.command()
def train(
    domain: Annotated[str | None, typer.Argument(help='A prepared domain.')] = None,
    images: Annotated[Path | None, typer.Option(metavar='FOLDER', help=(
        'Train on a folder or zip of images instead; it is prepared as a domain named after it.'))] = None,
    run: Annotated[Path | None, typer.Option(metavar='DIR', help=(
        "Folder of the run, 'runs/DOMAIN' by default. Give a stopped run's to go on with it."))] = None,
    recipe: Annotated[str, typer.Option(help=(
        "'paper', 'domain_rep' (the authors' code), or 'normalised', by which filters leave their noise."))] = 'paper',
    epochs: Annotated[int | None, typer.Option(help="Instead of the recipe's, 600 of the paper's.")] = None,
    batch_size: Annotated[int | None, typer.Option(help=(
        "Instead of the recipe's, 4096 of the paper's; the learning rate is scaled with it."))] = None,
    set_: Annotated[list[str], typer.Option('--set', metavar='NAME=VALUE', help=(
        'Any other setting of the recipe, such as learning_rate=2.4; may be given again.'))] = [],  # noqa: B006
    split: Annotated[str, typer.Option(help="'all' images or those of the 'train' split.")] = 'all',
    count: Annotated[int | None, typer.Option(help='Train on so many images, drawn by the seed.')] = None,
    seed: Annotated[int, typer.Option(help='Of initial weights, order and views of images.')] = 0,
    precision: Annotated[str, typer.Option(help="'32', 'bf16' or 'auto': bf16 where it is fast.")] = 'auto',
    accelerator: Annotated[str, typer.Option(help="'cpu', 'gpu' or 'auto'.")] = 'auto',
    devices: Annotated[int, typer.Option(help='GPUs of each machine, or processes on CPUs.')] = 1,
    nodes: Annotated[int, typer.Option(help='Machines; start the command on each, as Lightning describes.')] = 1,
    verify: Annotated[bool, typer.Option('--verify', help=(
        'Compare all images with their checksums first, not only some.'))] = False,
) -> None:
    """Train AlexNet on a domain by SimCLR at 64 x 64 pixels; give the command again to go on where it was stopped."""
    import logging

    from pytorch_lightning.utilities import rank_zero_only

    from training.domains import open_domain
    from training.recipes import named_recipe
    from training.train import train as train_run
    if (domain is None) == (images is None):
        raise ValueError("Name a prepared domain or a folder of images: 'brainscore-mouse train DOMAIN' or "
                         "'brainscore-mouse train --images FOLDER'.")
    settings = dict(_setting(text) for text in set_)
    settings.update({name: value for name, value in (('epochs', epochs), ('batch_size', batch_size))
                     if value is not None})
    chosen = named_recipe(recipe).override(settings)
    prepared = open_domain(domain, verify=verify) if domain is not None else _prepare(images, verify)
    folder = run or Path('runs') / prepared.name
    logging.basicConfig(format='%(message)s')
    logging.getLogger('training').setLevel(logging.INFO)
    train_run(prepared, chosen, folder, seed, split, count, precision, accelerator, devices, nodes)
    rank_zero_only(typer.echo)(
        f"Trained: {folder}. 'brainscore-mouse export {folder}' writes the weights and their card.")


def _prepare(images: Path, verify: bool) -> PreparedDomain:
    """The images of a folder or zip as a prepared domain, named after it."""
    from pytorch_lightning.utilities import rank_zero_only

    from training.domains import open_domain, prepare
    from training.domains.naming import name_for
    place = images.expanduser().resolve()
    if not place.exists():
        raise FileNotFoundError(f'There is nothing at {images}: give a folder or a zip of images.')
    name = name_for(place)
    if name != place.name:
        rank_zero_only(typer.echo)(f'{images} is prepared as the domain {name}.', err=True)
    try:
        prepared = prepare(name, place)
    except FileExistsError as error:
        raise ValueError(f"{error} Or prepare {images} under another name: 'brainscore-mouse domains prepare NAME "
                         f"--from \"{images}\"', then 'brainscore-mouse train NAME'.") from error
    return open_domain(prepared.directory, verify=True) if verify else prepared


def _setting(text: str) -> tuple[str, str]:
    name, separator, value = text.partition('=')
    if not separator:
        raise ValueError(f"--set takes NAME=VALUE, such as learning_rate=2.4, given: '{text}'.")
    return name.strip(), value.strip()


@commands.command()
def export(
    run: Annotated[Path, typer.Argument(help="Folder of a run of 'brainscore-mouse train'.")],
    out: Annotated[Path | None, typer.Option(metavar='DIR', help=(
        'Folder of NAME.safetensors; by default that of the run.'))] = None,
    name: Annotated[str | None, typer.Option(help="By default the run folder's.")] = None,
    cards: Annotated[Path | None, typer.Option(metavar='DIR', help=(
        'Folder of the model card, NAME.json and NAME.md; by default beside the weights.'))] = None,
    describe: Annotated[str | None, typer.Option(metavar='TEXT', help=(
        'What the images are, for the card; by default what the domain says of itself.'))] = None,
    probe: Annotated[list[str] | None, typer.Option(metavar='DOMAIN', help=(
        'A prepared domain with classes to tell apart from the features, for the card; may be given again.'))] = None,
    replace: Annotated[bool, typer.Option('--replace', help='Overwrite an earlier export.')] = False,
    eight_bits: Annotated[bool, typer.Option('--eight-bits', help=(
        'Round the weights to eight bits, which halves the file; otherwise half precision.'))] = False,
) -> None:
    """Write a trained network's weights and its model card."""
    from training.domains import open_domain
    from training.export import export as export_run
    typer.echo(export_run(run, out, name, cards, describe, [open_domain(domain) for domain in probe or ()], replace,
                          eight_bits))


@commands.command()
def import_checkpoint(
    file: Annotated[Path, typer.Argument(help='Lightning checkpoint as published with Prasad et al. (2022).')],
    out: Annotated[Path | None, typer.Option(metavar='DIR', help=(
        'Folder of NAME.safetensors and the card; by default that of the file.'))] = None,
    name: Annotated[str | None, typer.Option(help="By default the file's, without its ending.")] = None,
    replace: Annotated[bool, typer.Option('--replace', help='Overwrite an earlier import.')] = False,
) -> None:
    """Take the weights out of a published checkpoint, without running anything it holds."""
    from training.export import import_checkpoint as take_weights
    typer.echo(take_weights(file, out, name, replace))
