"""Files and folders that are complete or absent."""
import os
import shutil
import socket
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

ABANDONED = 24 * 3600  # s; age at which nobody on another machine can still want what is half-written


@contextmanager
def replacing(path: Path, scratch: Path | None = None) -> Iterator[Path]:
    """A temporary file to write to; it takes the place of `path` if all goes well, else it is removed.

    Parameters
    ----------
    path : pathlib.Path
        File to write, in a folder that exists; replaced if there is one.
    scratch : pathlib.Path, optional
        Folder for the temporary file, on the disk of `path`; made if absent. By default the file is hidden beside
        `path`. Several machines may write into one such folder, see :func:`remove_leftovers`.

    Yields
    ------
    pathlib.Path
        Of the temporary file, which does not exist yet; in `scratch` it has the suffix of `path`.

    Examples
    --------
    >>> with replacing(Path('run.json')) as temporary:
    ...     temporary.write_text('{}')
    """
    if scratch is None:
        temporary = _hidden(path)
    else:
        scratch.mkdir(exist_ok=True)
        temporary = scratch / f'{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex}{path.suffix}'
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def replacing_folder(folder: Path) -> Iterator[Path]:
    """A new, hidden folder to fill; it takes the place of `folder` if all goes well, else it is removed.

    Parameters
    ----------
    folder : pathlib.Path
        Replaced with all that is in it if it exists; the folder above it is made if absent.

    Yields
    ------
    pathlib.Path
        Of the new folder, beside `folder`.
    """
    temporary = _hidden(folder)
    temporary.mkdir(parents=True)
    try:
        yield temporary
        replace_folder(temporary, folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def replace_folder(complete: Path, folder: Path) -> None:
    """Rename a complete folder to `folder`, on the same disk; what was there goes only once the new one is there.

    Raises
    ------
    OSError
        If it cannot be renamed; what was there is as it was.
    """
    former = _hidden(folder)
    if folder.exists():
        os.replace(folder, former)
    try:
        os.replace(complete, folder)
    except BaseException:
        if former.exists():
            os.replace(former, folder)
        raise
    shutil.rmtree(former, ignore_errors=True)


def remove_leftovers(scratch: Path) -> None:
    """Remove what killed processes were writing by :func:`replacing` in `scratch`, not what living ones write.

    Parameters
    ----------
    scratch : pathlib.Path
        Files and folders of processes on this machine are removed if the process has ended; those of other machines
        if they are older than :data:`ABANDONED`.
    """
    for leftover in scratch.glob('*-*-*'):
        host, process, _ = leftover.name.rsplit('-', 2)
        try:
            if host == socket.gethostname():
                dead = not psutil.pid_exists(int(process))
            else:
                dead = time.time() - leftover.stat().st_mtime > ABANDONED
        except FileNotFoundError:  # finished meanwhile
            continue
        if dead and leftover.is_dir():
            shutil.rmtree(leftover, ignore_errors=True)
        elif dead:
            leftover.unlink(missing_ok=True)


def _hidden(path: Path) -> Path:
    return path.with_name(f'.{path.name}.{os.getpid()}-{uuid.uuid4().hex[:8]}')
