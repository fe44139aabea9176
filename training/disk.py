"""Is there room on the disk?"""
import errno
import shutil
from pathlib import Path

SPARE = 50_000_000  # bytes that stay free
OTHER_HOME = 'Make room, or set BRAINSCORE_MOUSE_HOME to a folder on another disk.'


def existing_folder(folder: Path) -> Path:
    """`folder`, or where it is not there yet the nearest folder above it that is."""
    return next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())


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
