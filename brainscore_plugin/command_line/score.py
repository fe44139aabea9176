"""Commands that score models, and that say what a score is worth."""
from pathlib import Path
from typing import Annotated

import typer

from brainscore_plugin.comma_separated import comma_separated

from .models import NetworkSize, NetworkWeights

commands = typer.Typer()


@commands.command()
def check(model: str, benchmark: str) -> None:
    """Say in one line what would keep MODEL from being scored on BENCHMARK, before anything is loaded."""
    from brainscore_plugin.check import check_scorable
    check_scorable(model, benchmark)


@commands.command()
def score(
    models: Annotated[str, typer.Option(help=(
        'Separated by commas: identifiers, or networks such as torchvision:resnet18, timm:vit_tiny_patch16_224@none or '
        'mine.py:build_model@64px.'))],
    benchmarks: Annotated[str, typer.Option(help='Benchmark identifiers, separated by commas.')],
    layers: Annotated[str, typer.Option(help=(
        "'mapped' to the benchmark's area, 'all' of the model's, or names separated by commas."))] = 'mapped',
    out: Annotated[Path, typer.Option(metavar='DIR', help='Folder of the results; finished ones are kept.')] = Path(
        'sweep'),
    weights: NetworkWeights = None,
    size: NetworkSize = None,
    scheduler: Annotated[str | None, typer.Option(metavar='ADDRESS', help=(
        'A Dask scheduler, such as tcp://host:8786, to compute on; by default the cores of this machine.'))] = None,
) -> None:
    """Score every model on every benchmark, layer by layer; start it again to go on where it was stopped."""
    from brainscore_plugin.any_network.network_name import is_network_name, with_defaults
    names = [with_defaults(name, weights, size) for name in comma_separated(models)]
    if any(map(is_network_name, names)):
        from brainscore_plugin.any_network.published_weights import fetch_absent
        fetch_absent(names, typer.echo)
    from brainscore_plugin.sweep import sweep
    chosen = layers if layers in ('mapped', 'all') else comma_separated(layers)
    sweep(names, comma_separated(benchmarks), chosen, out, scheduler)
    typer.echo(f'Results: {out.resolve()}')


@commands.command()
def ceiling(
    benchmarks: Annotated[list[str], typer.Argument(metavar='BENCHMARK', help='Mouse benchmarks.')],
    out: Annotated[Path | None, typer.Option(metavar='FILE.csv', help='Write a row for each neuron.')] = None,
) -> None:
    """Show how reliable the neurons of benchmarks are, by area and animal, and what other animals' neurons predict."""
    from brainscore_plugin.ceiling import neuron_reliabilities, other_animals, table, write_csv
    neurons = neuron_reliabilities(benchmarks)
    typer.echo(table(neurons))
    for line in other_animals(benchmarks):
        typer.echo(line)
    if out is not None:
        write_csv(neurons, out)
        typer.echo(f'{len(neurons)} neurons: {out}')


@commands.command()
def explain(model: str, benchmark: str) -> None:
    """Score MODEL on BENCHMARK beside chance and truth, and say in a few lines what the number means."""
    from brainscore_plugin.explain import explain as explain_score
    for line in explain_score(model, benchmark):
        typer.echo(line)


@commands.command()
def leaderboard(
    sweeps: Annotated[list[Path], typer.Argument(metavar='SWEEP', help="Folders that 'score' has written.")],
    out: Annotated[Path, typer.Option(metavar='FILE.html', help='The page to write.')] = Path('leaderboard.html'),
    facts: Annotated[Path | None, typer.Option(metavar='FILE.csv', help=(
        'A column model and others of numbers, such as naturalness, to show scores against.'))] = None,
) -> None:
    """Write a page of the results of sweeps: one file to look at in a browser, which needs no network."""
    from brainscore_plugin.leaderboard_page import write_page
    write_page(sweeps, out, facts)
    typer.echo(f'Page: {out.resolve()}')
