"""What the workers of a sweep do: find what there is to score, run a model, score a task."""
import difflib
import functools
from collections.abc import Callable
from pathlib import Path

import dask
import numpy as np
import torch
from brainscore_vision import load_benchmark
from brainscore_vision.benchmarks.mouse_predictivity.benchmark import MousePredictivity
from brainscore_vision.benchmarks.mouse_predictivity.commitment import Commitment, commitment
from brainscore_vision.benchmarks.mouse_predictivity.memory import feature_bytes
from brainscore_vision.model_helpers.activations.pytorch import PytorchWrapper
from brainscore_vision.model_helpers.brain_transformation import ModelCommitment
from threadpoolctl import threadpool_limits

from brainscore_plugin.any_network import load_model

from .features import FeatureFolder, RecordedLayer
from .fingerprint import code_digest, digest, recordings_digest, stimuli_digest, weights_digest
from .results import read_summary, write_result
from .rows import neuron_values, score_rows
from .tasks import COMMITTED, PlannedTask, Task


def _alone(function: Callable) -> Callable:
    """Keep a function to one core, so that its numbers do not depend on how many a worker has, and to itself.

    Brain-Score's recordings are read through dask, which would hand the reading on to the cluster and let the worker
    begin something else in the midst of this; each would then wait for the other.
    """
    @functools.wraps(function)
    def run(*args):
        torch.set_num_threads(1)
        with dask.config.set(scheduler='synchronous'), threadpool_limits(1):
            return function(*args)
    return run


@_alone
def describe_benchmark(identifier: str, code: str) -> tuple[str, str]:
    """Digests of a benchmark and of its images, after making sure that this worker runs the code of that digest."""
    _check_code('benchmarks', identifier, code)
    benchmark, found = _benchmark(identifier)
    mouse = isinstance(benchmark, MousePredictivity)
    return found, stimuli_digest(benchmark.recordings.attrs['stimulus_set']) if mouse else ''


@_alone
def describe_model(identifier: str, code: str, benchmarks: dict[str, tuple[str, str]],
                   layers: str | list[str]) -> tuple[list[PlannedTask], dict[Task, Exception]]:
    """What there is to score of a model.

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
    tasks : list of PlannedTask
    unknown : dict
        Task -> error, for the layers that the model does not have.
    """
    _check_code('models', identifier, code)
    model, found = _model(identifier)
    tasks, unknown = [], {}
    for name, (benchmark_digest, images) in benchmarks.items():
        chosen, wanted = _choose(model, _expect(_benchmark, name, benchmark_digest), layers)
        for layer in wanted:
            task = Task(identifier, layer, name)
            if layer == COMMITTED or _has_layer(model, layer):
                headline = layer == COMMITTED or layer in chosen.layers[:1]
                tasks.append(PlannedTask(task, chosen.region, headline, chosen.mapped, found, benchmark_digest, images,
                                         _depth(model, layer), _parameters(model)))
            else:
                unknown[task] = LookupError(f"{identifier} has no layer '{layer}'. {_near(model, layer)}")
    return tasks, unknown


@_alone
def measure_layers(described: tuple[list[PlannedTask], dict[Task, Exception]],
                   out: Path) -> dict[Task, int | Exception]:
    """Show a model one of each benchmark's images: bytes of the features of a task's layer, or why there are none.

    Parameters
    ----------
    described
        As :func:`describe_model` returns it.
    out : pathlib.Path
        The sweep's folder; tasks that are finished there are passed over.
    """
    groups: dict[str, list[PlannedTask]] = {}
    for one in described[0]:
        if one.layered and read_summary(one.task, out)[1] != one.fingerprint:
            groups.setdefault(one.images, []).append(one)
    measured: dict[Task, int | Exception] = {}
    for group in groups.values():
        first = group[0]
        model = _expect(_model, first.task.model, first.model)
        benchmark = _expect(_benchmark, first.task.benchmark, first.benchmark)
        sizes = benchmark.measure_layers(model, _layers(group))
        n_images = len(benchmark.recordings.attrs['stimulus_set'])
        for one in group:
            size = sizes.get(one.task.layer, LookupError('it cannot be recorded by itself'))
            measured[one.task] = feature_bytes(size, n_images) if isinstance(size, int) else _reason(one.task, size)
    return measured


