"""Where the reduced sessions of a cache are: in it, or in the project's home if it cannot be written."""
import hashlib
import os
from pathlib import Path

from training.disk import existing_folder
from training.home import project_home

FOLDER = 'reduced'


def reduced_folder(cache: Path) -> Path:
    """Where sessions of a cache are reduced to."""
    inside = cache / FOLDER
    if os.access(existing_folder(inside), os.W_OK):
        return inside
    return project_home() / FOLDER / f'{cache.resolve().name}-{hashlib.sha1(bytes(cache.resolve())).hexdigest()[:8]}'


def reduced_file(cache: Path, *parts: str) -> Path:
    """A file of a reduced session: the cache's own, if it has one, else where it is or will be reduced to."""
    inside = cache.joinpath(FOLDER, *parts)
    return inside if inside.is_file() else reduced_folder(cache).joinpath(*parts)
