"""Is there room on the disk?"""
import shutil
from pathlib import Path

_SPARE = 50_000_000  # bytes that stay free


def check_space(folder: Path, needed: int) -> None:
    """OSError unless the disk of `folder` has room for `needed` bytes and a little more."""
    free = shutil.disk_usage(folder).free
    needed += _SPARE
    if free < needed:
        raise OSError(f'The disk of {folder} has {free / 1e6:,.0f} MB left; {needed / 1e6:,.0f} MB are needed. '
                      'Make room, or set BRAINSCORE_MOUSE_HOME to a folder on another disk.')
