"""Commands that pack models and plugins for Brain-Score."""
import warnings
from pathlib import Path
from typing import Annotated

import typer

commands = typer.Typer(no_args_is_help=True,
                       help="Pack for Brain-Score, verified by Brain-Score's own code before anything is written.")


@commands.callback()
def hush() -> None:
    """Keep what Brain-Score's own modules warn of at import out of the lines of the checks."""
    warnings.filterwarnings('ignore', message='xarray subclass', category=FutureWarning)


@commands.command('model')
def submit_model(
    identifier: Annotated[str, typer.Argument(help='One of the AlexNets, or a model that you registered.')],
    out: Annotated[Path, typer.Option(metavar='FILE.zip', help='The zip to write.')],
    weights: Annotated[str, typer.Option(metavar='embed|URL', help=(
        "Put the weights into the zip, or have them fetched from an address where you uploaded them."))] = 'embed',
) -> None:
    """Pack one model as the zip that Brain-Score's website takes."""
    from brainscore_plugin.submit.model_zip import submit_model as pack
    pack(identifier, out, weights)
    typer.echo(f'{out}: upload it at brain-score.org')


@commands.command('pull-request')
def submit_pull_request(
    out: Annotated[Path, typer.Option(metavar='DIR', help='Folder to make.')],
    s3_versions: Annotated[Path | None, typer.Option('--s3-versions', metavar='FILE', help=(
        "JSON that says which recordings and weights are in Brain-Score's storage: the versions.json that this command "
        'wrote before, completed.'))] = None,
) -> None:
    """Write all plugins as they go into brain-score/vision by three pull requests, and what to upload for them."""
    from brainscore_plugin.submit.pull_request import submit_pull_request as write
    write(out, s3_versions)
    typer.echo(f"{out}: a folder for each pull request, in the order of their names: lay its brainscore_vision over a "
               'checkout of brain-score/vision; PULL_REQUEST.md is title and text. UPLOAD.md says what to upload first')
