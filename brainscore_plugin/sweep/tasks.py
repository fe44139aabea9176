"""What the workers of a sweep do: say what there is to score, run a model, score a cell."""
import functools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import dask
import numpy as np
import pandas as pd
import torch
from brainscore_core.metrics import Score
from brainscore_vision import load_benchmark, load_model
from brainscore_vision.benchmarks.mouse_predictivity.benchmark import MousePredictivity
from brainscore_vision.model_helpers.activations.pytorch import PytorchWrapper
from brainscore_vision.model_helpers.brain_transformation import ModelCommitment
from threadpoolctl import threadpool_limits

from .cells import Cell, read_summary, write_cell
from .fingerprint import code_digest, digest, recordings_digest, stimuli_digest, versions, weights_digest

COMMITTED = 'committed'  # layer of the one cell of a model and a benchmark whose layers cannot be told apart


@dataclass(frozen=True)
class Job:
    """A cell and what its result follows from.

    Parameters
    ----------
    cell : Cell
        What is to be scored.
    region : str
        Region of the model that is recorded; empty where only the benchmark knows.
    committed : bool
        Whether the layer is the one that the model commits to.
    model, benchmark, stimuli : str
        Digests of what was found when the sweep began.
    """
    cell: Cell
    region: str
    committed: bool
    model: str
    benchmark: str
    stimuli: str

    @property
    def fingerprint(self) -> str:
        cell = self.cell
        named = json.dumps([cell.model, cell.layer, cell.benchmark, self.region, self.committed])
        return digest(named, self.model, self.benchmark)

    @property
    def layered(self) -> bool:
        """Whether the layer's features are recorded for it, rather than all by the benchmark itself."""
        return self.cell.layer != COMMITTED


def _alone(task):
    """Have a task keep to itself: one core, so that its numbers do not depend on how many a worker has.

    Brain-Score's recordings are read through dask, which would hand the reading on to the cluster and let the worker
    begin another task in the midst of this one; each would then wait for the other.
    """
    @functools.wraps(task)
    def run(*args):
        torch.set_num_threads(1)
        with dask.config.set(scheduler='synchronous'), threadpool_limits(1):
            return task(*args)
    return run


@_alone
def describe_benchmark(identifier: str, code: str) -> tuple:
    """Digests of a benchmark and of its stimuli, after making sure that this worker runs the code of that digest."""
    _check_code('benchmarks', identifier, code)
    benchmark, found = _benchmark(identifier)
    mouse = isinstance(benchmark, MousePredictivity)
    return found, stimuli_digest(benchmark.recordings.attrs['stimulus_set']) if mouse else ''


@_alone
def describe_model(identifier: str, code: str, benchmarks: dict, layers) -> tuple:
    """What of a model there is to score.

    Parameters
    ----------
    identifier, code : str
        The model, and the digest of its code.
    benchmarks : dict
        Benchmark -> what :func:`describe_benchmark` returned.
    layers : 'mapped', 'all' or list of str
        As given to :func:`~brainscore_plugin.sweep.sweep`.

    Returns
    -------
    jobs : list of Job
    unknown : dict
        Cell -> error, for the layers that the model does not have.
    """
    _check_code('models', identifier, code)
    model, found = _model(identifier)
    jobs, unknown = [], {}
    for name, (benchmark_digest, stimuli) in benchmarks.items():
        region, committed, wanted = _choose(model, _expect(_benchmark, name, benchmark_digest), layers)
        for layer in wanted:
            cell = Cell(identifier, layer, name)
            if layer == COMMITTED or _has_layer(model, layer):
                jobs.append(Job(cell, region, layer == committed, found, benchmark_digest, stimuli))
            else:
                unknown[cell] = LookupError(f"{identifier} has no layer '{layer}' that can be recorded by itself: its "
                                            f"layers are {', '.join(getattr(model, 'layers', [])) or 'not known'}.")
    return jobs, unknown


@_alone
def record(jobs: list) -> dict:
    """Features of the layers of jobs that share a model and stimuli, in one pass: layer -> NeuroidAssembly."""
    first = jobs[0]
    model = _expect(_model, first.cell.model, first.model)
    benchmark = _expect(_benchmark, first.cell.benchmark, first.benchmark)
    return benchmark.features(model, layers=list(dict.fromkeys(job.cell.layer for job in jobs)))[1]


