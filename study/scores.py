"""Predictivity of all models on all benchmarks, by resumable sweeps."""
from pathlib import Path

import pandas as pd

from brainscore_plugin.sweep import SweepFailed, load_results, sweep
from brainscore_plugin.sweep.results import read_summary
from brainscore_plugin.sweep.tasks import Task
from study.models import ORACLE, TRAINED
from study.predictivity import with_keys
from study.recordings import Recording


def score_models(models: list, recording: Recording, out: Path) -> tuple:
    """Score every layer of every model on every benchmark of a recording.

    Parameters
    ----------
    models : list of StudyModel
        Those that load.
    recording : Recording
    out : pathlib.Path
        Folder of the sweep; finished cells are kept.

    Returns
    -------
    cells : pandas.DataFrame
        As of :func:`brainscore_plugin.sweep.load_results`, with the columns label, group and domain.
    scores : pandas.DataFrame
        A row for each model, layer and benchmark: recording, area, metric, model, label, group, layer, value and error,
        as the benchmark gives them.
    missing : list of str
        What failed, in words.
    """
    models = [model for model in models if recording.simulated or model.identifier != ORACLE]
    failures = {}
    try:
        sweep([model.identifier for model in models], recording.benchmarks, out=out)
    except SweepFailed as error:
        failures = error.failures
    missing = _in_words(failures, recording, models)
    try:
        cells = load_results(out)
    except FileNotFoundError:
        return pd.DataFrame(), pd.DataFrame(), missing
    known = {model.identifier: model for model in models}
    failed = {(cell.model, cell.layer, cell.benchmark) for cell in failures}
    wanted = [model in known and benchmark in recording.benchmarks
              and not {(model, layer, benchmark), (model, '*', benchmark)} & failed
              for model, layer, benchmark in zip(cells.model, cells.layer, cells.benchmark)]
    cells = cells[wanted]
    cells = cells.assign(label=cells.model.map(lambda name: known[name].label),
                         group=cells.model.map(lambda name: known[name].group))
    cells['domain'] = cells.label.where(cells.group == TRAINED)
    order = {name: i for i, name in enumerate([*known, *recording.benchmarks])}
    cells = cells.sort_values(['benchmark', 'model'], key=lambda column: column.map(order), kind='stable')
    return cells.reset_index(drop=True), _scores(cells, out), missing


def _scores(cells: pd.DataFrame, out: Path) -> pd.DataFrame:
    rows = cells[['model', 'label', 'group', 'layer', 'benchmark']].drop_duplicates(ignore_index=True)
    summaries = [read_summary(Task(row.model, row.layer, row.benchmark), out)[0] for row in rows.itertuples()]
    values = pd.DataFrame(summaries, index=rows.index, columns=['value', 'error', 'n_neurons', 'n_nan'])
    return with_keys(rows.join(values)).drop(columns='benchmark')


def _in_words(failures: dict, recording: Recording, models: list) -> list:
    """One sentence for each error, however many cells it has kept from being scored."""
    alike = {}
    for cell, error in failures.items():
        alike.setdefault(f'{type(error).__name__}: {error}', []).append(cell)
    benchmarks = {cell.benchmark for cell in failures}
    scored = len(models) * len(recording.benchmarks)
    if benchmarks == set(recording.benchmarks) and len({(c.model, c.benchmark) for c in failures}) == scored:
        return [f"The recordings '{recording.name}' are missing, and with them all that rests on them. "
                f'{next(iter(alike))}']
    return [f"{_several('benchmark', {cell.benchmark for cell in cells})}, "
            f"{_several('model', {cell.model for cell in cells})}: {error}" for error, cells in alike.items()]


def _several(kind: str, names: set) -> str:
    names = sorted(names)
    return f"{kind}{'s' if len(names) > 1 else ''} {', '.join(names)}"
