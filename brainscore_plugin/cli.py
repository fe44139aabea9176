"""The command `brainscore-mouse`. Each command imports what it needs when it is called, so that help is instant."""
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperGroup

from brainscore_plugin import __version__


class OneLineErrors(TyperGroup):
    """Shows what a user can mend as one line; `--debug` shows the traceback too."""

    def invoke(self, ctx: typer.Context):
        try:
            return super().invoke(ctx)
        except typer.Exit:  # a RuntimeError, too
            raise
        except (OSError, ValueError, LookupError, ImportError, RuntimeError) as error:
            if ctx.params.get('debug'):
                raise
            # the text of a KeyError is the repr of its argument
            typer.echo(f'Error: {error.args[0] if isinstance(error, KeyError) else error}', err=True)
            raise typer.Exit(1) from error


app = typer.Typer(cls=OneLineErrors, no_args_is_help=True, pretty_exceptions_enable=False,
                  context_settings={'help_option_names': ['-h', '--help']},
                  help='Mouse visual cortex for Brain-Score: link the plugins, score models, understand scores.')

View = Annotated[Path | None, typer.Option(metavar='DIR', help=(
    'Link into DIR, a view of the installed Brain-Score to put on PYTHONPATH, instead of the installation itself; '
    'for installations that cannot be written.'))]


def _show_version(show: bool) -> None:
    if show:
        typer.echo(f'brainscore-mouse {__version__}')
        raise typer.Exit()


@app.callback()
def main(debug: Annotated[bool, typer.Option('--debug', help='Show the traceback of an error.')] = False,
         version: Annotated[bool, typer.Option('--version', callback=_show_version, is_eager=True,
                                               help='Show the version.')] = False) -> None:
    pass


@app.command()
def link(view: View = None, quiet: Annotated[bool, typer.Option(help='Say nothing unless it fails.')] = False) -> None:
    """Make the plugins visible to the installed Brain-Score."""
    from brainscore_plugin import link as links
    brainscore = links.installed_brainscore()
    if view is not None:
        brainscore = links.make_view(view.resolve(), brainscore)
    placed = links.link(brainscore)
    if not quiet:
        copied = 'copied' in placed.values()
        typer.echo(f"{len(placed)} plugins {'copied' if copied else 'linked'} into {brainscore}")
        if copied:
            typer.echo('Links cannot be made here: link again whenever a plugin changes.')
        if view is not None:
            typer.echo(f'Use it with: export PYTHONPATH={view.resolve()}')


@app.command()
def unlink(view: View = None) -> None:
    """Take the plugins out of the installed Brain-Score again."""
    from brainscore_plugin import link as links
    removed = links.unlink(_brainscore(view))
    typer.echo(f'{len(removed)} plugins removed')


@app.command()
def status(view: View = None) -> None:
    """Show every plugin, what it registers, and whether Brain-Score sees it."""
    from rich.console import Console
    from rich.table import Table

    from brainscore_plugin import link as links
    brainscore = _brainscore(view)
    table = Table('type', 'plugin', 'identifier', 'live')
    for plugin in links.plugins():
        live = links.is_live(plugin, brainscore)
        for identifier in plugin.identifiers or ['(used by others)']:
            table.add_row(plugin.type, plugin.name, identifier, '[green]yes' if live else '[red]no')
    Console().print(table)
    typer.echo(f'Brain-Score: {brainscore}')


@app.command()
def doctor() -> None:
    """Check all that scoring, training, the study and the viewer need, and say what to do about what is amiss."""
    from brainscore_plugin.doctor import BROKEN, diagnose
    verdicts = set()
    for finding in diagnose():
        typer.echo(finding)
        verdicts.add(finding.verdict)
    if BROKEN in verdicts:
        raise typer.Exit(1)


@app.command()
def check(model: str, benchmark: str) -> None:
    """Say in one line what would keep MODEL from being scored on BENCHMARK, before anything is loaded."""
    from brainscore_plugin import check as checks
    checks.check_scorable(model, benchmark)