@_alone
def score_cell(job: Job, features: dict | None, out: Path) -> dict:
    """Score a cell and write its file, unless another sweep has written it meanwhile; returns its summary."""
    summary, fingerprint = read_summary(job.cell, out)
    if fingerprint == job.fingerprint:
        return summary
    benchmark = _expect(_benchmark, job.cell.benchmark, job.benchmark)
    if job.layered:
        score = benchmark.metric(features[job.cell.layer], benchmark.recordings)
    else:
        score = benchmark(_expect(_model, job.cell.model, job.model))
    rows = _rows_per_animal(score, benchmark) if 'corrected' in score.attrs else _one_row(score, benchmark)
    rows = rows.assign(seed=score.attrs.get('seed'), protocol=score.attrs.get('protocol'), versions=versions())
    summary = {'value': float(score), 'error': float(score.attrs.get('error', np.nan)),
               'region': job.region or score.attrs.get('region', ''), 'committed': job.committed,
               'n_neurons': score.attrs.get('n_neurons'), 'n_nan': score.attrs.get('n_nan')}
    write_cell(job.cell, out, rows, summary, job.fingerprint)
    return summary


def _rows_per_animal(score: Score, benchmark: MousePredictivity) -> pd.DataFrame:
    """A row for each animal and split, from values per split and neuron or, of a pooling metric, split and animal."""
    corrected, raw = score.attrs['corrected'], score.raw.raw
    overall = score.attrs.get('neuroids', corrected)  # the value of all splits together, where the metric has one
    undefined = np.isnan(np.atleast_2d(overall.values)).all(axis=0)
    reliability = np.nanmean(benchmark.ceiling.raw.values, axis=0)
    owners = benchmark.recordings['animal'].values
    tables = []
    for animal in dict.fromkeys(corrected['animal'].values):
        mine = corrected['animal'].values == animal
        values = _median(corrected.values[:, mine])
        tables.append(pd.DataFrame({
            'animal': str(animal), 'split': np.arange(len(values)), 'value': values,
            'raw': _median(raw.values[:, mine]), 'ceiling': _median(reliability[None, owners == animal])[0],
            'n_neurons': (owners == animal).sum(), 'n_nan': undefined[mine].sum()}))
    return pd.concat(tables, ignore_index=True)


def _one_row(score: Score, benchmark) -> pd.DataFrame:
    raw = score.attrs.get(Score.RAW_VALUES_KEY)
    raw = float(raw) if getattr(raw, 'size', 0) == 1 else np.nan
    return pd.DataFrame({'animal': [None], 'split': [None], 'value': [float(score)], 'raw': [raw],
                         'ceiling': [float(score.attrs.get('ceiling', np.nan))], 'n_neurons': [None], 'n_nan': [None]})


def _median(values: np.ndarray) -> np.ndarray:
    """Median of each row over the values there are; NaN, without a warning, where there is none."""
    return pd.DataFrame(values).median(axis=1).to_numpy()


def _choose(model, benchmark, layers) -> tuple:
    """The region to record, the layer the model commits to, and those to score."""
    if not isinstance(benchmark, MousePredictivity):
        return '', COMMITTED, [COMMITTED]
    if not isinstance(model, ModelCommitment):
        return '', COMMITTED, [COMMITTED] if isinstance(layers, str) else layers
    region = benchmark.recorded_region(model)
    mapped = model.layer_model.region_layer_map[region]
    mapped = [mapped] if isinstance(mapped, str) else list(mapped)
    if isinstance(layers, str):
        layers = {'mapped': mapped, 'all': list(model.layers)}[layers]
    return region, mapped[0], layers


def _has_layer(model, layer: str) -> bool:
    wrapper = getattr(model, 'activations_model', None)
    if not isinstance(wrapper, PytorchWrapper):
        return layer in getattr(model, 'layers', [])
    try:
        wrapper.get_layer(layer)
    except AssertionError:
        return False
    return True


@functools.lru_cache(maxsize=1)  # models are large, and a sweep takes them one after the other
def _model(identifier: str) -> tuple:
    code = code_digest('models', identifier)
    model = load_model(identifier)
    return model, digest(code, weights_digest(model))


@functools.cache
def _benchmark(identifier: str) -> tuple:
    code = code_digest('benchmarks', identifier)
    benchmark = load_benchmark(identifier)
    if isinstance(benchmark, MousePredictivity):
        return benchmark, digest(code, *map(recordings_digest, _all_recordings(benchmark)))
    return benchmark, code


def _all_recordings(benchmark: MousePredictivity) -> Iterator:
    """The recordings that are scored and, where a metric has them apart, those it fits to."""
    yield benchmark.recordings
    if hasattr(benchmark.metric, 'training'):
        yield from map(benchmark.metric.training, dict.fromkeys(benchmark.recordings['animal'].values))


def _expect(load, identifier: str, expected: str):
    """A model or benchmark that is still what it was when the sweep began."""
    loaded, found = load(identifier)
    if found != expected:
        raise RuntimeError(f"'{identifier}' is not what it was when the sweep began: its code, weights or data have "
                           'changed or are random. Give random weights a seed, and start the sweep (and the workers '
                           'of a scheduler of your own) again.')
    return loaded


def _check_code(type_: str, identifier: str, code: str) -> None:
    if code_digest(type_, identifier) != code:
        raise RuntimeError(f"The worker has other code or libraries for '{identifier}' than the command: start the "
                           'workers again, in the same environment.')
