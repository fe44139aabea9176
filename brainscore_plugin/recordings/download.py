"""Downloads published files: goes on where it was stopped, and verifies what it has downloaded."""
import hashlib
import os
import time
import urllib.error
import urllib.request
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote, urlencode

BLOCK = 2 ** 20
ATTEMPTS = 5
PAUSE = 1  # seconds before the second attempt; twice as long before each further one
TIMEOUT = 60  # seconds without a byte


@dataclass(frozen=True)
class Remote:
    """A published file.

    Parameters
    ----------
    path : str
        Where it belongs, relative to the cache.
    url : str
        Where it is.
    size : int, optional
        Bytes; asked of the server where it is not known.
    md5, sha256 : str, optional
        Checksums; verified where they are known.
    """
    path: str
    url: str
    size: int | None = None
    md5: str | None = None
    sha256: str | None = None

    def is_downloaded(self, cache: Path) -> bool:
        """Whether it has been downloaded; files get their name only when they are whole."""
        return (cache / self.path).is_file()

    def bytes_left(self, cache: Path) -> int:
        """Bytes still to be downloaded."""
        if self.is_downloaded(cache):
            return 0
        partial = _partial(cache / self.path)
        return max((self.size or 0) - (partial.stat().st_size if partial.exists() else 0), 0)


def download(remote: Remote, cache: Path, progress: Callable[[int], None] = lambda n: None) -> Path:
    """Download a file into the cache unless it is there.

    It grows under the name ``<name>.part`` and is renamed when its size, and its checksums where they are known, are
    right; a download that was killed goes on from there.

    Parameters
    ----------
    remote : Remote
    cache : pathlib.Path
    progress : callable
        Called with the number of bytes of each block.

    Raises
    ------
    OSError
        If the server cannot be reached (after five attempts), the disk is full, or what was downloaded is
        not what is published. A part is kept, unless it is wrong.
    """
    path = cache / remote.path
    if remote.is_downloaded(cache):
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = _partial(path)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            _go_on(remote, partial, progress)
            break
        except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
            if attempt == ATTEMPTS or getattr(error, 'code', 500) < 500:
                raise OSError(f'{remote.url} cannot be fetched: {getattr(error, "reason", None) or error}. What has '
                              'been downloaded is kept; run the same command again to go on.') from error
            time.sleep(PAUSE * 2 ** (attempt - 1))
    _verify(remote, partial)
    os.replace(partial, path)
    return path


def with_size(remote: Remote) -> Remote:
    """`remote` with its size, asked of the server where it is not known; raises OSError if it cannot be reached."""
    if remote.size is not None:
        return remote
    try:
        with urllib.request.urlopen(urllib.request.Request(remote.url, method='HEAD'), timeout=TIMEOUT) as response:
            length = response.headers.get('Content-Length')
    except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
        raise OSError(f'{remote.url} cannot be reached: {getattr(error, "reason", None) or error}.') from error
    return remote if length is None else replace(remote, size=int(length))


def _go_on(remote: Remote, partial: Path, progress: Callable[[int], None]) -> None:
    start = partial.stat().st_size if partial.exists() else 0
    if remote.size is not None and start >= remote.size:
        return
    request = urllib.request.Request(remote.url, headers={'Range': f'bytes={start}-'} if start else {})
    with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
        goes_on = response.status == 206
        length = response.headers.get('Content-Length')
        expected = None if length is None else int(length)
        came = 0
        with partial.open('ab' if goes_on else 'wb') as file:
            while block := response.read(BLOCK):
                file.write(block)
                came += len(block)
                progress(len(block))
    if expected is not None and came < expected:
        raise ConnectionError(f'the connection ended after {came} of {expected} bytes')


def _verify(remote: Remote, partial: Path) -> None:
    size = partial.stat().st_size
    if remote.size is not None and size != remote.size:
        partial.unlink()
        raise OSError(f'{remote.url} was downloaded with {size} bytes; expected {remote.size}, as published. '
                      'Fetch again.')
    for name, algorithm, expected in (('MD5', 'md5', remote.md5), ('SHA-256', 'sha256', remote.sha256)):
        if expected is not None and (found := checksum(partial, algorithm)) != expected:
            partial.unlink()
            raise OSError(f'{remote.url} was downloaded with the {name} {found}; expected {expected}, as published. '
                          'Fetch again.')


def checksum(path: Path, algorithm: str) -> str:
    """Checksum of a file, hexadecimal; `algorithm` as in :mod:`hashlib`, such as 'sha256'."""
    with path.open('rb') as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def _partial(path: Path) -> Path:
    return path.with_name(path.name + '.part')


@dataclass(frozen=True)
class Bucket:
    """A folder of a public S3 bucket that mirrors a cache.

    Parameters
    ----------
    url : str
        Of the bucket, such as ``https://allen-brain-observatory.s3.us-west-2.amazonaws.com``.
    prefix : str
        The folder, such as ``visual-coding-2p/``.
    """
    url: str
    prefix: str

    def files(self, folder: str = '') -> dict[str, Remote]:
        """The files of a folder, without those of its subfolders: path relative to the prefix -> :class:`Remote`.

        Raises
        ------
        OSError
            If the server cannot be reached.
        """
        found, token = {}, {}
        while True:
            query = urlencode({'list-type': 2, 'prefix': self.prefix + folder, 'delimiter': '/', **token})
            page = self._page(f'{self.url}/?{query}')
            for entry in page.iterfind('{*}Contents'):
                remote = self._remote(entry)
                found[remote.path] = remote
            following = page.findtext('{*}NextContinuationToken')
            if not following:
                return found
            token = {'continuation-token': following}

    def _page(self, url: str) -> ElementTree.Element:
        try:
            with urllib.request.urlopen(url, timeout=TIMEOUT) as response:
                return ElementTree.fromstring(response.read())
        except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
            raise OSError(f'{self.url} cannot be reached: {getattr(error, "reason", None) or error}.') from error
        except ElementTree.ParseError as error:
            raise OSError(f'{url} did not answer with a list of files.') from error

    def _remote(self, entry: ElementTree.Element) -> Remote:
        key, etag = entry.findtext('{*}Key'), entry.findtext('{*}ETag').strip('"')
        # the tag of a file that was uploaded in parts is no MD5 and has the number of parts behind a dash
        return Remote(key.removeprefix(self.prefix), f'{self.url}/{quote(key)}', int(entry.findtext('{*}Size')),
                      None if '-' in etag else etag)
