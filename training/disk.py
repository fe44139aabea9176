"""Is there room on the disk?"""
import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SPARE = 50_000_000  # bytes that stay free
_FULL = {errno.ENOSPC, getattr(errno, 'EDQUOT', errno.ENOSPC)}  # Windows has no quotas of this kind
OTHER_HOME = 'Make room, or set BRAINSCORE_MOUSE_HOME to a folder on another disk.'


def existing_folder(folder: Path) -> Path:
    """`folder`, or where it is not there yet the nearest folder above it that is."""
    # of the os, as a path's own raises PermissionError within a folder that may not be read
    return next(parent for parent in (folder, *folder.absolute().parents) if os.path.exists(parent))


def free_space(folder: Path) -> int:
    """Bytes that are free on the disk where `folder` is or will be."""
    return shutil.disk_usage(existing_folder(folder)).free


def check_space(folder: Path, needed: int, what: str = '', remedy: str = OTHER_HOME) -> None:
    """Check that files will fit.

    Parameters
    ----------
    folder : pathlib.Path
        Where they will be; it need not exist yet.
    needed : int
        Bytes; :data:`SPARE` more must be free.
    what : str
        What needs the room, for the error, such as 'Packaging allen-calcium'.
    remedy : str
        What to do about it, a sentence.

    Raises
    ------
    OSError
        With errno ENOSPC, if the disk has less.
    """
    free = free_space(folder)
    needed += SPARE
    if free < needed:
        needs = f'{what} needs {needed / 1e6:,.0f} MB' if what else f'{needed / 1e6:,.0f} MB are needed'
        error = OSError(f'The disk of {folder} has {free / 1e6:,.0f} MB left; {needs}. {remedy}')
        error.errno = errno.ENOSPC  # set afterwards, so that the message stays a sentence
        raise error


@contextmanager
def naming_full_disk(folder: Path, state: str, remedy: str = OTHER_HOME) -> Iterator[None]:
    """Say of an error that is due to a full disk, or a quota that is used up, that it is.

    Parameters
    ----------
    folder : pathlib.Path
        Where is written.
    state : str
        What has become of the work, such as 'nothing was written'.
    remedy : str
        What to do about it, a sentence.

    Raises
    ------
    OSError
        With errno ENOSPC and such a text; other errors pass as they are.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL or error.strerror is None:  # the latter is a sentence already
            raise
        full = OSError(f'The disk of {folder} is full: {state}. {remedy}')
        full.errno = errno.ENOSPC
        raise full from error
