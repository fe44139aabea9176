"""One session reduced to its responses: an HDF5 file that any environment can write and read.

Imports NumPy, pandas and h5py alone: the scripts that run in the environment of AllenSDK find it on their path.
"""
import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import pandas as pd

FORMAT = 'brainscore-mouse session 1'


def write_session(path: Path, responses: np.ndarray, neurons: pd.DataFrame, recipe: dict) -> None:
    """Write the responses of a session, atomically.

    Parameters
    ----------
    path : pathlib.Path
        ``<session id>.h5``
    responses : numpy.ndarray, float32, shape (n_images, n_trials, n_neurons[, n_bins])
        NaN where a presentation is missing.
    neurons : pandas.DataFrame
        A row for each neuron: text, integers or floats.
    recipe : dict
        What the responses follow from; read back by :func:`read_session`.
    """
    with new_file(path) as file:
        file.attrs['format'] = FORMAT
        file.attrs['recipe'] = json.dumps(recipe, sort_keys=True)
        file.attrs['columns'] = json.dumps(list(neurons.columns))
        chunks = (*responses.shape[:2], max(1, min(responses.shape[2], 16)), *responses.shape[3:])
        file.create_dataset('responses', data=np.asarray(responses, np.float32), chunks=chunks, compression=1,
                            shuffle=True, fletcher32=True)
        for name in neurons.columns:
            values = neurons[name].to_numpy()
            if values.dtype == object:
                values = np.array(values.astype(str), dtype=h5py.string_dtype())
            file.create_dataset(f'neurons/{name}', data=values)


@contextlib.contextmanager
def new_file(path: Path) -> Iterator[h5py.File]:
    """An HDF5 file to be filled, which is at `path` once it is complete, and nowhere before.

    It is filled in memory: where the disk is full, HDF5 may take the process down.

    Raises
    ------
    OSError
        If it cannot be written; nothing of it is left.
    """
    with h5py.File(path.name, 'w', driver='core', backing_store=False) as file:
        yield file
        file.flush()
        content = file.id.get_file_image()
    temporary = path.with_name(f'.{path.name}.{os.getpid()}')
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(content)
        os.replace(temporary, path)
    except OSError as error:
        raise OSError(f'{path} cannot be written ({error.strerror}): make room or make the folder writable, and '
                      'start again. What was finished is kept, and nothing that was read is at fault.') from error
    finally:
        temporary.unlink(missing_ok=True)


def read_session(path: Path) -> tuple[np.ndarray, pd.DataFrame, dict]:
    """Responses, neurons and recipe, as given to :func:`write_session`.

    Raises
    ------
    ValueError
        If the file is damaged or of another kind.
    """
    try:
        with h5py.File(path) as file:
            if file.attrs['format'] != FORMAT:
                raise ValueError(f"format '{file.attrs['format']}'")
            columns = {name: file[f'neurons/{name}'] for name in json.loads(file.attrs['columns'])}
            neurons = pd.DataFrame({name: (column.asstr()[()] if h5py.check_string_dtype(column.dtype) else column[()])
                                    for name, column in columns.items()})
            return file['responses'][()], neurons, json.loads(file.attrs['recipe'])
    except FileNotFoundError:
        raise
    except Exception as error:  # h5py raises whatever it meets
        raise ValueError(f'{path} is damaged ({error}): delete it and package again.') from error
