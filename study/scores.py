"""Predictivity of all models on all benchmarks, by resumable sweeps."""
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from brainscore_plugin.recordings.kinds import ORACLES
from brainscore_plugin.sweep import SweepFailed, load_results, sweep
from brainscore_plugin.sweep.results import read_summary
from brainscore_plugin.sweep.tasks import Task
from study.models import StudyModel
from study.predictivity import with_keys
from study.recordings import Recording
from study.steps import EXPECTED

FROM_SUMMARY = ['value', 'error', 'n_neurons', 'n_nan', 'consistency', 'consistency_error', 'n_animals']


class Scored(NamedTuple):
    """What sweeps have found.

    Parameters
    ----------
    results : pandas.DataFrame
        As of :func:`brainscore_plugin.sweep.load_results`, with the columns label, group, domain and seed. Where a
        benchmark has one value, animal is 'all'.
    scores : pandas.DataFrame
        A row for each model, layer and benchmark: recording, area, metric, model, label, group, domain, seed, layer,
        value and error, as the benchmark gives them, n_neurons and n_nan; consistency, consistency_error and n_animals,
        which are what other animals' neurons get there in the place of a model, NaN where animals cannot be compared.
    missing : list of str
        Sentences: what failed, and why.
    """
    results: pd.DataFrame
    scores: pd.DataFrame
    missing: list[str]


def score_recordings(models: list[StudyModel], recordings: list[Recording], folder: Path) -> Scored:
    """Score models on every recording, each in a sweep of its own in `folder`; one that fails stops no other."""
    found = []
    for recording in recordings if models else []:
        try:
            found.append(score_models(models, recording, folder / recording.name))
        except EXPECTED as error:
            found.append(Scored(pd.DataFrame(), pd.DataFrame(), [
                f"The recordings '{recording.name}' could not be scored: {error}"]))
    nothing = [pd.DataFrame()]
    return Scored(pd.concat(nothing + [scored.results for scored in found], ignore_index=True),
                  pd.concat(nothing + [scored.scores for scored in found], ignore_index=True),
                  [sentence for scored in found for sentence in scored.missing])


def score_models(models: list[StudyModel], recording: Recording, out: Path) -> Scored:
    """Score every layer of every model on every benchmark of a recording.

    Parameters
    ----------
    models : list of StudyModel
        Those that load.
    recording : Recording
    out : pathlib.Path
        Folder of the sweep; finished results are kept.

    Returns
    -------
    Scored
    """
    models = [model for model in models if _may_be_asked(model, recording)]
    failures = {}
    try:
        sweep([model.identifier for model in models], recording.benchmarks, out=out)
    except SweepFailed as error:
        failures = error.failures
    missing = _as_sentences(failures, recording, models)
    try:
        results = load_results(out)
    except FileNotFoundError:
        return Scored(pd.DataFrame(), pd.DataFrame(), missing)
    results = _of_this_study(results, models, recording, failures)
    return Scored(results, _scores(results, out), missing)


def _may_be_asked(model: StudyModel, recording: Recording) -> bool:
    """Whether a model is no oracle, or is that of the recording: of other neurons an oracle knows nothing."""
    return model.identifier not in ORACLES.values() or model.identifier == ORACLES.get(recording.identifier)


def _of_this_study(results: pd.DataFrame, models: list[StudyModel], recording: Recording,
                   failures: dict[Task, Exception]) -> pd.DataFrame:
    """Results of these models on this recording, in their order, with label, group and domain; without what failed."""
    known = {model.identifier: model for model in models}
    failed = {(task.model, task.layer, task.benchmark) for task in failures}
    wanted = [model in known and benchmark in recording.benchmarks
              and not {(model, layer, benchmark), (model, '*', benchmark)} & failed
              for model, layer, benchmark in zip(results.model, results.layer, results.benchmark)]
    results = results[wanted]
    results = results.assign(label=results.model.map(lambda name: known[name].label),
                             group=results.model.map(lambda name: known[name].group),
                             domain=results.model.map(lambda name: known[name].domain),
                             seed=results.model.map(lambda name: known[name].seed),
                             animal=results.animal.fillna('all'), split=results.split.fillna(0))
    order = {name: i for i, name in enumerate([*known, *recording.benchmarks])}
    results = results.sort_values(['benchmark', 'model'], key=lambda column: column.map(order), kind='stable')
    return results.reset_index(drop=True)


def _scores(results: pd.DataFrame, out: Path) -> pd.DataFrame:
    rows = results[['model', 'label', 'group', 'domain', 'seed', 'layer', 'benchmark']].drop_duplicates(
        ignore_index=True)
    summaries = [read_summary(Task(row.model, row.layer, row.benchmark), out)[0] for row in rows.itertuples()]
    values = pd.DataFrame(summaries, index=rows.index, columns=FROM_SUMMARY)
    return with_keys(rows.join(values)).drop(columns='benchmark')


def _as_sentences(failures: dict[Task, Exception], recording: Recording, models: list[StudyModel]) -> list[str]:
    """One sentence for each error, however many tasks it has kept from being scored."""
    alike = {}
    for task, error in failures.items():
        alike.setdefault(f'{type(error).__name__}: {error}', []).append(task)
    benchmarks = {task.benchmark for task in failures}
    wanted = len(models) * len(recording.benchmarks)
    if benchmarks == set(recording.benchmarks) and len({(task.model, task.benchmark) for task in failures}) == wanted:
        return [f"The recordings '{recording.name}' are missing, and all that depends on them. {next(iter(alike))}"]
    return [f"{_listed('benchmark', {task.benchmark for task in tasks})}, "
            f"{_listed('model', {task.model for task in tasks})}: {error}" for error, tasks in alike.items()]


def _listed(kind: str, names: set[str]) -> str:
    names = sorted(names)
    return f"{kind}{'s' if len(names) > 1 else ''} {', '.join(names)}"