@app.command()
def score(
    models: Annotated[str, typer.Option(help='Model identifiers, separated by commas.')],
    benchmarks: Annotated[str, typer.Option(help='Benchmark identifiers, separated by commas.')],
    layers: Annotated[str, typer.Option(help=(
        "'mapped' to the benchmark's area, 'all' of the model's, or names separated by commas."))] = 'mapped',
    out: Annotated[Path, typer.Option(metavar='DIR', help='Folder of the results; finished cells are kept.')] = Path(
        'sweep'),
    scheduler: Annotated[str | None, typer.Option(metavar='ADDRESS', help=(
        'A Dask scheduler, such as tcp://host:8786, to compute on; by default the cores of this machine.'))] = None,
) -> None:
    """Score every model on every benchmark, layer by layer; start it again to go on where it was stopped."""
    from brainscore_plugin.sweep import sweep
    chosen = layers if layers in ('mapped', 'all') else _names(layers)
    sweep(_names(models), _names(benchmarks), chosen, out, scheduler)
    typer.echo(f'Results: {out.resolve()}')


@app.command()
def ceiling(
    benchmarks: Annotated[list[str], typer.Argument(metavar='BENCHMARK', help='Mouse benchmarks.')],
    out: Annotated[Path | None, typer.Option(metavar='FILE.csv', help='Write a row for each neuron.')] = None,
) -> None:
    """Show how reliable the neurons of benchmarks are, by area and animal."""
    from brainscore_plugin import ceiling as ceilings
    neurons = ceilings.neuron_reliabilities(benchmarks)
    typer.echo(ceilings.table(neurons))
    if out is not None:
        ceilings.write_csv(neurons, out)
        typer.echo(f'{len(neurons)} neurons: {out}')


@app.command()
def explain(model: str, benchmark: str) -> None:
    """Score MODEL on BENCHMARK beside chance and truth, and say in two lines what the number means."""
    from brainscore_plugin.explain import explain as explain_score
    for line in explain_score(model, benchmark):
        typer.echo(line)


@app.command('view')
def view_in_napari(
    paths: Annotated[list[Path] | None, typer.Argument(metavar='PATH', help=(
        'Files of weights, prepared domains, folders of images, training runs or sweeps to open.'))] = None,
    models: Annotated[str, typer.Option(help='Model identifiers to show, separated by commas.')] = '',
    views: Annotated[str, typer.Option(help='Which to open, separated by commas.')] = (
        'browser,scores,activations,filters'),
) -> None:
    """Look at domain images, filters, activations and scores in napari."""
    from napari_viewer.show import run
    run(paths or [], _names(models), _names(views))


@app.command()
def train(
    domain: Annotated[str | None, typer.Argument(help='A prepared domain.')] = None,
    images: Annotated[Path | None, typer.Option(metavar='FOLDER', help=(
        'Train on a folder of images instead; it is prepared as a domain of the folder\'s name.'))] = None,
    run: Annotated[Path | None, typer.Option(metavar='DIR', help=(
        "Folder of the run, 'runs/DOMAIN' by default. Give a stopped run's to go on with it."))] = None,
    recipe: Annotated[str, typer.Option(help="'paper' or 'domain_rep', the authors' code.")] = 'paper',
    epochs: Annotated[int | None, typer.Option(help="Instead of the recipe's 600.")] = None,
    batch_size: Annotated[int | None, typer.Option(help=(
        "Instead of the recipe's 4096; the learning rate is scaled with it."))] = None,
    set_: Annotated[list[str], typer.Option('--set', metavar='NAME=VALUE', help=(
        'Any other setting of the recipe, such as learning_rate=2.4; may be given again.'))] = [],  # noqa: B006
    split: Annotated[str, typer.Option(help="'all' images or those of the 'train' split.")] = 'all',
    count: Annotated[int | None, typer.Option(help='Train on so many images, drawn by the seed.')] = None,
    seed: Annotated[int, typer.Option(help='Of initial weights, order and views of images.')] = 0,
    precision: Annotated[str, typer.Option(help="'32', 'bf16' or 'auto': bf16 where it is fast.")] = 'auto',
    accelerator: Annotated[str, typer.Option(help="'cpu', 'gpu' or 'auto'.")] = 'auto',
    devices: Annotated[int, typer.Option(help='GPUs of each machine, or processes on CPUs.')] = 1,
    nodes: Annotated[int, typer.Option(help='Machines; start the command on each, as Lightning describes.')] = 1,
) -> None:
    """Train AlexNet on a domain by SimCLR at 64 x 64 pixels; give the command again to go on where it was stopped."""
    import logging

    from pytorch_lightning.utilities import rank_zero_only

    from training.domains import open_domain, prepare
    from training.recipes import named_recipe
    from training.train import train as train_run
    if (domain is None) == (images is None):
        raise ValueError("Name a prepared domain or a folder of images: 'brainscore-mouse train DOMAIN' or "
                         "'brainscore-mouse train --images FOLDER'.")
    settings = dict(_setting(text) for text in set_)
    settings.update({name: value for name, value in (('epochs', epochs), ('batch_size', batch_size))
                     if value is not None})
    chosen = named_recipe(recipe).override(settings)
    prepared = open_domain(domain) if domain is not None else prepare(images.resolve().name, images)
    folder = run or Path('runs') / prepared.name
    logging.basicConfig(format='%(message)s')
    logging.getLogger('training').setLevel(logging.INFO)
    train_run(prepared, chosen, folder, seed, split, count, precision, accelerator, devices, nodes)
    rank_zero_only(typer.echo)(
        f"Trained: {folder}. 'brainscore-mouse export {folder}' writes the weights and their card.")


