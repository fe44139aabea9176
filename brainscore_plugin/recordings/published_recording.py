"""What a published recording must be able to do to be fetched and packaged."""
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar

from brainscore_plugin.recordings.download import Remote

ALLEN_SCENES = {'num_stimuli': 118, 'datatype': 'image', 'stimuli_subtype': 'natural_scenes',
                'extra_notes': "Allen Brain Observatory's natural scenes, 1174 x 918, grey"}
SELECTED = 'neurons are chosen when the recordings are loaded, by {selection}; each image 50 times'


class PublishedRecording(ABC):
    """A recording as it was published. What is fetched and reduced at a time is a session.

    Attributes
    ----------
    identifier : str
        Brain-Score's, such as 'deVries2020'.
    name : str
        The documented one, such as 'allen-calcium'.
    identifiers : tuple of str
        Of everything that packaging writes.
    title, licence, citation, homepage : str
    n_sessions : int
    download_bytes, packaged_bytes : int
        Estimates; what is really needed is found out before fetching.
    reduced_bytes : int
        Of one session once it is reduced, an estimate.
    kinds : tuple of str
        Kinds of responses that can be packaged, the default first.
    scripts : tuple of pathlib.Path
        What made the responses from the published files and needs nothing of this project; a submission shows it.
    embedded : tuple of str
        Those of `identifiers` that are part of this repository, so that nobody need package them.
    keeps_files : bool
        Whether packaging reads the published files themselves, which are then never deleted.
    withheld : str
        Why it may not be passed on to Brain-Score's storage; empty where it may.
    stimulus_facts, data_facts : dict
        What Brain-Score's website shows of its images and of the responses and cannot read off the benchmarks: the
        fields of its metadata.yaml. Texts have at most 100 characters, notes 1,000; ``{selection}`` stands for the
        benchmark's selection of neurons.
    """
    identifier: str
    name: str
    identifiers: tuple[str, ...]
    title: str
    licence: str
    citation: str
    homepage: str
    n_sessions: int
    download_bytes: int
    packaged_bytes: int
    reduced_bytes: int
    kinds: tuple[str, ...]
    scripts: tuple[Path, ...]
    embedded: tuple[str, ...] = ()
    keeps_files: bool = False
    withheld: str = ''
    stimulus_facts: ClassVar[dict[str, Any]]
    data_facts: ClassVar[dict[str, Any]]

    @property
    def download_size(self) -> str:
        """Estimate of what is downloaded, such as '150 GB' or '4 MB'."""
        gigabytes = self.download_bytes / 1e9
        return f'{gigabytes:.0f} GB' if gigabytes >= 1 else f'{self.download_bytes / 1e6:.0f} MB'

    def terms(self) -> str:
        """What somebody who fetches it must know: title, licence, citation, homepage; a line each."""
        return (f'{self.name} ({self.identifier}): {self.title}\n'
                f'licence   {self.licence}\ncitation  {self.citation}\nhomepage  {self.homepage}')

    def chosen_kind(self, kind: str | None) -> str:
        """`kind`, by default the first; ValueError if there are no such responses."""
        if kind not in (None, *self.kinds):
            raise ValueError(f"{self.name} has no responses '{kind}': choose one of {', '.join(self.kinds)}.")
        return kind or self.kinds[0]

    @abstractmethod
    def index(self) -> list[Remote]:
        """The files that must be in the cache before the sessions are known; they are kept. Asks the server."""

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
    def package(self, cache: Path, home: Path | None = None, partial: bool = False,
                kind: str | None = None) -> list[Path]:
        """Write assemblies and stimulus sets.

        Parameters
        ----------
        cache : pathlib.Path
            Where the published files, or the reduced sessions, are.
        home : pathlib.Path, optional
            Instead of Brain-Score's data home.
        partial : bool
            Whether to package the sessions that are there if others are missing.
        kind : str, optional
            One of `kinds`, by default the first.

        Returns
        -------
        list of pathlib.Path
            The folders written.

        Raises
        ------
        FileNotFoundError
            If sessions are missing; with `partial`, only if all are.
        ValueError
            If there are no responses of that kind, or a file is damaged.
        """
