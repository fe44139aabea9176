"""From models and benchmarks to finished cells, by the workers of Dask."""
import itertools
import logging
import random
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table
from tqdm import tqdm

from . import tasks
from .cells import Cell, read_summary, remove_leftovers, replacing
from .fingerprint import code_digest
from .leaderboard import leaderboard, print_leaderboard, save_leaderboard

ANY_LAYER = '*'  # stands for the layers of a model or benchmark that does not load
ERRORS = 'errors.txt'
WORKERS_ENVIRONMENT = {
    'TQDM_DISABLE': '1', 'PYTHONWARNINGS': 'ignore::FutureWarning',  # they would write over the sweep's own bar
    'BS_INSTALL_DEPENDENCIES': 'no',  # else all workers would install the plugins' requirements at the same time
}


class SweepFailed(RuntimeError):
    """Some cells of a sweep have failed; the others are finished.

    Attributes
    ----------
    failures : dict of Cell to Exception
        What failed, and why.
    """

    def __init__(self, failures: dict, total: int, out: Path):
        super().__init__(f'{len(failures)} of {total} cells failed, with the errors above and in {out / ERRORS}. The '
                         'others are finished; start the sweep again to compute those that are missing.')
        self.failures = failures


def sweep(models: list, benchmarks: list, layers='mapped', out: Path = Path('sweep'),
          scheduler: str | None = None) -> pd.DataFrame:
    """Score every model on every benchmark, layer by layer, and compare them.

    Each cell (model, layer, benchmark) is written to its own file as soon as it is finished, so that a sweep that was
    stopped, however rudely, goes on where it was when it is started again. A finished cell is computed again only
    if the plugins' code, the model's weights, the recordings or the libraries have changed since.

    Parameters
    ----------
    models, benchmarks : list of str
        Identifiers that Brain-Score knows.
    layers : 'mapped', 'all' or list of str
        Those that a model maps to the benchmark's area, all that it names, or the ones given.
    out : pathlib.Path
        Folder of the results: cells/<benchmark>/<model>/<layer>.parquet, leaderboard.csv and .md, heatmap.png.
    scheduler : str, optional
        Address of a Dask scheduler, such as 'tcp://host:8786', whose workers have this environment and see `out`
        under the same path. By default one worker a core is started here.

    Returns
    -------
    pandas.DataFrame
        The leaderboard, one row for each model and benchmark.

    Raises
    ------
    SweepFailed
        If cells failed, when all others are finished and the leaderboard is saved.
    ValueError
        If there is no model or no benchmark.
    OSError
        If the folder cannot be written or the scheduler does not answer.

    Notes
    -----
    A script that calls this must do so under ``if __name__ == '__main__':``, for the workers import the script.
    """
    if isinstance(layers, str) and layers not in ('mapped', 'all'):
        layers = [layers]
    models, benchmarks = list(dict.fromkeys(models)), list(dict.fromkeys(benchmarks))
    if not models or not benchmarks:
        raise ValueError(f'{len(models)} models and {len(benchmarks)} benchmarks: give at least one of each.')
    out = Path(out).resolve()
    out.mkdir(parents=True, exist_ok=True)
    remove_leftovers(out)
    console = Console()
    with _client(scheduler) as client:
        jobs, failures = _plan(client, models, benchmarks, layers)
        summaries = _finished(jobs, out, console)
        total = len(jobs) + len(failures)
        missing = [job for job in jobs if job.cell not in summaries]
        with tqdm(total=len(jobs), initial=len(summaries), unit='cell', smoothing=0, desc='scoring') as bar:
            for cell, outcome in _compute(client, missing, out):
                (failures if isinstance(outcome, Exception) else summaries)[cell] = outcome
                bar.set_postfix_str(f'{len(failures)} failed' if failures else '')
                bar.update()
    in_order = {job.cell: summaries[job.cell] for job in jobs if job.cell in summaries}
    table = leaderboard(models, benchmarks, in_order)
    save_leaderboard(table, in_order, out)
    print_leaderboard(table, console)
    _report(failures, out, console)
    if failures:
        raise SweepFailed(failures, total, out)
    return table


@contextmanager
def _client(scheduler: str | None):
    import dask
    from dask.distributed import Client, LocalCluster
    from dask.system import CPU_COUNT
    if scheduler is not None:
        with Client(scheduler, set_as_default=False) as client:
            yield client
        return
    environment = {f'distributed.nanny.pre-spawn-environ.{name}': value for name, value in WORKERS_ENVIRONMENT.items()}
    with (dask.config.set(environment),
          LocalCluster(n_workers=CPU_COUNT, threads_per_worker=1, dashboard_address='127.0.0.1:0',
                       silence_logs=logging.CRITICAL) as cluster,
          Client(cluster, set_as_default=False) as client):
        yield client