@app.command()
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
) -> None:
    """Write a trained network's weights and its model card."""
    from training.export import export as export_run
    domains = []
    if probe:
        from training.domains import open_domain
        domains = [open_domain(domain) for domain in probe]
    typer.echo(export_run(run, out, name, cards, describe, domains, replace))


@app.command()
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


@app.command()
def register(
    name: Annotated[str, typer.Argument(help='Identifier that the model shall have.')],
    weights: Annotated[Path | None, typer.Argument(help="Safetensors file as 'export' writes it.")] = None,
    replace: Annotated[bool, typer.Option('--replace', help='Update a model registered before.')] = False,
    remove: Annotated[bool, typer.Option('--remove', help='Take a registered model out again.')] = False,
    view: View = None,
) -> None:
    """Make weights of your own a model that Brain-Score knows as NAME."""
    from brainscore_plugin import register as registration
    if remove == (weights is not None):
        raise ValueError(f"Either 'brainscore-mouse register {name} WEIGHTS' or "
                         f"'brainscore-mouse register --remove {name}'.")
    if remove:
        typer.echo(f'Removed {registration.remove(name, _brainscore(view))}')
        return
    typer.echo(f'Registered {registration.register(name, weights, _brainscore(view), replace)}')
    if replace:
        typer.echo("Brain-Score's own benchmarks remember features by the model's name: "
                   'export BRAINSCORE_CACHE_PLUGIN_REVISION=1 to have them follow the weights.')


@app.command()
def probe(
    models: Annotated[list[str], typer.Argument(metavar='MODEL', help=(
        'Identifiers of AlexNets at 64 x 64 pixels, or safetensors files.'))],
    domain: Annotated[list[str], typer.Option(metavar='NAME', help=(
        'Prepared domain with training and test images; may be given again.'))],
    layers: Annotated[str, typer.Option(help=(
        "'pooled', the 256 outputs, or conv1 … conv5, separated by commas."))] = 'pooled',
    out: Annotated[Path | None, typer.Option(metavar='FILE.csv', help='Write the table.')] = None,
) -> None:
    """Show how well the classes of images are told from models' features, beside random weights and chance."""
    from brainscore_plugin.backbone import named_backbone
    from training.atomic import replacing
    from training.domains import open_domain
    from training.probe import probe_models
    table = probe_models({model: named_backbone(model) for model in models}, [open_domain(name) for name in domain],
                         _names(layers))
    typer.echo(table.to_string(index=False, float_format='{:.3f}'.format))
    if out is not None:
        with replacing(out) as temporary:
            table.to_csv(temporary, index=False)


