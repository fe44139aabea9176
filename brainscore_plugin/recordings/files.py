"""Writes recordings in Brain-Score's formats: stimuli as CSV and PNGs, responses as netCDF, a sidecar of SHA-1s."""
import contextlib
import errno
import io
import json
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path

import netCDF4
import numpy as np
import pandas as pd
from filelock import FileLock, Timeout
from PIL import Image

from brainscore_plugin.data.mouse_recordings.layout import Layout, packaged, sha1_of

CHUNK_BYTES = 4 * 2 ** 20  # of the responses of some neurons to everything: what is read for one neuron, at least
LIBRARIES = ('h5py', 'netCDF4', 'numpy', 'pandas', 'pillow')


def write_stimuli(layout: Layout, table: pd.DataFrame, pictures: Iterable[np.ndarray]) -> None:
    """Write a stimulus set: CSV, zip of 8-bit PNGs, and the PNGs unpacked.

    Parameters
    ----------
    layout : Layout
        Where to; the directory exists.
    table : pandas.DataFrame
        One row a picture: stimulus_id, text that is no number, and whatever else is known. Column filename is added.
    pictures : iterable of numpy.ndarray, uint8, shape (height, width) or (height, width, 3)
        In the order of the table; read one at a time.

    Raises
    ------
    ValueError
        If ids repeat, a picture is not 8-bit, or there are more or fewer pictures than rows.
    """
    repeated = table['stimulus_id'][table['stimulus_id'].duplicated()]
    if len(repeated):
        raise ValueError(f"{layout.identifier}: stimulus_id '{repeated.iloc[0]}' occurs twice.")
    table = table.assign(filename=table['stimulus_id'] + '.png')
    layout.stimuli.mkdir()
    with zipfile.ZipFile(layout.stimuli_zip, 'w') as archive:
        for picture, name in zip(_counted(pictures, len(table), layout.identifier), table['filename']):
            if picture.dtype != np.uint8 or picture.shape[2:] not in ((), (3,)) or picture.ndim < 2:
                raise ValueError(f'{layout.identifier}: picture {name} is {picture.dtype} {picture.shape}; expected '
                                 'uint8 (height, width) or (height, width, 3).')
            png = io.BytesIO()
            Image.fromarray(picture).save(png, format='png')
            (layout.stimuli / name).write_bytes(png.getvalue())
            archive.writestr(zipfile.ZipInfo(name), png.getvalue())  # ZipInfo's date is fixed: the same bytes
    table.sort_index(axis=1).to_csv(layout.stimuli_csv, index=False, lineterminator='\n')


def _counted(pictures: Iterable, expected: int, identifier: str) -> Iterator:
    n = 0
    for n, picture in enumerate(pictures, 1):
        if n > expected:
            break
        yield picture
    if n != expected:
        raise ValueError(f"{identifier}: {'more than ' * (n > expected)}{min(n, expected)} pictures for {expected} "
                         'stimuli.')


