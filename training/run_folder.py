"""The files of a run's folder: read, or an error that names the file; and one process at a time that writes there."""
import json
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
from filelock import FileLock, Timeout

DESCRIPTION, HISTORY, CHECKPOINT = 'run.json', 'metrics.csv', 'checkpoints/last.ckpt'
_WRITTEN = {'file': (DESCRIPTION, HISTORY, 'snapshots.csv', CHECKPOINT),
            'folder': ('', 'checkpoints', 'snapshots', 'tensorboard')}
_NEEDED = {'domain': str, 'fingerprint': str, 'seed': int, 'split': str, 'count': int, 'precision': str, 'recipe': dict}
_NEEDED_BY_CARDS = {'device': str, 'versions': dict, 'data': dict}
_NEEDED_OF_DATA = {'title': str, 'official': bool, 'licence': str, 'citation': str, 'recipe': dict, 'archives': list}

_logger = logging.getLogger(__name__)


def read_description(run: Path, for_card: bool = False) -> dict:
    """What run.json says of a run.

    Parameters
    ----------
    run : pathlib.Path
        The run's folder.
    for_card : bool
        Whether what only a model card wants must be there, too.

    Raises
    ------
    FileNotFoundError
        If there is none.
    ValueError
        If it is damaged.
    """
    path = run / DESCRIPTION
    try:
        described = json.loads(path.read_text(encoding='utf-8'))
        _check(described, {**_NEEDED, **(_NEEDED_BY_CARDS if for_card else {})})
        if for_card:
            _check(described['data'], _NEEDED_OF_DATA)
            for archive in described['data']['archives']:
                _check(archive, {'name': str, 'sha256': str})
    except FileNotFoundError:
        raise FileNotFoundError(f"{run} has no {DESCRIPTION}: expected is the folder of a run of 'brainscore-mouse "
                                "train'.") from None
    except (ValueError, IsADirectoryError, RecursionError) as error:
        raise ValueError(f'{path} is damaged: {error}. Restore the file, or train again in another folder.') from error
    return described


def read_history(run: Path) -> pd.DataFrame:
    """The rows of metrics.csv: epoch (int), loss (float), seconds (float), and others.

    Raises
    ------
    FileNotFoundError
        If there is none.
    ValueError
        If it is damaged.
    """
    path = run / HISTORY
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('error', pd.errors.ParserWarning)  # more values than columns
            history = pd.read_csv(path, index_col=False)
        return history.astype({'epoch': int, 'loss': float, 'seconds': float})
    except FileNotFoundError:
        raise FileNotFoundError(f"{run} has no {HISTORY}: restore the file, or give the run's 'brainscore-mouse train' "
                                'again with more --epochs, which writes it anew.') from None
    except KeyError as error:
        raise ValueError(f'{path} is damaged: {error.args[0]}') from error
    except (ValueError, OverflowError, IsADirectoryError, pd.errors.ParserWarning) as error:
        first_line = str(error).strip().partition('\n')[0]
        raise ValueError(f'{path} is damaged: {first_line}. Restore the file, or give the run\'s '
                         "'brainscore-mouse train' again with more --epochs, which writes it anew.") from error


def check_places(run: Path) -> None:
    """ValueError where something else is in the place of one of the files or folders that a run writes."""
    for name in _WRITTEN['file']:
        if (run / name).exists() and not (run / name).is_file():
            raise ValueError(f'{run / name} is not a file, so that it cannot be written: remove it, or give another '
                             "folder ('--run DIR').")
    for name in _WRITTEN['folder']:
        if (run / name).exists() and not (run / name).is_dir():
            raise ValueError(f"{run / name} is not a folder: remove it, or give another folder ('--run DIR').")


@contextmanager
def locked(run: Path) -> Iterator[None]:
    """Be the only process that trains in a folder, which is made if absent.

    Raises
    ------
    RuntimeError
        If another process trains there.
    """
    run.mkdir(parents=True, exist_ok=True)
    lock = FileLock(run / '.lock')
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise RuntimeError(f"Another process is training in {run}: wait for it to end, or give another folder ('--run "
                           "DIR').") from None
    except (NotImplementedError, OSError) as error:
        if isinstance(error, PermissionError):
            raise
        _logger.warning(f'{run} cannot be locked ({error}): see to it that no other process trains there.')
    try:
        yield
    finally:
        lock.release()


def _check(facts: object, needed: dict[str, type]) -> None:
    if not isinstance(facts, dict):
        raise ValueError(f'expected names and values, found {str(facts)[:40]}')
    for name, kind in needed.items():
        if not isinstance(facts.get(name), kind):
            raise ValueError(f"its '{name}' is {str(facts[name])[:40]!r}" if name in facts else f"it has no '{name}'")
