"""Fetches published recordings session by session, and reduces each before the next."""
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout
from tqdm import tqdm

from brainscore_plugin.recordings.catalogue import default_cache, published
from brainscore_plugin.recordings.download import Remote, download, with_size
from brainscore_plugin.recordings.published_recording import PublishedRecording
from training.disk import check_space


def fetch(name: str, cache: Path | None = None, keep_nwb: bool = False) -> Path:
    """Fetch a recording; started again after it was stopped, it goes on where it was.

    Parameters
    ----------
    name : str
        Identifier or documented name, such as 'deVries2020' or 'allen-calcium'.
    cache : pathlib.Path, optional
        Folder to fetch into; by default one in the project's home.
    keep_nwb : bool
        Keep the published files of every session; otherwise they are deleted as soon as the session is reduced to
        its responses.

    Returns
    -------
    pathlib.Path
        The cache, to be packaged from.

    Raises
    ------
    OSError
        If there is no room, found out before anything large is fetched, or the server cannot be reached.
    RuntimeError
        If sessions could not be reduced, after all others have been; or if another process fetches into the same
        cache.
    ValueError
        If there is no such recording, it is not one to fetch, or a table in the cache is damaged.
    """
    recording, cache = published(name), cache or default_cache(name)
    index = recording.index()  # before a folder is made: some recordings are not fetched
    cache.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(cache / '.fetch.lock', timeout=0):
            _fetch(recording, index, cache, keep_nwb or recording.keeps_files)
    except Timeout as error:
        raise RuntimeError(f'Another process is fetching into {cache}.') from error
    return cache


def _fetch(recording: PublishedRecording, index: list[Remote], cache: Path, keep: bool) -> None:
    for remote in index:
        with tqdm(total=remote.bytes_left(cache), desc=remote.path, unit='B', unit_scale=True, disable=None) as bar:
            download(remote, cache, bar.update)
    sessions = recording.sessions(cache)
    remotes = {session: recording.files(session) for session in sessions}
    to_do = [session for session in sessions if not recording.is_reduced(cache, session)
            or keep and not all(remote.is_downloaded(cache) for remote in remotes[session])]
    remotes = {session: [with_size(remote) for remote in remotes[session]] for session in to_do}
    check_space(cache, bytes_needed(recording, cache, [remotes[session] for session in to_do], keep),
                f'Fetching {len(to_do)} of {len(sessions)} sessions of {recording.name}')

    left = sum(remote.bytes_left(cache) for session in to_do for remote in remotes[session])
    failed = {}
    with tqdm(total=left, desc=f'{len(to_do)} sessions', unit='B', unit_scale=True, disable=None) as bar:
        def downloaded() -> Iterator[str]:
            for number, session in enumerate(to_do, 1):
                bar.set_description(f'session {number} of {len(to_do)}')
                for remote in remotes[session]:
                    download(remote, cache, bar.update)
                yield session

        for done in recording.reduce(cache, downloaded()):
            if 'error' in done:
                failed[done['session']] = done['error']
            elif not keep:
                for remote in remotes[done['session']]:
                    (cache / remote.path).unlink(missing_ok=True)
    raise_failed(failed, len(sessions))


def bytes_needed(recording: PublishedRecording, cache: Path, sessions: list[list[Remote]], keep: bool) -> int:
    """Bytes of disk that fetching takes.

    Parameters
    ----------
    recording : PublishedRecording
    cache : pathlib.Path
    sessions : list of list of Remote
        The files of the sessions that are left.
    keep : bool
        Whether they are kept.
    """
    left = [sum(remote.bytes_left(cache) for remote in remotes) for remotes in sessions]
    return recording.reduced_bytes * len(sessions) + (sum(left) if keep else max(left, default=0))


def raise_failed(failed: dict, n_sessions: int) -> None:
    """Raise RuntimeError if sessions failed, session -> error; names the first."""
    if failed:
        session, error = next(iter(failed.items()))
        raise RuntimeError(f'{len(failed)} of {n_sessions} sessions failed, all others are reduced. Session {session}: '
                           f'{error}')