class AssemblyWriter:
    """Writes single-trial responses session by session, so that only one session need be in memory.

    The file holds ``data`` (presentation, neuroid, time_bin), float32, compressed, in chunks of some neurons x all
    presentations, and its coordinates, as Brain-Score's assembly loaders read it; the same input gives the same bytes.

    Parameters
    ----------
    path : pathlib.Path
        The netCDF file.
    presentations : pandas.DataFrame
        One row a presentation: stimulus_id, repetition (see :func:`image_trials`).
    time_bins : sequence of (float, float)
        Start and end of each bin, ms after stimulus onset.

    Examples
    --------
    >>> with AssemblyWriter(path, image_trials(stimulus_ids, 50), [(0, 250)]) as writer:
    ...     for responses, neurons in sessions:     # (118, 50, n_neurons) and n_neurons rows
    ...         writer.append(responses, neurons)
    """

    def __init__(self, path: Path, presentations: pd.DataFrame, time_bins: list):
        self._presentations = presentations
        self._time_bins = np.asarray(time_bins, float)
        self._neurons = []
        self._pending = []  # responses that do not fill a chunk yet
        self._written = 0
        n_bins = len(self._time_bins)
        self._chunk = max(1, CHUNK_BYTES // (4 * n_bins * max(len(presentations), 1)))
        self._file = netCDF4.Dataset(path, 'w', format='NETCDF4')
        for name, size in (('presentation', len(presentations)), ('neuroid', None), ('time_bin', n_bins)):
            self._file.createDimension(name, size)
        self._data = self._file.createVariable(
            'data', 'f4', ('presentation', 'neuroid', 'time_bin'), zlib=True, complevel=1, shuffle=True,
            chunksizes=(len(presentations), self._chunk, n_bins), fill_value=np.float32(np.nan))

    def append(self, responses: np.ndarray, neurons: pd.DataFrame) -> None:
        """Add the neurons of a session.

        Parameters
        ----------
        responses : numpy.ndarray, shape (n_images, n_trials, n_neurons[, n_bins])
            Or (n_presentations, n_neurons[, n_bins]). NaN where a presentation is missing.
        neurons : pandas.DataFrame
            A row a neuron; columns become neuroid coordinates and must be the same for all sessions. Needed:
            neuroid_id, region, animal.

        Raises
        ------
        ValueError
            If the shapes do not fit.
        """
        n_presentations, n_bins = len(self._presentations), len(self._time_bins)
        expected = n_presentations * len(neurons) * n_bins
        if responses.size != expected:
            raise ValueError(f'Responses of shape {responses.shape} are not {n_presentations} presentations x '
                             f'{len(neurons)} neurons x {n_bins} time bins.')
        if self._neurons and list(neurons.columns) != list(self._neurons[0].columns):
            raise ValueError(f'The neurons have the columns {list(neurons.columns)}; those before had '
                             f'{list(self._neurons[0].columns)}.')
        self._neurons.append(neurons)
        self._pending.append(np.asarray(responses, np.float32).reshape(n_presentations, len(neurons), n_bins))
        if sum(block.shape[1] for block in self._pending) >= self._chunk:
            self._flush(whole_chunks=True)

    def _flush(self, whole_chunks: bool) -> None:
        """Write what is pending; only in whole chunks, each of which is compressed once."""
        if not self._pending:
            return
        pending = np.concatenate(self._pending, axis=1) if len(self._pending) > 1 else self._pending[0]
        n = pending.shape[1] // self._chunk * self._chunk if whole_chunks else pending.shape[1]
        for start in range(0, n, self._chunk):
            block = pending[:, start:min(start + self._chunk, n)]
            self._data[:, self._written:self._written + block.shape[1], :] = block
            self._written += block.shape[1]
        self._pending = [pending[:, n:].copy()]

    def __enter__(self) -> 'AssemblyWriter':
        return self

    def __exit__(self, failed, *_) -> None:
        try:
            if failed is None:
                self._flush(whole_chunks=False)
                self._write_coordinates()
        finally:
            self._file.close()

    @property
    def neurons(self) -> pd.DataFrame:
        """Table of the neurons so far."""
        return pd.concat(self._neurons, ignore_index=True)

    def _write_coordinates(self) -> None:
        if self._written == 0:
            raise ValueError('There are no neurons to write.')
        bins = pd.DataFrame(self._time_bins, columns=['time_bin_start', 'time_bin_end'])
        coordinates = []
        for dimension, table in (('presentation', self._presentations), ('neuroid', self.neurons),
                                 ('time_bin', bins)):
            for name in table.columns:
                values = table[name].to_numpy()
                if values.dtype == object:
                    values = values.astype(str).astype(object)
                    kind = str
                else:
                    kind = 'f8' if values.dtype.kind == 'f' else 'i8'
                self._file.createVariable(name, kind, (dimension,))[:] = values
                coordinates.append(name)
        self._data.coordinates = ' '.join(coordinates)


def image_trials(stimulus_ids: Iterable[str], n_trials: int) -> pd.DataFrame:
    """Presentations of every image x every repetition, repetitions running fastest: stimulus_id, repetition."""
    stimulus_ids = list(stimulus_ids)
    return pd.DataFrame({'stimulus_id': np.repeat(np.array(stimulus_ids, dtype=object), n_trials),
                         'repetition': np.tile(np.arange(n_trials), len(stimulus_ids))})


@contextlib.contextmanager
def publishing(identifier: str, recipe: dict, home: Path = None) -> Iterator[Layout]:
    """Hand out a temporary folder for the files of `identifier`; when they are complete, put it in its place.

    The block may add to ``recipe``; afterwards the folder gets its sidecar (identifier, recipe with its counts,
    versions, SHA-1 of every file) and is renamed, replacing what was there before. Where the block fails, nothing of
    it is left, and what was packaged before stays.

    Parameters
    ----------
    identifier : str
        Such as 'deVries2020'.
    recipe : dict
        What the files follow from and what they hold: source, options, counts. JSON.
    home : pathlib.Path, optional
        Instead of Brain-Score's data home.

    Yields
    ------
    Layout
        Of the temporary folder.

    Raises
    ------
    RuntimeError
        If another process is packaging the same.
    OSError
        If the folder cannot be written or the disk is full.
    """
    final = packaged(identifier, home).directory
    temporary, former = final.with_name(f'.{identifier}.packaging'), final.with_name(f'.{identifier}.former')
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(final.with_name(f'.{identifier}.lock'), timeout=0):
            _recover(final, former)
            shutil.rmtree(temporary, ignore_errors=True)  # of a packager that was killed
            try:
                temporary.mkdir()
                layout = Layout(temporary, identifier)
                yield layout
                _write_sidecar(layout, recipe)
                if final.exists():
                    final.rename(former)
                temporary.rename(final)
                shutil.rmtree(former, ignore_errors=True)
            finally:
                shutil.rmtree(temporary, ignore_errors=True)
    except Timeout as error:
        raise RuntimeError(f'{identifier} is being packaged by another process: wait for it to finish.') from error
    except (OSError, RuntimeError) as error:  # the netCDF library reports a full disk as a RuntimeError
        if getattr(error, 'errno', None) == errno.ENOSPC or _is_full(final.parent):
            raise OSError(errno.ENOSPC, f'The disk is full: {identifier} does not fit into {final.parent}. Make room, '
                          'or set BRAINIO_HOME to another disk. What was packaged before is untouched.') from error
        raise


def _recover(final: Path, former: Path) -> None:
    """Put back what a packager that was killed between two renames had moved away."""
    if former.exists() and not final.exists():
        former.rename(final)
    shutil.rmtree(former, ignore_errors=True)


def _is_full(directory: Path) -> bool:
    return shutil.disk_usage(directory).free < 2 ** 20


def _write_sidecar(layout: Layout, recipe: dict) -> None:
    files = sorted(path for path in layout.directory.rglob('*') if path.is_file())
    sha1 = {path.relative_to(layout.directory).as_posix(): sha1_of(path) for path in files}
    sidecar = {'identifier': layout.identifier, **recipe,
               'versions': {name: version(name) for name in LIBRARIES}, 'sha1': sha1}
    layout.sidecar.write_text(json.dumps(sidecar, indent=1, sort_keys=True), encoding='utf-8')


def check_room(directory: Path, needed: int, what: str) -> None:
    """Raise OSError unless `needed` bytes are free where `directory` is or will be."""
    existing = next(folder for folder in (directory, *directory.absolute().parents) if folder.exists())
    free = shutil.disk_usage(existing).free
    if free < needed:
        raise OSError(errno.ENOSPC, f'{what} needs {needed / 1e9:.1f} GB, and {existing} has {free / 1e9:.1f} GB free.')
