"""Download the official archives; a download that was stopped goes on where it was."""
import os
import sys
import time
import warnings
from pathlib import Path

import pooch
import requests
from filelock import FileLock
from tqdm import tqdm
from urllib3.exceptions import InsecureRequestWarning

from training.disk import check_space
from training.domains.registry import DOMAINS, RemoteFile
from training.home import project_home

_ATTEMPTS = 5
_PAUSE = 2.  # seconds before the second attempt, doubled each time
_TIMEOUT = 60  # seconds without a byte
_PIECE = 64 * 1024  # bytes; of a piece that breaks off, nothing is kept


def fetch(name: str, home: Path | None = None) -> Path:
    """Download the official files of one of the eight domains and verify them.

    Parameters
    ----------
    name : str
        Of the domain, such as 'sketch'.
    home : pathlib.Path, optional
        Where files are kept, see :func:`~training.home.project_home`.

    Returns
    -------
    pathlib.Path
        Folder of the files, for `prepare`.

    Raises
    ------
    ValueError
        If the name is not one of the eight, or a file does not have the official size or checksum.
    OSError
        If the disk is too full or the download fails; called again, it goes on where it was.
    """
    if name not in DOMAINS:
        raise ValueError(f'{name!r} is not one of the domains that can be fetched: {", ".join(DOMAINS)}.')
    folder = project_home(home) / 'archives' / name
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / '.lock'):
        for left_by_killed_pooch in folder.glob('tmp*'):
            left_by_killed_pooch.unlink()
        check_space(folder, sum(_missing_bytes(folder, file) for file in DOMAINS[name].files))
        for file in DOMAINS[name].files:
            pooch.retrieve(file.url, file.checksum, fname=file.name, path=folder, downloader=_Resuming(file, folder))
    return folder


class _Resuming:
    """Downloader for pooch that keeps what it has got in NAME.part, and asks the server for the rest."""

    def __init__(self, file: RemoteFile, folder: Path) -> None:
        self._file = file
        self._part = folder / f'{file.name}.part'
        self._certificate = True

    def __call__(self, url: str, output_file: str, _pooch: object) -> None:
        for attempt in range(_ATTEMPTS):
            try:
                self._download_rest(url)
                break
            except requests.exceptions.SSLError as error:
                self._do_without_certificate(error)
            except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError) as error:
                if attempt == _ATTEMPTS - 1:
                    raise ConnectionError(f'The download of {url} broke off after {self._got / 1e6:,.1f} of '
                                          f'{self._file.approximate_size / 1e6:,.1f} MB ({error}). What is there is '
                                          'kept; fetch again to go on.') from error
                time.sleep(_PAUSE * 2 ** attempt)
        os.replace(self._part, output_file)

    @property
    def _got(self) -> int:
        return self._part.stat().st_size if self._part.exists() else 0

    def _download_rest(self, url: str) -> None:
        got = self._got
        headers = {'Accept-Encoding': 'identity', **({'Range': f'bytes={got}-'} if got else {})}
        with warnings.catch_warnings(), requests.get(url, stream=True, headers=headers, timeout=_TIMEOUT,
                                                     verify=self._certificate) as response:
            if not self._certificate:
                warnings.simplefilter('ignore', InsecureRequestWarning)
            if response.status_code == requests.codes.requested_range_not_satisfiable:
                if not self._file.has_size(got):
                    self._part.unlink()
                    raise requests.ConnectionError('what was there did not belong to the file')
                return
            response.raise_for_status()
            if response.status_code != requests.codes.partial_content:
                got = 0  # the server sends all of it
            self._receive(response, got)

    def _receive(self, response: requests.Response, got: int) -> None:
        length = response.headers.get('Content-Length')
        total = None if length is None else got + int(length)
        if total is not None and not self._file.has_size(total):
            raise ValueError(f'{response.url} has {total:,} bytes, not {self._file.approximate_size:,}: it is not the '
                             'file whose checksum is known.')
        with self._part.open('ab' if got else 'wb') as part, tqdm(
                total=total, initial=got, desc=self._file.name, unit='B', unit_scale=True) as bar:
            for piece in response.iter_content(_PIECE):
                got += len(piece)
                if got > self._file.approximate_size + 1_000_000:
                    raise ValueError(f'{response.url} sends more than {self._file.approximate_size:,} bytes.')
                part.write(piece)
                bar.update(len(piece))
        if total is not None and got < total:
            raise requests.ConnectionError('the connection ended early')

    def _do_without_certificate(self, error: Exception) -> None:
        if not (self._certificate and self._file.checksum.startswith('sha256:')):
            raise error
        print(f'The certificate of {self._file.url} is not valid; the SHA-256 of the file vouches for it instead.',
              file=sys.stderr)
        self._certificate = False


def _missing_bytes(folder: Path, file: RemoteFile) -> int:
    present = [path for path in (folder / file.name, folder / f'{file.name}.part') if path.exists()]
    return max(0, file.approximate_size - sum(path.stat().st_size for path in present))
