"""Prepared domains: all images of a domain in one array of 64 x 64 pixels on disk, with an index."""
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from training.home import project_home

SIZE = 64  # pixels a side


@dataclass(frozen=True)
class PreparedDomain:
    """A domain to train on.

    Attributes
    ----------
    name : str
    images : numpy.ndarray, uint8, (n, 64, 64, 3)
        Memory-mapped, read-only.
    index : pandas.DataFrame
        A row for each image: source (str), class_name (str), label (int), split ('train', 'test' or 'all').
    fingerprint : str
        SHA-256 of recipe, index and images.
    directory : pathlib.Path
        Folder of images.npy, index.csv and domain.json.
    recipe : dict
        How the images were chosen and made small.
    metadata : dict
        All of domain.json: besides the above, count, licence, citation, source archives with their checksums and
        whether they are the official ones, images that were skipped with the reasons, versions.
    """
    name: str
    images: np.ndarray
    index: pd.DataFrame
    fingerprint: str
    directory: Path
    recipe: dict
    metadata: dict

    def __len__(self) -> int:
        return len(self.images)


def domain_directory(name: str, home: Path | None = None) -> Path:
    """Folder that a prepared domain of that name has or will have."""
    return project_home(home) / 'domains' / name


def open_domain(name_or_directory: str | Path, home: Path | None = None) -> PreparedDomain:
    """A prepared domain by its name, or by its folder where that is a Path or has a slash.

    Raises
    ------
    FileNotFoundError
        If it is not prepared.
    ValueError
        If its files do not belong together.
    """
    if isinstance(name_or_directory, str) and name_or_directory.isidentifier():
        directory = domain_directory(name_or_directory, home)
    else:
        directory = Path(name_or_directory).expanduser()
    try:
        metadata = json.loads((directory / 'domain.json').read_text(encoding='utf-8'))
    except FileNotFoundError:
        raise FileNotFoundError(f'No prepared domain at {directory}: '
                                f"'brainscore-mouse domains prepare {directory.name} --from PATH' makes it.") from None
    images = np.load(directory / 'images.npy', mmap_mode='r', allow_pickle=False)
    index = pd.read_csv(directory / 'index.csv', keep_default_na=False,
                        dtype={'source': str, 'class_name': str, 'label': int, 'split': str})
    if images.dtype != np.uint8 or images.shape != (len(index), SIZE, SIZE, 3) or len(index) != metadata['count']:
        raise ValueError(f"The files in {directory} do not belong together: images {images.shape}, index {len(index)}, "
                         f"count {metadata['count']}. Prepare the domain again with --replace.")
    return PreparedDomain(metadata['name'], images, index, metadata['fingerprint'], directory, metadata['recipe'],
                          metadata)


def prepared_domains(home: Path | None = None) -> list[str]:
    """Names of all domains that are prepared."""
    return sorted(path.parent.name for path in (project_home(home) / 'domains').glob('[!.]*/domain.json'))
