"""What the scripts beside this one share: sides that are timed in turn, and tables of what was measured."""
import gc
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

# Python looks for modules beside a script first, and scripts here have the names of packages, such as training.
if Path(sys.path[0]).resolve() == Path(__file__).resolve().parent:
    sys.path.append(sys.path.pop(0))


def timed(function: Callable, *args, **kwargs) -> tuple[float, object]:
    """Seconds that a call takes, and what it returns."""
    start = time.perf_counter()
    result = function(*args, **kwargs)
    return time.perf_counter() - start, result


def alternate(sides: dict[str, Callable[[], object]], n_times: int) -> tuple[dict[str, float], dict[str, object]]:
    """Call all sides in turn, several times over.

    Returns
    -------
    seconds : dict
        Side -> the median of its times.
    results : dict
        Side -> what it returned last.
    """
    seconds, results = {side: [] for side in sides}, {}
    for _ in range(n_times):
        for side, function in sides.items():
            results.pop(side, None)
            gc.collect()
            elapsed, results[side] = timed(function)
            seconds[side].append(elapsed)
    return {side: statistics.median(values) for side, values in seconds.items()}, results


def print_table(rows: list[tuple[str, ...]]) -> None:
    """Print rows, of which the first holds the titles, in columns as wide as they need."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    for row in rows:
        print('  '.join(text.rjust(width) for text, width in zip(row, widths)))
