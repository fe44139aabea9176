"""Reads the supplement of Antolík et al. (2016) as it was published: NumPy arrays for each field of view."""
from dataclasses import dataclass
from pathlib import Path

import numpy as np

FIELDS = ('region1', 'region2', 'region3')
SIDE = 31  # pixels; images are stored row by row
GREY = 1e6  # the stored values are grey levels times 1e-6


@dataclass(frozen=True)
class Field:
    """One field of view.

    Attributes
    ----------
    name : str
    images : numpy.ndarray, uint8, shape (n_images, 31, 31)
        The images that were repeated, the supplement's validation set.
    responses : numpy.ndarray, shape (n_images, n_trials, n_neurons)
        Single trials of these.
    training_images : numpy.ndarray, uint8, shape (n_training, 31, 31), or None
        The image of each single presentation; None where ``training_inputs.npy`` is not there.
    training_responses : numpy.ndarray, shape (n_training, n_neurons), or None
    """
    name: str
    images: np.ndarray
    responses: np.ndarray
    training_images: np.ndarray | None
    training_responses: np.ndarray | None


def read_field(supplement: Path, name: str) -> Field:
    """Read a field of view.

    Parameters
    ----------
    supplement : pathlib.Path
        The folder ``Data`` of the supplement, with ``region1``, ``region2`` and ``region3``.
    name : str
        One of :data:`FIELDS`.

    Raises
    ------
    FileNotFoundError
        If a file of the repeated images is missing.
    ValueError
        If an array is damaged or not of the published layout.
    """
    folder = supplement / name
    images = _images(folder / 'validation_inputs.npy')
    trials = _array(folder / 'raw_validation_set.npy', 3)
    if trials.shape[1] != len(images):
        raise ValueError(f'{folder}: raw_validation_set.npy has responses to {trials.shape[1]} images, '
                         f'validation_inputs.npy has {len(images)} images; expected (trials, images, neurons) and the '
                         'same images. Take both from one copy of the supplement.')
    training_images, training_responses = _training(folder, trials.shape[2])
    return Field(name, images, trials.swapaxes(0, 1), training_images, training_responses)


def _training(folder: Path, n_neurons: int) -> tuple[np.ndarray | None, np.ndarray | None]:
    if not (folder / 'training_inputs.npy').is_file():
        return None, None
    images, responses = _images(folder / 'training_inputs.npy'), _array(folder / 'training_set.npy', 2)
    if responses.shape != (len(images), n_neurons):
        raise ValueError(f'{folder}: training_set.npy is {responses.shape}; expected {len(images)} presentations, as '
                         f'in training_inputs.npy, x {n_neurons} neurons. Take both from one copy of the supplement.')
    return images, responses


def _images(path: Path) -> np.ndarray:
    stored = _array(path, 2)
    grey = np.round(stored * GREY)
    if stored.shape[1] != SIDE ** 2 or np.abs(stored * GREY - grey).max() > .01 or grey.min() < 0 or grey.max() > 255:
        raise ValueError(f'{path}: {stored.shape}, values from {stored.min():g} to {stored.max():g}; expected rows of '
                         f'{SIDE} x {SIDE} whole grey levels from 0 to 255, times 1e-6.')
    return grey.astype(np.uint8).reshape(-1, SIDE, SIDE)


def _array(path: Path, n_dimensions: int) -> np.ndarray:
    if not path.is_file():
        raise FileNotFoundError(f'{path} is missing: --from takes the folder of the supplement that holds '
                                f"{', '.join(FIELDS)}.")
    try:
        array = np.load(path, allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        raise ValueError(f'{path} is damaged ({error}): unpack the supplement again.') from error
    if array.ndim != n_dimensions or array.dtype.kind != 'f' or not np.isfinite(array).all():
        raise ValueError(f'{path}: {array.dtype} {array.shape}; expected finite numbers in {n_dimensions} dimensions.')
    return array
