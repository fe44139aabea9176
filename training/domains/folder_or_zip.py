"""The files of a folder or a zip archive, seen the same way; neither can lead outside of itself."""
import errno
import os
import re
import stat
import struct
import threading
import zipfile
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from training.domains.zip_member import content_of

LARGEST_FILE = 128 * 1024 ** 2  # bytes; what claims more is not an image to train on, but may fill the memory
DEAD_LINK = 'links that lead nowhere'
LINK_BACK = 'linked folders that hold the link itself, or are linked to from a linked folder'
SAME_NAME = 'members of the archive that have the name of another one'
# what zipfile raises on a damaged directory of members
_DAMAGE = (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError, EOFError, struct.error)


class Files(ABC):
    """Named files: `names` are relative paths with forward slashes, sorted; `passed_over` counts others by reason."""
    names: list[str]
    passed_over: Counter[str]
    place: Path

    @abstractmethod
    def read(self, name: str) -> bytes:
        """Content of a file; thread-safe. ValueError where it is damaged or too large."""

    @abstractmethod
    def state(self, name: str) -> tuple[int, int]:
        """Something that changes whenever the file does."""

    def text(self, name: str) -> str:
        """Content of a text file in UTF-8; ValueError, which names it, where it is something else."""
        try:
            return self.read(name).decode('utf-8-sig')
        except ValueError as error:
            raise ValueError(f'{name} in {self.place} cannot be read as text ({error}).') from error

    def close(self) -> None:  # noqa: B027, a folder has nothing to close
        pass


class FolderFiles(Files):
    """Files below a folder, hidden ones left out; links within it are followed, to folders one link deep.

    Raises
    ------
    ValueError
        If a link leads out of the folder.
    OSError
        If a folder cannot be read.
    """

    def __init__(self, root: Path) -> None:
        self.place = root
        self._root = root.resolve()
        self.passed_over = Counter()
        self.names = sorted(self._below(self._root, '', linked=False))

    def read(self, name: str) -> bytes:
        path = self._root / name
        if not path.is_file():
            raise ValueError('not a regular file')  # a pipe would be waited for
        if path.stat().st_size > LARGEST_FILE:
            raise ValueError(f'larger than {LARGEST_FILE // 1024 ** 2} MB')
        return path.read_bytes()

    def state(self, name: str) -> tuple[int, int]:
        status = (self._root / name).stat()
        return status.st_size, status.st_mtime_ns

    def _below(self, folder: Path, prefix: str, linked: bool) -> Iterator[str]:
        """Names of the files below a folder of no links."""
        with os.scandir(folder) as entries:
            visible = [entry for entry in entries if not _is_hidden(entry.name)]
        for entry in visible:
            name = f'{prefix}{entry.name}'
            if not entry.is_symlink():
                if entry.is_dir():
                    yield from self._below(Path(entry.path), f'{name}/', linked)
                else:
                    yield name
                continue
            target = self._target(Path(entry.path))
            if target is None:
                self.passed_over[DEAD_LINK] += 1
            elif not target.is_dir():
                yield name
            elif linked or folder.is_relative_to(target):  # else a few links make endlessly many paths
                self.passed_over[LINK_BACK] += 1
            else:
                yield from self._below(target, f'{name}/', linked=True)

    def _target(self, link: Path) -> Path | None:
        """What a link leads to within the folder; None where that is nothing."""
        if not link.exists():
            return None
        target = link.resolve()
        if not target.is_relative_to(self._root):
            raise ValueError(f'{link} is a link that leads out of {self._root}: put the file itself there.')
        return target


class ZipFiles(Files):
    """Members of a zip archive, which is never unpacked; a backslash in a name separates folders, as on Windows.

    Raises
    ------
    ValueError
        If it is not a zip archive, is truncated, or holds a link or a name that leads outside of it.
    """

    def __init__(self, path: Path) -> None:
        self.place = path
        try:
            self._zip = zipfile.ZipFile(path)
        except _DAMAGE as error:
            raise _not_a_zip(path, error) from error
        except OSError as error:
            if error.errno != errno.EINVAL:  # a place before the beginning of the file
                raise
            raise _not_a_zip(path, error) from error
        self._lock = threading.Lock()
        self._members: dict[str, zipfile.ZipInfo] = {}
        self.passed_over = Counter()
        for member in self._zip.infolist():
            if _leads_outside(member):
                self._zip.close()
                raise ValueError(f'{path} is refused: its member {member.filename!r} is a link or leads outside.')
            name = member.filename.replace('\\', '/').removeprefix('./')
            if name.endswith('/') or any(_is_hidden(part) for part in name.split('/')):
                continue
            self.passed_over[SAME_NAME] += name in self._members
            self._members[name] = member
        self.names = sorted(self._members)

    def read(self, name: str) -> bytes:
        return content_of(self._zip, self._members[name], LARGEST_FILE, self._lock)

    def state(self, name: str) -> tuple[int, int]:
        return self._members[name].file_size, self._members[name].CRC

    def close(self) -> None:
        self._zip.close()


def open_files(path: Path) -> Files:
    """Files of the folder or zip archive at `path`."""
    if path.is_dir():
        return FolderFiles(path)
    if path.is_file():
        return ZipFiles(path)
    raise FileNotFoundError(f'There is nothing at {path}.')


def _not_a_zip(path: Path, error: Exception) -> ValueError:
    return ValueError(f'{path} is not a zip archive, or is truncated ({error}): download it again.')


def _is_hidden(name: str) -> bool:
    return name.startswith('.') or name == '__MACOSX'


def _leads_outside(member: zipfile.ZipInfo) -> bool:
    name = member.orig_filename.replace('\\', '/')  # as Windows would read it
    return (name.startswith('/') or re.match('[A-Za-z]:', name) is not None or '..' in PurePosixPath(name).parts
            or stat.S_ISLNK(member.external_attr >> 16))