@app.command()
def filters(
    models: Annotated[list[str], typer.Argument(metavar='MODEL', help=(
        'Identifiers of AlexNets at 64 x 64 pixels, or safetensors files.'))],
    out: Annotated[Path, typer.Option(metavar='DIR', help='Folder of the pictures.')] = Path('filters'),
) -> None:
    """Draw the first layer's filters of models, one PNG each."""
    from brainscore_plugin.backbone import named_backbone
    from training.filter_sheet import draw_filters
    for model in models:
        picture = out / f'{Path(model).stem}.png'
        draw_filters(named_backbone(model)['conv1.weight'].float().numpy(), f'{Path(model).stem}: conv1', picture)
        typer.echo(picture)


def _setting(text: str) -> tuple[str, str]:
    name, separator, value = text.partition('=')
    if not separator:
        raise ValueError(f"--set takes NAME=VALUE, such as learning_rate=2.4, given: '{text}'.")
    return name.strip(), value.strip()


domains = typer.Typer(no_args_is_help=True, help='Images to train on.')
app.add_typer(domains, name='domains')


@domains.command('list')
def list_domains() -> None:
    """Show the eight domains and your own: images, whether prepared, size, licence, source."""
    from rich.console import Console
    from rich.table import Table

    from training.domains import DOMAINS, open_domain, prepared_domains
    table = Table('name', 'images', 'prepared', 'download', 'licence', 'source')
    prepared = {name: open_domain(name) for name in prepared_domains()}
    for name, domain in DOMAINS.items():
        found = prepared.pop(name, None)
        kind = '' if found is None else ' official' if found.metadata['official'] else ' not official'
        table.add_row(name, f'{domain.images:,}', f'{len(found):,}{kind}' if found else 'no',
                      f'{domain.size / 1e6:,.0f} MB', domain.licence, domain.homepage)
    for name, found in prepared.items():
        table.add_row(name, '', f'{len(found):,}', '', found.metadata['licence'], 'your own')
    Console().print(table)


@domains.command('fetch')
def fetch_domain(name: str) -> None:
    """Download the official archives of NAME and verify them; start it again to go on where it was stopped."""
    from training.domains import DOMAINS, fetch
    if name in DOMAINS:
        domain = DOMAINS[name]
        typer.echo(f'{domain.title}, {domain.size / 1e6:,.0f} MB. Licence: {domain.licence}. {domain.caveats}')
    folder = fetch(name)
    typer.echo(f"{folder}\nNow: brainscore-mouse domains prepare {name}")


@domains.command('prepare')
def prepare_domain(
    name: Annotated[str, typer.Argument(help='One of the eight, or a name of your own for a folder of images.')],
    source: Annotated[Path | None, typer.Option('--from', metavar='PATH', help=(
        'The archive, a folder that holds it, or the unpacked folder; by default what was fetched.'))] = None,
    count: Annotated[int | None, typer.Option(help='As many images, drawn at random; by default all.')] = None,
    seed: Annotated[int, typer.Option(help='Seed of that draw.')] = 0,
    verify: Annotated[bool, typer.Option('--verify', help='Refuse what is not the official archive.')] = False,
    replace: Annotated[bool, typer.Option('--replace', help='Make a domain anew that is prepared already.')] = False,
) -> None:
    """Make the images of NAME ready for training; start it again to go on where it was stopped."""
    from training.domains import prepare
    domain = prepare(name, source, count=count, seed=seed, verify=verify, replace=replace)
    about = domain.metadata
    typer.echo(f"{name}: {len(domain):,} images in {domain.directory}")
    typer.echo(f"{about['title']}; fingerprint {domain.fingerprint[:12]}")
    for reason, number in about['left_out'].items():
        typer.echo(f'{number:,} left out: {reason}')
    if about['skipped']:
        first = about['skipped'][0]
        typer.echo(f"{len(about['skipped']):,} skipped, listed in domain.json; the first: {first['source']}: "
                   f"{first['reason']}")


recordings = typer.Typer(cls=OneLineErrors, no_args_is_help=True,
                         help='Real recordings of mouse visual cortex: fetch, package for Brain-Score, verify.')
app.add_typer(recordings, name='recordings')
Recording = Annotated[str, typer.Argument(metavar='NAME', help='allen-calcium, allen-neuropixels or sensorium2022.')]