def _plan(client, models: list, benchmarks: list, layers) -> tuple:
    """Jobs for all that loads, and a failed cell with its error for each pair of a model and benchmark that do not."""
    described, broken = _describe(client, 'benchmarks', benchmarks, tasks.describe_benchmark)
    answers, errors = _describe(client, 'models', models, tasks.describe_model, described, layers)
    failures = {Cell(model, ANY_LAYER, benchmark): errors.get(model, broken.get(benchmark))
                for model in models for benchmark in benchmarks if model in errors or benchmark in broken}
    jobs = []
    for found, unknown in answers.values():
        jobs += found
        failures |= unknown
    return jobs, failures


def _describe(client, type_: str, identifiers: list, task, *args) -> tuple:
    """What a task returns for each identifier that it can load, and the errors of the others."""
    futures, errors = {}, {}
    for identifier in identifiers:
        try:
            futures[identifier] = client.submit(task, identifier, code_digest(type_, identifier), *args, pure=False)
        except (LookupError, OSError, SyntaxError) as error:
            errors[identifier] = error
    results = {}
    for identifier, future in tqdm(futures.items(), desc=f'loading {type_}', leave=False):
        try:
            results[identifier] = future.result()
        except Exception as error:  # plugins may raise anything
            errors[identifier] = _explained(error)
    return results, errors


def _finished(jobs: list, out: Path, console: Console) -> dict:
    """Summaries of the cells that need not be computed."""
    summaries, outdated = {}, 0
    for job in jobs:
        summary, fingerprint = read_summary(job.cell, out)
        if fingerprint == job.fingerprint:
            summaries[job.cell] = summary
        elif fingerprint is not None:
            outdated += 1
    if summaries:
        console.print(f'{len(summaries)} of {len(jobs)} cells are finished already.', highlight=False)
    if outdated:
        console.print(f'{outdated} finished cells are of other code, weights, data or libraries: computing them again.',
                      highlight=False)
    return summaries


def _compute(client, jobs: list, out: Path) -> Iterator:
    """Compute the jobs; yields each cell with its summary or its error as it finishes.

    No more cells are under way than there are workers, so that few features are held at a time and a worker that
    dies is blamed on the cell that it was computing.
    """
    from dask.distributed import as_completed
    waiting, cells = _submissions(client, jobs, out), {}
    running = as_completed(loop=client.loop, raise_errors=False)

    def submit(n):
        for cell, future in itertools.islice(waiting, n):
            cells[future.key] = cell
            running.add(future)

    def idle():
        return max(1, sum(client.nthreads().values())) - len(cells)

    submit(idle())
    for future in running:
        cell = cells.pop(future.key)
        yield cell, future.result() if future.status == 'finished' else _explained(future.exception())
        del future
        submit(idle())


def _submissions(client, jobs: list, out: Path) -> Iterator:
    """Cells and their futures, one model after the other; the next one runs while the cells of one are computed."""
    groups = {}
    for job in jobs:
        groups.setdefault((job.cell.model, job.layered and job.stimuli), []).append(job)
    groups = list(groups.values())
    random.shuffle(groups)  # two sweeps on one folder then share the work
    ahead = _record(client, groups[0]) if groups else None
    for group, following in itertools.zip_longest(groups, groups[1:]):
        features, ahead = ahead, following and _record(client, following)
        for job in group:
            yield job.cell, client.submit(tasks.score_cell, job, features, out, pure=False)


def _record(client, group: list):
    return client.submit(tasks.record, group, pure=False) if group[0].layered else None


def _explained(error: Exception) -> Exception:
    from distributed.scheduler import KilledWorker
    if isinstance(error, KilledWorker):
        return RuntimeError(f'its worker died {error.allowed_failures + 1} times: too little memory, or a crash')
    return error


def _report(failures: dict, out: Path, console: Console) -> None:
    """Print the failed cells, those of one error together, and save the errors with their tracebacks."""
    (out / ERRORS).unlink(missing_ok=True)
    if not failures:
        return
    alike = {}
    for cell, error in failures.items():
        alike.setdefault((cell.model, cell.benchmark, f'{type(error).__name__}: {error}'), []).append(cell.layer)
    table = Table('model', 'benchmark', 'layer', 'error', title='Failed', show_lines=True)
    for (model, benchmark, error), layers in alike.items():
        table.add_row(model, benchmark, ', '.join(layers), error)
    console.print(table)
    with replacing(out / ERRORS, out) as temporary:
        temporary.write_text('\n'.join(f'{cell}\n' + ''.join(traceback.format_exception(error))
                                       for cell, error in failures.items()))
