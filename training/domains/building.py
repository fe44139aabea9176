"""Decode images into one array on disk; killed at any moment, it goes on where it was."""
import hashlib
import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from training.atomic import replace_folder
from training.disk import check_space
from training.domains.integrity import write_checksums
from training.domains.prepared import SIZE
from training.domains.source import ImageSource
from training.domains.thumbnail import thumbnail

CHUNK = 512  # images; what is lost at most when killed
_ROW = SIZE * SIZE * 3  # bytes


class Build:
    """An array that is being written: a folder with the array so far, and a journal with a line a chunk."""

    def __init__(self, folder: Path, key: str) -> None:
        self._folder = folder
        self._key = key
        self._journal = folder / 'journal.jsonl'
        self._domain = folder / 'domain'  # becomes the prepared domain
        self._images = self._domain / 'images.npy'
        self._chunks: list[dict] = []

    def add(self, images: ImageSource, rows: np.ndarray, workers: int | None, label: str) -> dict[int, str]:
        """Add the images `rows` of a source in order, after those that an earlier run with the same key has added.

        Parameters
        ----------
        images : ImageSource
        rows : numpy.ndarray of int, (n,)
            Images of the source, ascending.
        workers : int, optional
            Threads that decode; by default one a core, at most 4.
        label : str
            Of the progress bar.

        Returns
        -------
        dict of int to str
            Images that cannot be read, by their place among the rows -> reason.
        """
        self._resume()
        check_space(self._folder, (len(rows) - self._done) * _ROW)
        with (self._images.open('ab') as file,
              ThreadPoolExecutor(workers or min(4, os.cpu_count() or 1)) as pool,
              tqdm(total=len(rows), initial=self._done, desc=label, unit=' images') as bar):
            for start in range(self._done, len(rows), CHUNK):
                chunk = rows[start:start + CHUNK]
                results = list(pool.map(partial(_render, images), chunk))
                file.write(b''.join(result for result in results if isinstance(result, bytes)))
                file.flush()
                os.fsync(file.fileno())
                self._chunks.append({'images': len(chunk), 'skipped': [
                    [start + i, result] for i, result in enumerate(results) if isinstance(result, str)]})
                self._write_journal(self._chunks[-1])
                bar.update(len(chunk))
        return dict(skipped for chunk in self._chunks for skipped in chunk['skipped'])

    def finish(self, index: pd.DataFrame, directory: Path, about: dict) -> None:
        """Complete the files and put them in place at once."""
        with self._images.open('r+b') as file:
            file.write(_header(self._kept))
        table = index.to_csv(index=False, lineterminator='\n')
        (self._domain / 'index.csv').write_bytes(table.encode())
        about = {**about, 'fingerprint': self._fingerprint(about['recipe'], table)}
        (self._domain / 'domain.json').write_text(json.dumps(about, indent=2) + '\n', encoding='utf-8')
        write_checksums(self._domain, about['fingerprint'])
        replace_folder(self._domain, directory)
        self.remove()

    def remove(self) -> None:
        """Remove what has been written so far."""
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _done(self) -> int:
        return sum(chunk['images'] for chunk in self._chunks)

    @property
    def _kept(self) -> int:
        return sum(chunk['images'] - len(chunk['skipped']) for chunk in self._chunks)

    def _resume(self) -> None:
        self._chunks = self._read_journal()
        size = len(_header(0)) + self._kept * _ROW
        if self._chunks and self._images.stat().st_size >= size:
            os.truncate(self._images, size)  # the chunk under way when it was killed is dropped
        else:
            self._chunks = []
            self.remove()
            self._domain.mkdir(parents=True)
            self._images.write_bytes(_header(0))
            self._write_journal({'key': self._key})

    def _read_journal(self) -> list[dict]:
        if not (self._journal.exists() and self._images.exists()):
            return []
        *lines, torn = self._journal.read_bytes().split(b'\n')
        try:
            entries = [json.loads(line) for line in lines]
            whole = entries[0] == {'key': self._key} and all(_is_chunk(entry) for entry in entries[1:])
        except (ValueError, IndexError, RecursionError):
            whole = False
        if not whole:  # of other images, or damaged: begun anew
            return []
        os.truncate(self._journal, self._journal.stat().st_size - len(torn))
        return entries[1:]

    def _write_journal(self, entry: dict) -> None:
        with self._journal.open('a', encoding='utf-8') as file:
            file.write(json.dumps(entry) + '\n')
            file.flush()
            os.fsync(file.fileno())

    def _fingerprint(self, recipe: dict, index: str) -> str:
        digest = hashlib.sha256(json.dumps(recipe, sort_keys=True).encode() + index.encode())
        with self._images.open('rb') as file:
            file.seek(len(_header(0)))
            while piece := file.read(CHUNK * _ROW):
                digest.update(piece)
        return digest.hexdigest()


def _is_chunk(entry: object) -> bool:
    return (isinstance(entry, dict) and isinstance(entry.get('images'), int) and 0 < entry['images'] <= CHUNK
            and isinstance(entry.get('skipped'), list)
            and all(isinstance(skipped, list) and [type(value) for value in skipped] == [int, str]
                    for skipped in entry['skipped']))


def _render(images: ImageSource, i: int) -> bytes | str:
    """Pixels of image `i`, or why there are none."""
    try:
        return thumbnail(images.read(i)).tobytes()
    except ValueError as error:  # an OSError is not the fault of the image: a folder that went offline, say
        return str(error)


def _header(count: int) -> bytes:
    """Header of a .npy file of `count` images; its length does not depend on `count`."""
    header = BytesIO()
    np.lib.format.write_array_header_1_0(header, {'descr': '|u1', 'fortran_order': False,
                                                  'shape': (count, SIZE, SIZE, 3)})
    return header.getvalue()
