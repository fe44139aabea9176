"""Reads a Sensorium 2022 mouse in the published layout, folder or zip, without writing or unpickling anything."""
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

TIERS = ('train', 'validation', 'test', 'final_test')
AREAS = {'V1': 'VISp'}  # published name -> acronym of the Allen Mouse Common Coordinate Framework
IMAGE_SHAPE = (144, 256)  # pixels, height and width


@dataclass(frozen=True)
class PublishedMouse:
    """One mouse. Trials are read when they are asked for.

    Attributes
    ----------
    root : pathlib.Path or zipfile.Path
        Folder with ``data`` and ``meta``.
    neurons : pandas.DataFrame
        A row for each neuron, in the order of the responses: unit_id, region, layer, and x, y, z (um, of the
        microscope's motor) where they are published.
    trials : pandas.DataFrame
        A row for each trial, in the order of the files: tier (:data:`TIERS`) and stimulus_id, which names the image.
    """
    root: object
    neurons: pd.DataFrame
    trials: pd.DataFrame

    def image(self, trial: int) -> np.ndarray:
        """The image of a trial, uint8 (144, 256).

        Raises
        ------
        ValueError
            If the file is damaged, of another shape, or has values that are not from 0 to 255.
        """
        path = self.root / 'data' / 'images' / f'{trial}.npy'
        values = _array(path, (1, *IMAGE_SHAPE))[0]
        if not (np.isfinite(values).all() and values.min() >= 0 and values.max() <= 255):
            raise ValueError(f'{path} is not an image of 8 bits: its values are not all from 0 to 255.')
        return np.rint(values).astype(np.uint8)

    def responses(self, trial: int) -> np.ndarray:
        """The neurons' responses in a trial, float32 (n_neurons,).

        Raises
        ------
        ValueError
            If the file is damaged, of another shape, or not finite.
        """
        path = self.root / 'data' / 'responses' / f'{trial}.npy'
        values = _array(path, (len(self.neurons),)).astype(np.float32)
        if not np.isfinite(values).all():
            raise ValueError(f'{path} holds a response that is not finite: that of neuron '
                             f'{np.flatnonzero(~np.isfinite(values))[0]} is {values[~np.isfinite(values)][0]}.')
        return values


def open_mouse(path: Path) -> PublishedMouse:
    """Open a mouse's folder, or its zip as downloaded.

    Raises
    ------
    FileNotFoundError, ValueError
        If a file is missing, damaged, a pickle, or contradicts the others; the message names it.
    """
    root = _root(Path(path))
    neurons = _neurons(root / 'meta' / 'neurons')
    trials = _trials(root / 'meta' / 'trials')
    for name in ('images', 'responses'):
        numbers = _trial_numbers(root / 'data' / name)
        if numbers != list(range(len(trials))):
            lacking = sorted(set(range(len(trials))) - set(numbers))
            detail = f'{lacking[0]}.npy is missing' if lacking else f'{numbers[-1]}.npy belongs to no trial'
            raise ValueError(f'{root / "data" / name} has {len(numbers)} trials, {root / "meta" / "trials"} '
                             f'{len(trials)}: {detail}. Download the mouse again.')
    return PublishedMouse(root, neurons, trials)


def _root(path: Path):
    if not path.exists():
        raise FileNotFoundError(f'{path} does not exist.')
    root = path
    if path.is_file():
        try:
            root = zipfile.Path(path)
        except zipfile.BadZipFile as error:
            raise ValueError(f'{path} is not a zip, or is damaged ({error}): download it again.') from error
    roots = [root, *(entry for entry in root.iterdir() if entry.is_dir())]  # a zip may hold the folder itself
    for candidate in roots:
        if (candidate / 'data').is_dir() and (candidate / 'meta').is_dir():
            return candidate
    raise ValueError(f'{path} is not a mouse of Sensorium 2022: it has no folders data and meta.')


def _neurons(folder) -> pd.DataFrame:
    ids = _array(folder / 'unit_ids.npy', (None,))
    n = len(ids)
    areas = _array(folder / 'area.npy', (n,))
    unknown = sorted(set(areas) - set(AREAS))
    if unknown:
        raise ValueError(f"{folder / 'area.npy'} has the area '{unknown[0]}'; expected {', '.join(AREAS)}.")
    table = pd.DataFrame({'unit_id': ids, 'region': [AREAS[area] for area in areas],
                          'layer': _array(folder / 'layer.npy', (n,))})
    coordinates = folder / 'cell_motor_coordinates.npy'
    if coordinates.exists():
        table[['x', 'y', 'z']] = _array(coordinates, (n, 3)).astype(float)
    return table


def _trials(folder) -> pd.DataFrame:
    tiers = _array(folder / 'tiers.npy', (None,)).astype(str)
    unknown = sorted(set(tiers) - set(TIERS))
    if unknown:
        raise ValueError(f"{folder / 'tiers.npy'} has the tier '{unknown[0]}'; expected one of {', '.join(TIERS)}.")
    # an id is unique within a class of images
    classes = _array(folder / 'frame_image_class.npy', (len(tiers),)).astype(str)
    ids = _array(folder / 'frame_image_id.npy', (len(tiers),))
    stimulus_ids = [f'{kind}_{number}' for kind, number in zip(classes, ids)]
    for stimulus_id in stimulus_ids:
        if not re.fullmatch(r'[A-Za-z]\w*', stimulus_id):  # it becomes the name of a file
            raise ValueError(f"{folder} names an image '{stimulus_id}'; expected letters, digits and _.")
    return pd.DataFrame({'tier': tiers, 'stimulus_id': stimulus_ids})


def _trial_numbers(folder) -> list[int]:
    if not folder.is_dir():
        raise FileNotFoundError(f'{folder} is missing: download the mouse again.')
    names = [entry.name for entry in folder.iterdir()
             if entry.name.endswith('.npy') and not entry.name.startswith('._')]  # macOS puts these beside files
    odd = [name for name in names if not re.fullmatch(r'\d+\.npy', name)]
    if odd:
        raise ValueError(f"{folder / odd[0]} is not a trial: expected the trial's number for a name, such as 7.npy.")
    return sorted(int(name.removesuffix('.npy')) for name in names)


def _array(path, shape: tuple) -> np.ndarray:
    """A plain array of that shape (None: any length)."""
    try:
        with path.open('rb') as file:
            values = np.lib.format.read_array(file, allow_pickle=False)
    except (FileNotFoundError, KeyError) as error:  # in a folder, in a zip
        raise FileNotFoundError(f'{path} is missing: download the mouse again.') from error
    except Exception as error:  # a damaged header is read as Python's literals, which raises whatever is met
        if 'Object arrays' in str(error):
            raise ValueError(f'{path} holds a pickle, which could run code when it is read, and is not read: '
                             'Sensorium 2022 publishes plain arrays.') from error
        raise ValueError(f'{path} is damaged ({error}): download the mouse again.') from error
    if len(values.shape) != len(shape) or any(n not in (None, got) for n, got in zip(shape, values.shape)):
        expected = ' x '.join('any' if n is None else str(n) for n in shape)
        raise ValueError(f'{path} has the shape {values.shape}; expected {expected}.')
    return values
