"""Commands that fetch, package and verify real recordings."""
from pathlib import Path
from typing import Annotated

import typer

from brainscore_plugin.recordings.catalogue import NAMES

commands = typer.Typer(no_args_is_help=True,
                       help='Real recordings of mouse visual cortex: fetch, package for Brain-Score, verify.')
Recording = Annotated[str, typer.Argument(metavar='NAME', help=f"{', '.join(NAMES.values())}.")]


@commands.command('list')
def list_recordings() -> None:
    """Show what is published, how large it is, under which licence, and what is fetched and packaged here."""
    from brainscore_plugin.recordings.overview import overview
    typer.echo(overview())


@commands.command('fetch')
def fetch_recordings(
    name: Recording,
    cache: Annotated[Path | None, typer.Option(metavar='CACHE', help='Folder to fetch into.')] = None,
    keep_nwb: Annotated[bool, typer.Option('--keep-nwb', help=(
        "Keep each session's files; otherwise they are deleted once its responses are taken."))] = False,
) -> None:
    """Show the terms of recordings and fetch them, session by session; start it again to go on where it was stopped."""
    from brainscore_plugin.recordings.catalogue import published
    from brainscore_plugin.recordings.fetch import fetch
    recording = published(name)
    recording.index()  # an error where there is nothing to fetch, which needs no terms
    typer.echo(recording.terms())
    cache = fetch(name, cache, keep_nwb)
    typer.echo(f"All of {name} is in {cache}: 'brainscore-mouse recordings package {name} --from {cache}' packages it.")


@commands.command('package')
def package_recordings(
    name: Recording,
    cache: Annotated[Path, typer.Option('--from', metavar='CACHE', help='Folder of the published files.')],
    out: Annotated[Path | None, typer.Option(metavar='DIR', help=(
        "Folder to write into instead of Brain-Score's data home, where the data plugins look."))] = None,
    partial: Annotated[bool, typer.Option('--partial', help='Package the sessions there are.')] = False,
    kind: Annotated[str | None, typer.Option(metavar='KIND', help=(
        'Kind of responses where there are several: dff or events of allen-calcium.'))] = None,
) -> None:
    """Write published recordings as Brain-Score stimulus sets and assemblies."""
    from brainscore_plugin.recordings.catalogue import published
    for folder in published(name).package(cache, out, partial, kind):
        typer.echo(f'Packaged: {folder}')


@commands.command('verify')
def verify_recordings(
    name: Annotated[str, typer.Argument(metavar='NAME', help='Of recordings, or an identifier such as deVries2020.')],
    out: Annotated[Path | None, typer.Option('--in', metavar='DIR', help="Instead of Brain-Score's data home.")] = None,
) -> None:
    """Compare packaged files with the SHA-1s that packaging wrote down."""
    from brainscore_plugin.recordings.verify import verify
    for sidecar in verify(name, out):
        typer.echo(f"{sidecar['identifier']}: {len(sidecar['sha1'])} files are as they were packaged")


@commands.command('environment')
def build_environment() -> None:
    """Build the environment that AllenSDK needs, for fetching and packaging its recordings."""
    from brainscore_plugin.recordings import allen_environment
    typer.echo(f'AllenSDK: {allen_environment.build()}')