@_alone
def record_features(planned: list[PlannedTask], folder: Path) -> dict[str, RecordedLayer]:
    """Features of the layers of tasks that share a model and images, in one pass, written to a folder."""
    first = planned[0]
    model = _expect(_model, first.task.model, first.model)
    benchmark = _expect(_benchmark, first.task.benchmark, first.benchmark)
    files = FeatureFolder(folder)
    return files.keep(benchmark.features(model, _layers(planned), files.allocate)[1])


@_alone
def score_task(planned: PlannedTask, features: dict[str, RecordedLayer] | None, out: Path) -> dict:
    """Score a task and write its result, unless another sweep has written it meanwhile; returns its summary."""
    task = planned.task
    summary, fingerprint = read_summary(task, out)
    if fingerprint == planned.fingerprint:
        return summary
    benchmark = _expect(_benchmark, task.benchmark, planned.benchmark)
    if planned.layered:
        score = benchmark.score_features(features[task.layer].load())
    else:
        score = benchmark(_expect(_model, task.model, planned.model))
    summary = {'value': float(score), 'error': float(score.attrs.get('error', np.nan)),
               'region': planned.region or score.attrs.get('region', ''), 'committed': planned.committed,
               'mapped': planned.mapped,
               'n_neurons': score.attrs.get('n_neurons'), 'n_nan': score.attrs.get('n_nan'),
               'depth': planned.depth, 'parameters': planned.parameters, **_other_animals(benchmark)}
    write_result(task, out, score_rows(score, benchmark), summary, planned.fingerprint, neuron_values(score))
    return summary


def _other_animals(benchmark) -> dict[str, float | int]:
    """What other animals' neurons get on a benchmark, and how many animals there are; computed once a worker."""
    found = benchmark.inter_animal_consistency if isinstance(benchmark, MousePredictivity) else None
    return {} if found is None else {'consistency': float(found), 'consistency_error': float(found.attrs['error']),
                                     'n_animals': found.attrs['n_animals']}


def _choose(model, benchmark, layers: str | list[str]) -> tuple[Commitment, list[str]]:
    """The layers that the model commits to, and those to score."""
    if not isinstance(benchmark, MousePredictivity):
        return Commitment('', ()), [COMMITTED]
    if not isinstance(model, ModelCommitment):
        return Commitment('', ()), [COMMITTED] if isinstance(layers, str) else layers
    chosen = commitment(model, benchmark.region)
    if not isinstance(layers, str):
        return chosen, layers
    if layers == 'all' or not chosen.mapped:
        return chosen, list(model.layers)
    # of networks that are named, the committed layer stands before those that run before it
    order = {layer: place for place, layer in enumerate(model.layers or chosen.layers)}
    return chosen, sorted(chosen.layers, key=lambda layer: order.get(layer, 0))


def _layers(planned: list[PlannedTask]) -> list[str]:
    return list(dict.fromkeys(one.task.layer for one in planned))


def _reason(task: Task, error: Exception) -> ValueError:
    return ValueError(f"layer '{task.layer}' of {task.model} cannot be recorded: {type(error).__name__}: {error}")


def _near(model, layer: str) -> str:
    """The layer's nearest names and those that the model names and has, in a sentence or two."""
    network = getattr(getattr(model, 'activations_model', None), '_model', None)
    named = [name for name in getattr(model, 'layers', []) if _has_layer(model, name)]
    everything = [name for name, _ in network.named_modules()] if isinstance(network, torch.nn.Module) else []
    if not named and not everything:
        return 'Its layers cannot be recorded one by one: score it without naming any.'
    near = difflib.get_close_matches(layer, named, n=3) or difflib.get_close_matches(layer, everything, n=3)
    hint = f"Did you mean {' or '.join(near)}? " if near else ''
    return hint + (f"It names {', '.join(named)}." if named else 'None of those it names is in its network.')


def _depth(model, layer: str) -> int | None:
    layers = list(getattr(model, 'layers', None) or [])
    return layers.index(layer) if layer in layers else None


def _parameters(model) -> int | None:
    network = getattr(getattr(model, 'activations_model', None), '_model', None)
    return sum(weights.numel() for weights in network.parameters()) if isinstance(network, torch.nn.Module) else None


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
        return benchmark, digest(code, *map(recordings_digest, benchmark.all_recordings()))
    return benchmark, code


def _expect(load: Callable[[str], tuple], identifier: str, expected: str):
    """The model or benchmark, if it still is what it was when the sweep began."""
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
