"""The study's commands of `brainscore-mouse`; each imports what it needs when it is called."""
from pathlib import Path
from typing import Annotated

import typer

from brainscore_plugin.comma_separated import comma_separated

commands = typer.Typer()


@commands.command()
def study(
    recordings: Annotated[str | None, typer.Option(help=(
        'antolik2016, allen-rsm, allen-calcium, allen-neuropixels, sensorium2022 (real), twin or simulated; several '
        'separated by commas. By default all that are at hand.'))] = None,
    domains: Annotated[Path | None, typer.Option(metavar='PATH', help=(
        "Folder of prepared domains; by default where 'brainscore-mouse domains prepare' puts them."))] = None,
    models: Annotated[str | None, typer.Option(help=(
        'Model identifiers, separated by commas; IDENTIFIER:DOMAIN for a model of your own, several of a domain for '
        'its seeds. By default the trained models of all seeds and all controls.'))] = None,
    out: Annotated[Path, typer.Option(metavar='DIR', help='Folder of the results; what is finished is kept.')] = Path(
        'study-results'),
    seed: Annotated[int, typer.Option(help='Of everything random.')] = 0,
) -> None:
    """Every table and figure on training domains, in one report; start it again to go on where it was stopped."""
    from study.run import run_study
    report = run_study(out, comma_separated(recordings) if recordings else None, domains,
                       comma_separated(models) if models else None, seed)
    typer.echo(f'Report: {report}')


@commands.command('control-domains')
def control_domains(
    names: Annotated[list[str], typer.Argument(metavar='DOMAIN', help='Prepared domains.')],
    kind: Annotated[str, typer.Option(help=(
        "'scrambled' phases, or 'equalised' spectra."))] = 'scrambled',
    seed: Annotated[int, typer.Option(help='Of the random phases.')] = 0,
) -> None:
    """Prepare controls of domains, to train on: their spectra without the rest, or the rest without their spectra."""
    from study.control_domains import prepare_control
    from training.domains import open_domain
    for name in names:
        control = prepare_control(open_domain(name), kind, seed)
        typer.echo(f'{control.name}: {len(control)} images, {control.directory}')
