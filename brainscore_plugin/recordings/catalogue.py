"""The recordings that can be fetched and packaged, and what each must be able to do."""
import importlib
import os
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from pathlib import Path

from brainscore_plugin.recordings.download import Remote

# name -> module of this package with the class Recording
MODULES = {'allen-calcium': 'allen_calcium', 'allen-neuropixels': 'allen_neuropixels', 'sensorium2022': 'sensorium2022'}


class Published(ABC):
    """A published recording. Its unit, which is fetched and reduced, is a session (or a mouse).

    Attributes
    ----------
    name : str
        On the command line.
    identifiers : tuple of str
        Of what packaging writes, such as 'deVries2020'.
    title, licence, homepage : str
    n_sessions : int
    download_bytes, packaged_bytes : int
        About; what is really needed is found out before fetching.
    reduced_bytes : int
        Of one session once it is reduced, about.
    kinds : tuple of str
        Kinds of responses that can be packaged, the usual one first.
    keeps_files : bool
        Whether packaging reads the published files themselves, which are then never deleted.
    """
    name: str
    identifiers: tuple
    title: str
    licence: str
    homepage: str
    n_sessions: int
    download_bytes: int
    packaged_bytes: int
    reduced_bytes: int
    kinds: tuple
    keeps_files: bool = False

    @abstractmethod
    def index(self) -> list[Remote]:
        """The files that must be in the cache before the sessions are known; kept. Asks the server."""

    @abstractmethod
    def sessions(self, cache: Path) -> list[str]:
        """Identifier (text) of every session to be packaged, in a fixed order, from the index in `cache`."""

    @abstractmethod
    def files(self, session: str) -> list[Remote]:
        """The files of a session, deleted once it is reduced unless they are needed. Asks the server."""

    @abstractmethod
    def is_reduced(self, cache: Path, session: str) -> bool:
        """Whether the session's files are no longer needed."""

    @abstractmethod
    def reduce(self, cache: Path, sessions: Iterable[str]) -> Iterator[dict]:
        """Reduce sessions as they come, whose files are there by then.

        Yields {'session': …} for each, with 'error', a sentence, where it failed.
        """

    @abstractmethod
    def package(self, cache: Path, home: Path | None = None, partial: bool = False, kind: str | None = None) -> list:
        """Write assemblies and stimulus sets into the data home, or into `home`; returns their folders.

        Raises
        ------
        FileNotFoundError
            If sessions are missing; with `partial`, only if all are.
        """


def published(name: str) -> Published:
    """The recording of that name.

    Raises
    ------
    ValueError
        If there is none.
    """
    if name not in MODULES:
        raise ValueError(f"There are no recordings '{name}': choose one of {', '.join(MODULES)}.")
    return importlib.import_module(f'brainscore_plugin.recordings.{MODULES[name]}').Recording()


def project_home() -> Path:
    """BRAINSCORE_MOUSE_HOME, by default ~/.brainscore-mouse."""
    return Path(os.environ.get('BRAINSCORE_MOUSE_HOME') or Path.home() / '.brainscore-mouse')


def default_cache(name: str) -> Path:
    """Where fetching puts the files of a recording unless it is told otherwise."""
    return project_home() / 'recordings' / name
