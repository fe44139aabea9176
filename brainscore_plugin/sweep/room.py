"""Whether a sweep has the memory and the disk that it needs, said before it begins."""
from pathlib import Path

from brainscore_vision.benchmark_helpers.memory import available_memory_gb
from brainscore_vision.benchmarks.mouse_predictivity.memory import COPIES
from rich.console import Console

from training.disk import check_space

from .features import REMEDY
from .tasks import PlannedTask, Task

PASSES_AT_ONCE = 3  # one is recorded ahead, one is scored, and tasks of the one before may be going on


def check_room(groups: list[list[PlannedTask]], sizes: dict[Task, int], out: Path, n_workers: int, local: bool,
               console: Console) -> int:
    """Say what a sweep will need, and how many tasks may be computed at a time.

    Parameters
    ----------
    groups : list of list of PlannedTask
        Tasks that share features.
    sizes : dict of Task to int
        Bytes of the features of a task.
    out : pathlib.Path
        The sweep's folder.
    n_workers : int
    local : bool
        Whether the workers have the memory of this machine.
    console : rich.console.Console

    Returns
    -------
    int
        No more than workers, and on this machine no more than its memory holds; at least 1.

    Raises
    ------
    OSError
        If the disk lacks the room.
    """
    passes = sorted(sum({one.task.layer: sizes[one.task] for one in group}.values()) for group in groups)
    on_disk = sum(passes[-PASSES_AT_ONCE:])
    working = COPIES * max((sizes[one.task] for group in groups for one in group), default=0)
    if not on_disk:
        return max(1, n_workers)
    check_space(out, on_disk, f'Scoring {sum(map(len, groups))} tasks', REMEDY)
    at_once = max(1, n_workers)
    if local:
        at_once = max(1, min(n_workers, int(available_memory_gb() * 1024 ** 3 // working)))
    fewer = f', {at_once} of {n_workers} workers at a time for want of more' if at_once < n_workers else ''
    console.print(f'Features take up to {_gb(on_disk)} of the disk, scoring a layer up to {_gb(working)} of memory'
                  f'{fewer}.', highlight=False)
    return at_once


def _gb(size: int) -> str:
    return f'{size / 1e9:.1f} GB' if size >= 1e8 else f'{size / 1e6:.0f} MB'
