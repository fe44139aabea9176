"""Loads packaged recordings: only the neurons that a selection keeps."""
import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import netCDF4
import numpy as np
import pandas as pd
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly, StimulusMergeAssemblyLoader
from brainscore_core.supported_data_standards.brainio.stimuli import StimulusSet

from .layout import Layout, packaged


def load_stimulus_set(identifier: str, absent: str, home: Path | None = None) -> StimulusSet:
    """The stimulus set of packaged recordings.

    Parameters
    ----------
    identifier : str
        Such as 'deVries2020'.
    absent : str
        What to tell the user if the recording is not there: the commands that get it, their size and licence.
    home : pathlib.Path, optional
        Folder of recordings that a plugin brings along; Brain-Score's data home by default.

    Raises
    ------
    FileNotFoundError
        If the recordings are not packaged.
    ValueError
        If a file is damaged or missing.
    """
    layout = _present(identifier, absent, home)
    layout.check_unchanged(layout.stimuli_csv)
    with _reading(layout, layout.stimuli_csv):
        stimulus_set = StimulusSet.from_files(layout.stimuli_csv, layout.stimuli)
    stimulus_set.identifier = identifier
    return stimulus_set


def neuron_table(identifier: str, absent: str) -> pd.DataFrame:
    """The neuroid coordinates of packaged recordings, a row for each neuron; parameters and errors as above."""
    layout = _present(identifier, absent)
    with _reading(layout, layout.assembly), netCDF4.Dataset(layout.assembly) as file:
        return _coordinates(file, 'neuroid')


def load_assembly(identifier: str, absent: str, keep: Callable[[pd.DataFrame], np.ndarray] | None = None,
                  stimuli: str | None = None, home: Path | None = None) -> NeuroidAssembly:
    """Single-trial responses of packaged recordings.

    Reads some neurons at a time, so that no more than the result need be in memory.

    Parameters
    ----------
    identifier, absent, home
        As of :func:`load_stimulus_set`.
    keep : callable, optional
        From the table of neurons to a mask, bool (n_neurons,); all neurons by default.
    stimuli : str, optional
        Identifier of the stimulus set, where it is not that of the responses.

    Returns
    -------
    NeuroidAssembly, float32, shape (n_presentations, n_neurons, n_bins)
        NaN where a presentation is missing; stimulus_set among its attributes.

    Raises
    ------
    FileNotFoundError, ValueError
        As of :func:`load_stimulus_set`.
    """
    layout = _present(identifier, absent, home)
    stimulus_set = load_stimulus_set(stimuli or identifier, absent, home)
    with _reading(layout, layout.assembly), netCDF4.Dataset(layout.assembly) as file:
        neurons, bins = _coordinates(file, 'neuroid'), _coordinates(file, 'time_bin')
        presentations = _coordinates(file, 'presentation')
        if not set(presentations['stimulus_id']) <= set(stimulus_set['stimulus_id']):
            raise KeyError('stimulus_id')
        mask = np.ones(len(neurons), bool) if keep is None else np.asarray(keep(neurons), bool)
        values = _read(file['data'], mask)
    columns = {'presentation': presentations, 'neuroid': neurons[mask], 'time_bin': bins}
    coords = {name: (dimension, table[name].to_numpy()) for dimension, table in columns.items() for name in table}
    assembly = NeuroidAssembly(values, coords=coords, dims=list(columns))
    assembly = _WithStimuli(stimulus_set).merge_stimulus_set_meta(assembly, stimulus_set)
    assembly.attrs.update(identifier=identifier, stimulus_set=stimulus_set,
                          stimulus_set_identifier=stimulus_set.identifier)
    return assembly


class _WithStimuli(StimulusMergeAssemblyLoader):
    """Brain-Score's merge of stimulus columns into presentations, for responses that are loaded already."""

    def __init__(self, stimulus_set: StimulusSet):
        super().__init__(cls=NeuroidAssembly, file_path=None, stimulus_set=stimulus_set)


def _present(identifier: str, absent: str, home: Path | None = None) -> Layout:
    layout = packaged(identifier, home)
    if not layout.sidecar.is_file():
        raise FileNotFoundError(f'The recordings {identifier} are not in {layout.directory.parent}. {absent}')
    return layout


@contextlib.contextmanager
def _reading(layout: Layout, path: Path) -> Iterator[None]:
    """Say of what goes wrong with a file whether it is the file's fault, or that of the system around it.

    Raises
    ------
    ValueError
        If files are not as they were packaged.
    OSError
        If they are, and cannot be read all the same.
    """
    try:
        yield
    except Exception as error:  # the libraries raise whatever they meet
        wrong = layout.damage()
        if wrong:
            raise ValueError(f"{'; '.join(wrong[:3])}. Package {layout.identifier} again.") from error
        if isinstance(error, ValueError):  # of who selects neurons
            raise
        raise OSError(f'{path} is as it was packaged, but cannot be read: {error}. If another program has it open, '
                      'close that; if its disk knows no locks, as some network disks do not, set '
                      'HDF5_USE_FILE_LOCKING=FALSE.') from error


def _coordinates(file: netCDF4.Dataset, dimension: str) -> pd.DataFrame:
    return pd.DataFrame({name: variable[:] for name, variable in file.variables.items()
                         if variable.dimensions == (dimension,)})


def _read(data: netCDF4.Variable, mask: np.ndarray) -> np.ndarray:
    """The responses of the neurons in `mask`, a chunk of the file at a time."""
    data.set_auto_mask(False)
    n_presentations, n_neurons, n_bins = data.shape
    values = np.empty((n_presentations, int(mask.sum()), n_bins), np.float32)
    size, read = data.chunking()[1], 0
    for start in range(0, n_neurons, size):
        kept = mask[start:start + size]
        if kept.any():
            block = data[:, start:start + size, :][:, kept]
            values[:, read:read + block.shape[1]] = block
            read += block.shape[1]
    return values
