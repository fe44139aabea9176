"""The files of a folder or a zip archive, seen the same way; neither can lead outside of itself."""
import os
import re
import stat
import threading
import zipfile
import zlib
from abc import ABC, abstractmethod
from pathlib import Path, PurePosixPath

LARGEST_FILE = 128 * 1024 ** 2  # bytes; what claims more is not an image to train on, but may fill the memory


class Files(ABC):
    """Named files: `names` are relative paths with forward slashes, sorted."""
    names: list[str]

    @abstractmethod
    def read(self, name: str) -> bytes:
        """Content of a file; thread-safe. ValueError where it is damaged or too large."""

    @abstractmethod
    def state(self, name: str) -> tuple[int, int]:
        """Something that changes whenever the file does."""

    def text(self, name: str) -> str:
        """Content of a text file in UTF-8."""
        return self.read(name).decode('utf-8')

    def close(self) -> None:  # noqa: B027, a folder has nothing to close
        pass


class FolderFiles(Files):
    """Files below a folder, hidden ones left out.

    Raises
    ------
    ValueError
        If a link leads out of the folder.
    """

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        self.names = []
        for folder, subfolders, files in os.walk(self._root):
            subfolders[:] = [name for name in subfolders if not _is_hidden(name)]
            for name in [*files, *subfolders]:
                path = Path(folder, name)
                if path.is_symlink() and not path.resolve().is_relative_to(self._root):
                    raise ValueError(f'{path} is a link that leads out of {self._root}: put the file itself there.')
            relative = Path(folder).relative_to(self._root).as_posix()
            self.names += [name if relative == '.' else f'{relative}/{name}' for name in files if not _is_hidden(name)]
        self.names.sort()

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


class ZipFiles(Files):
    """Members of a zip archive, which is never unpacked.

    Raises
    ------
    ValueError
        If it is not a zip archive, is truncated, or holds a link or a name that leads outside of it.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except zipfile.BadZipFile as error:
            raise ValueError(f'{path} is not a zip archive, or is truncated ({error}): download it again.') from error
        self._lock = threading.Lock()
        self._members = {}
        for member in self._zip.infolist():
            if _leads_outside(member):
                self._zip.close()
                raise ValueError(f'{path} is refused: its member {member.filename!r} is a link or leads outside.')
            name = member.filename.removeprefix('./')
            if not member.is_dir() and not any(_is_hidden(part) for part in name.split('/')):
                self._members[name] = member
        self.names = sorted(self._members)

    def read(self, name: str) -> bytes:
        member = self._members[name]
        if member.file_size > LARGEST_FILE:
            raise ValueError(f'claims to be larger than {LARGEST_FILE // 1024 ** 2} MB')
        try:
            with self._lock:
                return self._zip.read(member)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            raise ValueError(f'damaged or encrypted in the archive: {error}') from error

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


def _is_hidden(name: str) -> bool:
    return name.startswith('.') or name == '__MACOSX'


def _leads_outside(member: zipfile.ZipInfo) -> bool:
    name = member.orig_filename.replace('\\', '/')  # as Windows would read it
    return (name.startswith('/') or re.match('[A-Za-z]:', name) is not None or '..' in PurePosixPath(name).parts
            or stat.S_ISLNK(member.external_attr >> 16))
