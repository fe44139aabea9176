"""From models and benchmarks to results, by the workers of Dask."""
import itertools
import logging
import random
import shutil
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Console
from rich.table import Table
from tqdm import tqdm

from training.atomic import remove_leftovers, replacing

from . import workers
from .features import FEATURES, features_of_sweep
from .fingerprint import code_digest
from .leaderboard import leaderboard, print_leaderboard, save_leaderboard, whole_names
from .results import PARTIAL, read_summary
from .room import check_room
from .tasks import ANY_LAYER, PlannedTask, Task

ERRORS = 'errors.txt'
WORKERS_ENVIRONMENT = {
    'TQDM_DISABLE': '1', 'PYTHONWARNINGS': 'ignore::FutureWarning',  # they would write over the sweep's own bar
    'BS_INSTALL_DEPENDENCIES': 'no',  # else all workers would install the plugins' requirements at the same time
}


class SweepFailed(RuntimeError):
    """Some tasks of a sweep have failed; the others are finished.

    Attributes
    ----------
    failures : dict of Task to Exception
        What failed, and why.
    """

    def __init__(self, failures: dict[Task, Exception], total: int, out: Path):
        super().__init__(f'{len(failures)} of {total} tasks failed, with the errors above and in {out / ERRORS}. The '
                         'others are finished; start the sweep again to compute those that are missing.')
        self.failures = failures


