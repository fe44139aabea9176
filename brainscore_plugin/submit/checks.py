"""Runs checks one after the other and shows each as a line with its verdict."""
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rich.console import Console


class Failed(Exception):
    """A check found something that must be changed; the text says what."""


@dataclass(frozen=True)
class Check:
    """Something that must hold: its title, and a function that says what it found or raises :class:`Failed`."""
    title: str
    run: Callable[[], str]


def verify(checks: Iterable[Check]) -> list[str]:
    """Run all checks, show a line for each, and refuse what does not pass.

    Returns
    -------
    list of str
        The lines.

    Raises
    ------
    RuntimeError
        If a check failed; all have been run and shown by then.
    """
    console, lines, failed = Console(highlight=False), [], 0
    for check in checks:
        with console.status(f'{check.title} …'):
            passed, text = _outcome(check)
        failed += not passed
        lines.append(f"{'✓' if passed else '✗'} {check.title}: {text}")
        console.print(lines[-1], markup=False, soft_wrap=True)
    if failed:
        raise RuntimeError(f'{failed} of {len(lines)} checks failed, see ✗ above; nothing has been written.')
    return lines


def _outcome(check: Check) -> tuple[bool, str]:
    try:
        return True, check.run()
    except Failed as failure:
        return False, str(failure)
    except Exception as error:  # what is checked may raise anything
        return False, f'{type(error).__name__}: {error}'
