"""What an error of the system about a file means: which place it is about, and what to do."""
import errno
import os
import re
import sys
import tempfile
from pathlib import Path

from training.disk import existing_folder
from training.home import VARIABLE, project_home

FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
FULL = {errno.ENOSPC, getattr(errno, 'EDQUOT', errno.ENOSPC)}
HOMES = {'BRAINIO_HOME': '~/.brainio', 'BRAINSCORE_HOME': '~/.brain-score', 'RESULTCACHING_HOME': '~/.result_caching'}
_HIDDEN = re.compile(r'^\.(?P<name>.+)\.\d+-[0-9a-f]{8}$')  # as training.atomic calls what it writes


def sentence(error: OSError) -> str:
    """An error in a sentence: that of the system with its place and remedy, or its own if it is one already.

    Parameters
    ----------
    error : OSError
    """
    if error.strerror is None or error.filename is None and error.errno not in FULL:
        return str(error)
    if error.filename is None:
        return 'The disk is full. Make room and start again; what was finished is kept.'
    place = _visible(Path(os.fsdecode(error.filename)))
    folder = existing_folder(place)
    if error.errno in FULL:
        return (f'The disk of {folder} is full. Make room, or {_elsewhere(folder)}, and start again; what was finished '
                'is kept.')
    if error.errno in FORBIDDEN and os.path.isfile(place) and not os.access(place, os.R_OK):
        return f'{place} cannot be read ({error.strerror}): ask its owner for the right to.'
    if error.errno in FORBIDDEN:
        return f'{place} cannot be written ({error.strerror}): make {folder} writable, or {_elsewhere(folder)}.'
    if error.errno == errno.ENOENT and not os.path.isdir(place.parent):
        return f'{place} cannot be written or read: there is no folder {place.parent}.'
    return f'{place}: {error.strerror}.'


def _visible(path: Path) -> Path:
    """The file or folder that a hidden one was to become."""
    for part in path.parents:
        hidden = _HIDDEN.match(part.name)
        if hidden:
            return part.with_name(hidden['name'])
    hidden = _HIDDEN.match(path.name)
    return path.with_name(hidden['name']) if hidden else path


def _elsewhere(folder: Path) -> str:
    """What names another place instead of that of a folder."""
    folder = folder.resolve()
    homes = {VARIABLE: project_home(), **{name: Path(os.environ.get(name) or default).expanduser()
                                          for name, default in HOMES.items()}}
    for name, home in homes.items():
        # a home that could not be made is recognised by the folder above it
        if folder.is_relative_to(home.resolve()) or home.resolve().is_relative_to(folder) and not os.path.exists(home):
            return f'set {name} to a folder of your own'
    if folder.is_relative_to(Path(sys.prefix).resolve()):
        return "use a view of the installation: 'brainscore-mouse link --view DIR'"
    if folder.is_relative_to(Path(tempfile.gettempdir()).resolve()):
        return 'set TMPDIR to another folder'
    return 'name another place'
