"""The folder of a packaged recording: complete, with its sidecar, or as it was before."""
import contextlib
import errno
import json
import shutil
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from filelock import FileLock, Timeout

from brainscore_plugin.data.mouse_recordings.layout import Layout, packaged, recordings_home, sha1_of
from training.disk import check_space, free_space

MORE_ROOM = 'Make room, or set BRAINIO_HOME to a folder on another disk.'
LIBRARIES = ('h5py', 'netCDF4', 'numpy', 'pandas', 'pillow')


@contextlib.contextmanager
def packaged_folder(identifier: str, recipe: dict, home: Path | None = None) -> Iterator[Layout]:
    """A temporary folder for the files of `identifier`, which takes its place in the data home once it is complete.

    The block may add to ``recipe``; afterwards the folder gets its sidecar (identifier, recipe with its counts,
    versions, SHA-1 of every file) and is renamed, replacing what was there before. If the block fails, nothing that it
    wrote is left, and what was packaged before stays.

    Parameters
    ----------
    identifier : str
        Such as 'deVries2020'.
    recipe : dict
        What the files follow from and what they hold: source, options, counts. JSON.
    home : pathlib.Path, optional
        Instead of Brain-Score's data home.

    Yields
    ------
    Layout
        Of the temporary folder.

    Raises
    ------
    RuntimeError
        If another process is packaging the same recording.
    OSError
        If the folder cannot be written or the disk is full.
    """
    final = packaged(identifier, home).directory
    temporary, former = final.with_name(f'.{identifier}.packaging'), final.with_name(f'.{identifier}.former')
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(final.with_name(f'.{identifier}.lock'), timeout=0):
            _recover(final, former)
            shutil.rmtree(temporary, ignore_errors=True)  # of a packager that was killed
            try:
                temporary.mkdir()
                layout = Layout(temporary, identifier)
                yield layout
                _write_sidecar(layout, recipe)
                if final.exists():
                    final.rename(former)
                temporary.rename(final)
                shutil.rmtree(former, ignore_errors=True)
            finally:
                shutil.rmtree(temporary, ignore_errors=True)
    except Timeout as error:
        raise RuntimeError(f'{identifier} is being packaged by another process: wait for it to finish.') from error
    except (OSError, RuntimeError) as error:  # the netCDF library reports a full disk as a RuntimeError
        if getattr(error, 'errno', None) == errno.ENOSPC or _is_full(final.parent):
            raise OSError(errno.ENOSPC, f'The disk is full: {identifier} does not fit into {final.parent}. '
                          f'{MORE_ROOM} What was packaged before is untouched.') from error
        raise


def check_data_home(home: Path | None, needed: int, what: str) -> None:
    """Raise OSError unless `needed` bytes are free in Brain-Score's data home, or in `home`; `what` needs them."""
    check_space(home or recordings_home(), needed, what, MORE_ROOM)


def _recover(final: Path, former: Path) -> None:
    """Put back what a packager that was killed between two renames had moved away."""
    if former.exists() and not final.exists():
        former.rename(final)
    shutil.rmtree(former, ignore_errors=True)


def _is_full(folder: Path) -> bool:
    return free_space(folder) < 2 ** 20


def _write_sidecar(layout: Layout, recipe: dict) -> None:
    files = sorted(path for path in layout.directory.rglob('*') if path.is_file())
    sha1 = {path.relative_to(layout.directory).as_posix(): sha1_of(path) for path in files}
    sidecar = {'identifier': layout.identifier, **recipe,
               'versions': {name: version(name) for name in LIBRARIES}, 'sha1': sha1}
    layout.sidecar.write_text(json.dumps(sidecar, indent=1, sort_keys=True), encoding='utf-8')