def sweep(models: list[str], benchmarks: list[str], layers: str | list[str] = 'mapped', out: Path = Path('sweep'),
          scheduler: str | None = None) -> pd.DataFrame:
    """Score every model on every benchmark, layer by layer, and compare them.

    The result of each task (model, layer, benchmark) is written to its own file as soon as it is there, so that a sweep
    that was stopped, in whatever way, goes on where it was when it is started again. A task is computed again only if
    the plugins' code, the model's weights, the recordings or the libraries have changed since.

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
        If tasks failed, once all others are finished and the leaderboard is saved.
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
        raise ValueError(f'{len(models)} models and {len(benchmarks)} benchmarks were given: give at least one of '
                         'each.')
    out = Path(out).resolve()
    out.mkdir(parents=True, exist_ok=True)
    remove_leftovers(out / PARTIAL)
    console = Console()
    remove_leftovers(out / FEATURES)
    with _client(scheduler) as client, features_of_sweep(out) as folder:
        planned, failures, sizes = _plan(client, models, benchmarks, layers, out)
        summaries = _finished(planned, out, console)
        total = len(planned) + len(failures)
        groups = _groups([one for one in planned if one.task not in summaries])
        at_once = check_room(groups, sizes, out, sum(client.nthreads().values()), local=scheduler is None,
                             console=console)
        with tqdm(total=len(planned), initial=len(summaries), unit='task', smoothing=0, desc='scoring') as bar:
            for task, outcome in _compute(client, groups, folder, out, at_once):
                (failures if isinstance(outcome, Exception) else summaries)[task] = outcome
                bar.set_postfix_str(f'{len(failures)} failed' if failures else '')
                bar.update()
    in_order = {one.task: summaries[one.task] for one in planned if one.task in summaries}
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
    # Features are mapped files, which count as a worker's memory though the system takes their pages back
    unlimited = {f'distributed.worker.memory.{limit}': False for limit in ('target', 'spill', 'pause', 'terminate')}
    with (dask.config.set(environment | unlimited),
          LocalCluster(n_workers=CPU_COUNT, threads_per_worker=1, dashboard_address='127.0.0.1:0',
                       silence_logs=logging.CRITICAL) as cluster,
          Client(cluster, set_as_default=False) as client):
        yield client


def _plan(client, models: list[str], benchmarks: list[str], layers: str | list[str],
          out: Path) -> tuple[list[PlannedTask], dict[Task, Exception], dict[Task, int]]:
    """Tasks for all that loads, the errors of what does not or cannot be recorded, and bytes of the tasks' features.

    A pair of a model and a benchmark of which one does not load is one failed task.
    """
    described, broken = _results(_describe(client, 'benchmarks', benchmarks, workers.describe_benchmark), 'benchmarks')
    answers = _describe(client, 'models', models, workers.describe_model, described, layers)
    # measured where the model has just been loaded
    sizes = {model: client.submit(workers.measure_layers, future, out, pure=False)
             for model, future in answers.items() if not isinstance(future, Exception)}
    answers, errors = _results(answers, 'models')
    measured, unmeasured = _results(sizes, 'layers')
    failures = {Task(model, ANY_LAYER, benchmark): errors.get(model, broken.get(benchmark))
                for model in models for benchmark in benchmarks if model in errors or benchmark in broken}
    planned, found = [], {}
    for model, (tasks, unknown) in answers.items():
        failures |= unknown
        for one in tasks:
            size = measured.get(model, {}).get(one.task, 0)
            error = unmeasured[model] if one.layered and model in unmeasured else size
            if isinstance(error, Exception):
                failures[one.task] = error
            else:
                planned.append(one)
                found[one.task] = size
    return planned, failures, found


def _describe(client, type_: str, identifiers: list[str], describe: Callable, *args) -> dict:
    """For each identifier the future of what a function of the workers returns, or the error that its code has."""
    futures = {}
    for identifier in identifiers:
        try:
            futures[identifier] = client.submit(describe, identifier, code_digest(type_, identifier), *args, pure=False)
        except (LookupError, OSError, SyntaxError) as error:
            futures[identifier] = error
    return futures


def _results(futures: dict, what: str) -> tuple[dict[str, Any], dict[str, Exception]]:
    """The results of futures, and the errors of those that have none."""
    results, errors = {}, {}
    for identifier, future in tqdm(futures.items(), desc=f'loading {what}', leave=False):
        try:
            if isinstance(future, Exception):
                raise future
            results[identifier] = future.result()
        except Exception as error:  # plugins may raise anything
            errors[identifier] = _explained(error)
    return results, errors


def _finished(planned: list[PlannedTask], out: Path, console: Console) -> dict[Task, dict]:
    """Summaries of the tasks that need not be computed."""
    summaries, outdated = {}, 0
    for one in planned:
        summary, fingerprint = read_summary(one.task, out)
        if fingerprint == one.fingerprint:
            summaries[one.task] = summary
        elif fingerprint is not None:
            outdated += 1
    if summaries:
        console.print(f'{len(summaries)} of {len(planned)} tasks are finished already.', highlight=False)
    if outdated:
        console.print(f'Computing {outdated} finished tasks again: code, weights, data or libraries have changed.',
                      highlight=False)
    return summaries


def _groups(planned: list[PlannedTask]) -> list[list[PlannedTask]]:
    """Tasks of one pass of a model over images together, in an order that two sweeps on one folder do not share."""
    groups = {}
    for one in planned:
        groups.setdefault((one.task.model, one.layered and one.images), []).append(one)
    return random.sample(list(groups.values()), len(groups))


def _compute(client, groups: list[list[PlannedTask]], folder: Path, out: Path,
             at_once: int) -> Iterator[tuple[Task, dict | Exception]]:
    """Compute the tasks; yields each with its summary or its error as it finishes.

    No more tasks are under way than can be, so that few features are held at a time and a worker that dies is blamed
    on the task that it was computing. Features are removed once all their tasks have finished.
    """
    from dask.distributed import as_completed
    waiting, tasks = _submissions(client, groups, folder, out), {}
    running = as_completed(loop=client.loop, raise_errors=False)
    unfinished = [len(group) for group in groups]

    def submit(n):
        for number, task, future in itertools.islice(waiting, n):
            tasks[future.key] = number, task
            running.add(future)

    submit(at_once)
    for future in running:
        number, task = tasks.pop(future.key)
        unfinished[number] -= 1
        if not unfinished[number]:
            shutil.rmtree(folder / str(number), ignore_errors=True)
        yield task, future.result() if future.status == 'finished' else _explained(future.exception())
        del future
        submit(at_once - len(tasks))


def _submissions(client, groups: list[list[PlannedTask]], folder: Path, out: Path) -> Iterator[tuple]:
    """Number of a group, task and its future, a group after the other; the next runs while the tasks are computed."""
    def record(number):
        group = groups[number] if number < len(groups) else []
        if not group or not group[0].layered:
            return None
        return client.submit(workers.record_features, group, folder / str(number), pure=False)
    ahead = record(0)
    for number, group in enumerate(groups):
        features, ahead = ahead, record(number + 1)
        for one in group:
            yield number, one.task, client.submit(workers.score_task, one, features, out, pure=False)


def _explained(error: Exception) -> Exception:
    from distributed.scheduler import KilledWorker
    if isinstance(error, KilledWorker):
        return RuntimeError(f'its worker died {error.allowed_failures + 1} times: too little memory, or a crash')
    return error


def _report(failures: dict[Task, Exception], out: Path, console: Console) -> None:
    """Print the failed tasks, those of one error together, and save the errors with their tracebacks."""
    (out / ERRORS).unlink(missing_ok=True)
    if not failures:
        return
    alike = {}
    for task, error in failures.items():
        alike.setdefault((task.model, task.benchmark, f'{type(error).__name__}: {error}'), []).append(task.layer)
    table = Table(*whole_names('model', 'benchmark', 'layer', 'error'), title='Failed', show_lines=True)
    for (model, benchmark, error), layers in alike.items():
        table.add_row(model, benchmark, ', '.join(layers), error)
    console.print(table)
    with replacing(out / ERRORS, out / PARTIAL) as temporary:
        temporary.write_text('\n'.join(f'{task}\n' + ''.join(traceback.format_exception(error))
                                       for task, error in failures.items()))
