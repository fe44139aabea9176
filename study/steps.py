"""A step of every analysis, where one that fails keeps no other from running."""
import time
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Generic, NamedTuple, TypeVar

from tqdm import tqdm

# What a step may end in without keeping the others from running.
EXPECTED = (OSError, ValueError, LookupError, RuntimeError, ImportError)
T = TypeVar('T')


class Step(NamedTuple, Generic[T]):
    """What a step has come to.

    Parameters
    ----------
    done : dict of module to object
        Analysis -> what the step returned.
    failed : list of str
        A sentence for each analysis that failed.
    seconds : dict of str to float
        Title of the analysis -> how long the step took.
    """
    done: dict[ModuleType, T]
    failed: list[str]
    seconds: dict[str, float]


def of_each(analyses: Iterable[ModuleType], what: str, step: Callable[[ModuleType], T]) -> Step[T]:
    """Take a step of every analysis.

    Parameters
    ----------
    analyses : iterable of module
        As of :data:`study.analyses.ANALYSES`.
    what : str
        The step makes, for the progress bar.
    step : callable
        Of an analysis.
    """
    done, failed, seconds = {}, [], {}
    bar = tqdm(list(analyses), desc=what, unit='analysis')
    for analysis in bar:
        bar.set_postfix_str(analysis.TITLE)
        started = time.perf_counter()
        try:
            done[analysis] = step(analysis)
        except EXPECTED as error:
            failed.append(f"'{analysis.TITLE}' could not be done: {error.args[0] if error.args else error}.")
        seconds[analysis.TITLE] = time.perf_counter() - started
    return Step(done, failed, seconds)
