"""Commands that fetch images and make them ready for training."""
from pathlib import Path
from typing import Annotated

import typer

commands = typer.Typer(no_args_is_help=True, help='Images to train on.')


@commands.command('list')
def list_domains(
    verify: Annotated[bool, typer.Option('--verify', help=(
        'Compare all prepared images with their checksums, not only some.'))] = False,
) -> None:
    """Show the eight domains and your own: images, whether prepared, size, licence, source."""
    from rich.console import Console

    from training.domains.overview import domain_table
    table, damage = domain_table(verify)
    Console().print(table)
    for said in damage:
        typer.echo(said, err=True)
    if damage:
        raise typer.Exit(1)


@commands.command()
def fetch(name: str) -> None:
    """Download the official archives of NAME and verify them; start it again to go on where it was stopped."""
    from training.domains import DOMAINS
    from training.domains import fetch as fetch_domain
    if name in DOMAINS:
        typer.echo(DOMAINS[name].terms)
    folder = fetch_domain(name)
    typer.echo(f"{folder}\nNow: brainscore-mouse domains prepare {name}")


@commands.command()
def prepare(
    name: Annotated[str, typer.Argument(help='One of the eight, or a name of your own for a folder of images.')],
    source: Annotated[Path | None, typer.Option('--from', metavar='PATH', help=(
        'The archive, a folder that holds it, or the unpacked folder; by default what was fetched.'))] = None,
    count: Annotated[int | None, typer.Option(help='As many images, drawn at random; by default all.')] = None,
    seed: Annotated[int, typer.Option(help='Seed of that draw.')] = 0,
    verify: Annotated[bool, typer.Option('--verify', help=(
        'Refuse what is not the official archive; compare all of a domain that is there already with its checksums.'
        ))] = False,
    replace: Annotated[bool, typer.Option('--replace', help='Make a domain anew that is prepared already.')] = False,
) -> None:
    """Make the images of NAME ready for training; start it again to go on where it was stopped."""
    from training.domains import prepare as prepare_domain
    from training.domains.overview import description
    typer.echo(description(prepare_domain(name, source, count=count, seed=seed, verify=verify, replace=replace)))
