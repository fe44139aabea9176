"""Writes stimulus sets and assemblies in Brain-Score's formats: images as CSV and PNGs, responses as netCDF."""
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import netCDF4
import numpy as np
import pandas as pd
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from brainscore_plugin.data.mouse_recordings.layout import Layout

CHUNK_BYTES = 4 * 2 ** 20  # of some neurons' responses to everything: the least that is read for one neuron


def write_stimuli(layout: Layout, table: pd.DataFrame, images: Iterable[np.ndarray],
                  terms: dict[str, str] | None = None) -> None:
    """Write a stimulus set: CSV, zip of 8-bit PNGs, and the PNGs unpacked.

    Parameters
    ----------
    layout : Layout
        Where to; the directory exists.
    table : pandas.DataFrame
        A row for each image: stimulus_id, text that is not a number, and whatever else is known. The column filename is
        added.
    images : iterable of numpy.ndarray, uint8, shape (height, width) or (height, width, 3)
        In the order of the table; read one at a time.
    terms : dict of str to str, optional
        Whose the images are and under which licence, written into each PNG as texts.

    Raises
    ------
    ValueError
        If an id occurs twice, an image is not 8-bit, or there are more or fewer images than rows.
    """
    repeated = table['stimulus_id'][table['stimulus_id'].duplicated()]
    if len(repeated):
        raise ValueError(f"{layout.identifier}: stimulus_id '{repeated.iloc[0]}' occurs twice.")
    table = table.assign(filename=table['stimulus_id'] + '.png')
    texts = PngInfo()
    for key, text in (terms or {}).items():
        texts.add_text(key, text)
    layout.stimuli.mkdir()
    with zipfile.ZipFile(layout.stimuli_zip, 'w') as archive:
        for image, name in zip(_counted(images, len(table), layout.identifier), table['filename']):
            if image.dtype != np.uint8 or image.shape[2:] not in ((), (3,)) or image.ndim < 2:
                raise ValueError(f'{layout.identifier}: image {name} is {image.dtype} {image.shape}; expected '
                                 'uint8 (height, width) or (height, width, 3).')
            png = io.BytesIO()
            Image.fromarray(image).save(png, format='png', pnginfo=texts)
            (layout.stimuli / name).write_bytes(png.getvalue())
            archive.writestr(zipfile.ZipInfo(name), png.getvalue())  # ZipInfo's date is fixed: the same bytes
    table.sort_index(axis=1).to_csv(layout.stimuli_csv, index=False, lineterminator='\n')


def _counted(images: Iterable[np.ndarray], expected: int, identifier: str) -> Iterator[np.ndarray]:
    n = 0
    for n, image in enumerate(images, 1):
        if n > expected:
            break
        yield image
    if n != expected:
        raise ValueError(f"{identifier}: {'more than ' * (n > expected)}{min(n, expected)} images for {expected} "
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
        A row for each presentation: stimulus_id, repetition (see :func:`image_trials`).
    time_bins : sequence of (float, float)
        Start and end of each bin, ms after stimulus onset.

    Examples
    --------
    >>> with AssemblyWriter(path, image_trials(stimulus_ids, 50), [(0, 250)]) as writer:
    ...     for responses, neurons in sessions:     # (118, 50, n_neurons) and n_neurons rows
    ...         writer.append(responses, neurons)
    """

    def __init__(self, path: Path, presentations: pd.DataFrame, time_bins: Sequence[tuple[float, float]]):
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
            A row for each neuron; columns become neuroid coordinates and must be the same for all sessions. Needed:
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
    """Presentations of every image in every trial, trials running fastest: columns stimulus_id and repetition."""
    stimulus_ids = list(stimulus_ids)
    return pd.DataFrame({'stimulus_id': np.repeat(np.array(stimulus_ids, dtype=object), n_trials),
                         'repetition': np.tile(np.arange(n_trials), len(stimulus_ids))})
