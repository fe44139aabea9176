"""Reads the published similarity matrices, their reliabilities, and the scenes. Needs NumPy and pandas alone.

Values are Pearson's r between the responses of a site's neurons to two images: similarities, although the files are
named after dissimilarities. The 119th image is a grey screen.
"""
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

MATRICES, RELIABILITIES, SCENES = 'uber_rdm.csv', 'rdms_splithalf.csv', 'all_input_scenes_118_961.npy'
N_IMAGES, N_SCENES, SIDE = 119, 118, 31


@dataclass(frozen=True)
class PublishedMatrices:
    """What was published.

    Attributes
    ----------
    sites : pandas.DataFrame
        A row for each site: site, region, layer, reliability (of the matrix of all trials: the correlation of the
        matrices of two halves of the 50 trials, Spearman-Brown corrected, mean over 10 halvings).
    similarities : numpy.ndarray, shape (n_sites, 118, 118)
        Of the scenes, without the grey screen; 1 on the diagonals.
    scenes : numpy.ndarray, uint8, shape (118, 31, 31)
        Grey levels.
    """
    sites: pd.DataFrame
    similarities: np.ndarray
    scenes: np.ndarray


def read_matrices(folder: Path) -> PublishedMatrices:
    """Read the three files of a folder.

    Raises
    ------
    FileNotFoundError
        If one is missing.
    ValueError
        If one is not in the published layout.
    """
    table = _csv(folder / MATRICES)
    reliabilities = _csv(folder / RELIABILITIES)
    needed = {'area', 'layer', 'mean'}
    if not needed <= set(reliabilities.columns):
        raise ValueError(f'{folder / RELIABILITIES} has the columns {", ".join(reliabilities.columns)}; expected '
                         f'{", ".join(sorted(needed))}.')
    reliabilities.index = reliabilities['area'] + '_' + reliabilities['layer']
    if set(reliabilities.index) != set(table.columns) or not reliabilities.index.is_unique:
        raise ValueError(f'{MATRICES} and {RELIABILITIES} in {folder} name different sites: fetch both again.')
    reliabilities = reliabilities.loc[list(table.columns)]
    sites = pd.DataFrame({'site': list(table.columns), 'region': reliabilities['area'].to_numpy(),
                          'layer': reliabilities['layer'].to_numpy(),
                          'reliability': reliabilities['mean'].to_numpy(float)})
    similarities = np.stack([_square(table[site].to_numpy(float), folder / MATRICES) for site in table])
    return PublishedMatrices(sites, similarities[:, :N_SCENES, :N_SCENES], _scenes(folder / SCENES))


def _csv(path: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(path)
    except FileNotFoundError as error:
        raise FileNotFoundError(f'{path} is missing: fetch it again.') from error
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise ValueError(f'{path} is damaged ({error}): fetch it again.') from error


def _square(triangle: np.ndarray, path: Path) -> np.ndarray:
    """A symmetric matrix from its upper triangle, row by row."""
    first, second = np.triu_indices(N_IMAGES, 1)
    if len(triangle) != len(first) or not np.isfinite(triangle).all() or np.abs(triangle).max() > 1:
        raise ValueError(f'{path} has {len(triangle)} rows; expected {len(first)} correlations, the upper triangle of '
                         f'{N_IMAGES} x {N_IMAGES}. Fetch it again.')
    matrix = np.eye(N_IMAGES)
    matrix[first, second] = matrix[second, first] = triangle
    return matrix


def _scenes(path: Path) -> np.ndarray:
    try:
        scenes = np.load(path, allow_pickle=False)
    except FileNotFoundError as error:
        raise FileNotFoundError(f'{path} is missing: fetch it again.') from error
    except (ValueError, EOFError, OSError) as error:
        raise ValueError(f'{path} is damaged ({error}): fetch it again.') from error
    if scenes.shape != (N_SCENES, SIDE ** 2) or not ((scenes >= 0) & (scenes <= 255)).all():
        raise ValueError(f'{path} has the shape {scenes.shape}; expected {N_SCENES} x {SIDE ** 2} grey levels from 0 '
                         'to 255. Fetch it again.')
    return np.round(scenes).astype(np.uint8).reshape(N_SCENES, SIDE, SIDE)