@recordings.command('list')
def list_recordings() -> None:
    """Show what is published, how large it is, under which licence, and what is fetched and packaged here."""
    from brainscore_plugin.recordings.overview import overview
    typer.echo(overview())


@recordings.command('fetch')
def fetch_recordings(
    name: Recording,
    cache: Annotated[Path | None, typer.Option(metavar='CACHE', help='Folder to fetch into.')] = None,
    keep_nwb: Annotated[bool, typer.Option('--keep-nwb', help=(
        "Keep each session's files; otherwise they are deleted once its responses are taken."))] = False,
) -> None:
    """Fetch recordings, session by session; start it again to go on where it was stopped."""
    from brainscore_plugin.recordings.fetch import fetch
    cache = fetch(name, cache, keep_nwb)
    typer.echo(f"All of {name} is in {cache}: 'brainscore-mouse recordings package {name} --from {cache}' packages it.")


@recordings.command('package')
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


@recordings.command('verify')
def verify_recordings(
    name: Annotated[str, typer.Argument(metavar='NAME', help='Of recordings, or an identifier such as deVries2020.')],
    out: Annotated[Path | None, typer.Option('--in', metavar='DIR', help="Instead of Brain-Score's data home.")] = None,
) -> None:
    """Compare packaged files with the SHA-1s that packaging wrote down."""
    from brainscore_plugin.recordings.verify import verify
    for sidecar in verify(name, out):
        typer.echo(f"{sidecar['identifier']}: {len(sidecar['sha1'])} files are as they were packaged")


@recordings.command('environment')
def build_environment() -> None:
    """Build the environment that AllenSDK needs, for fetching and packaging its recordings."""
    from brainscore_plugin.recordings import allen_environment
    typer.echo(f'AllenSDK: {allen_environment.build()}')


submit = typer.Typer(cls=OneLineErrors, no_args_is_help=True,
                     help="Pack for Brain-Score, verified by Brain-Score's own code before anything is written.")
app.add_typer(submit, name='submit')


@submit.command('model')
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


@submit.command('pull-request')
def submit_pull_request(
    out: Annotated[Path, typer.Option(metavar='DIR', help='Folder to make.')],
    s3_versions: Annotated[Path | None, typer.Option('--s3-versions', metavar='FILE', help=(
        "JSON that says which recordings are in Brain-Score's storage: bucket, version_id and sha1 of their files."
    ))] = None,
) -> None:
    """Write all plugins as they go into a checkout of brain-score/vision, and the text of the pull request."""
    from brainscore_plugin.submit.pull_request import submit_pull_request as write
    write(out, s3_versions)
    typer.echo(f'{out}: lay brainscore_vision over a checkout of brain-score/vision; PULL_REQUEST.md is the text')


@app.command()
def study(
    recordings: Annotated[str, typer.Option(help=(
        'simulated, allen-calcium, allen-neuropixels or sensorium2022; several separated by commas.'))] = 'simulated',
    domains: Annotated[Path | None, typer.Option(metavar='PATH', help=(
        "Folder of prepared domains; by default where 'brainscore-mouse domains prepare' puts them."))] = None,
    models: Annotated[str | None, typer.Option(help=(
        'Model identifiers, separated by commas; IDENTIFIER:DOMAIN for a model of your own. By default the eight '
        'trained models and all controls.'))] = None,
    out: Annotated[Path, typer.Option(metavar='DIR', help='Folder of the results; what is finished is kept.')] = Path(
        'study-results'),
    seed: Annotated[int, typer.Option(help='Of all draws.')] = 0,
) -> None:
    """Every table and figure on training domains, in one report; start it again to go on where it was stopped."""
    from study.run import run_study
    report = run_study(out, _names(recordings), domains, _names(models) if models else None, seed)
    typer.echo(f'Report: {report}')


@app.command('control-domains')
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


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(',') if name.strip()]


def _brainscore(view: Path | None) -> Path:
    from brainscore_plugin import link as links
    if view is None:
        return links.installed_brainscore()
    brainscore = view.resolve() / 'brainscore_vision'
    if not brainscore.is_dir():
        raise FileNotFoundError(f"{view} holds no view of Brain-Score: 'brainscore-mouse link --view {view}' makes it.")
    return brainscore
