"""Prepared domains: all images of a domain in one array of 64 x 64 pixels on disk, with an index."""
import json
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from training.domains.integrity import check_integrity, remedy
from training.home import project_home

SIZE = 64  # pixels a side
# Of domain.json: what must be there, and what must be of this type where it is there.
_NEEDED = {'name': str, 'count': int, 'fingerprint': str, 'recipe': dict}
_TYPES = {'title': str, 'licence': str, 'citation': str, 'archives': list, 'left_out': dict, 'skipped': list,
          'key': str, 'official': bool}
_PARTS = {'archives': ('name', 'sha256'), 'skipped': ('source', 'reason')}  # strings of their entries


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
        Folder of images.npy, index.csv, domain.json and checksums.json.
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


def open_domain(name_or_directory: str | Path, home: Path | None = None, verify: bool = False) -> PreparedDomain:
    """A prepared domain by its name, or by its folder where that is a Path or has a slash.

    Parameters
    ----------
    name_or_directory : str or pathlib.Path
    home : pathlib.Path, optional
        Where prepared domains are kept, see :func:`~training.home.project_home`.
    verify : bool
        Compare all images with their checksums, not only some, see :func:`~training.domains.integrity.check_integrity`.

    Raises
    ------
    FileNotFoundError
        If it is not prepared.
    ValueError
        If one of its files is damaged, or they do not belong together.
    """
    if isinstance(name_or_directory, str) and name_or_directory.isidentifier():
        directory = domain_directory(name_or_directory, home)
    else:
        directory = Path(name_or_directory).expanduser()
    if not (directory / 'domain.json').exists():
        raise FileNotFoundError(f'No prepared domain at {directory}: '
                                f"'brainscore-mouse domains prepare {directory.name} --from PATH' makes it.")
    metadata = _metadata(directory / 'domain.json')
    images, index = _images(directory / 'images.npy'), _index(directory / 'index.csv')
    if len(images) != len(index) or len(index) != metadata['count']:
        raise ValueError(f'The files in {directory} do not belong together: images {images.shape}, index {len(index)}, '
                         f"count {metadata['count']}. {remedy(directory.name)}")
    check_integrity(directory, metadata['fingerprint'], verify)
    return PreparedDomain(metadata['name'], images, index, metadata['fingerprint'], directory, metadata['recipe'],
                          metadata)


def prepared_domains(home: Path | None = None) -> list[str]:
    """Names of all domains that are prepared."""
    return sorted(path.parent.name for path in (project_home(home) / 'domains').glob('[!.]*/domain.json'))


def _metadata(path: Path) -> dict:
    try:
        metadata = json.loads(path.read_text(encoding='utf-8'))
        kinds = {name: isinstance(metadata[name], kind) for name, kind in _NEEDED.items()}
        wrong = [name for name, right in kinds.items() if not right]
        wrong += [name for name, kind in _TYPES.items() if not isinstance(metadata.get(name, kind()), kind)]
        wrong += [name for name, parts in _PARTS.items() for entry in metadata.get(name, [])
                  if name not in wrong and not all(isinstance(entry[part], str) for part in parts)]
        wrong += [name for name in ('left_out',) if name not in wrong
                  and not all(isinstance(number, int) for number in metadata.get(name, {}).values())]
    except KeyError as error:
        raise _damaged(path, f'it has no {error}') from error
    except (ValueError, TypeError, IsADirectoryError, RecursionError) as error:
        raise _damaged(path, error) from error
    if wrong:
        raise _damaged(path, f"its '{wrong[0]}' is {str(metadata[wrong[0]])[:40]!r}")
    return metadata


def _images(path: Path) -> np.ndarray:
    """The array, mapped into memory once its header and the size of the file agree."""
    try:
        with path.open('rb') as file:
            if np.lib.format.read_magic(file) != (1, 0):
                raise ValueError('another version of the format')
            shape, fortran_order, dtype = np.lib.format.read_array_header_1_0(file)
            start = file.tell()
    except FileNotFoundError:
        raise _damaged(path, 'it is missing') from None
    except PermissionError:
        raise
    except Exception as error:  # numpy evaluates the header as Python, which raises anything
        raise _damaged(path, f'its header cannot be read: {error}') from error
    if dtype != np.uint8 or fortran_order or len(shape) != 4 or shape[1:] != (SIZE, SIZE, 3) or shape[0] < 1:
        raise _damaged(path, f'it holds {dtype} of shape {shape}; expected is uint8 (n, {SIZE}, {SIZE}, 3)')
    expected = start + shape[0] * SIZE * SIZE * 3
    if path.stat().st_size != expected:
        raise _damaged(path, f'it has {path.stat().st_size:,} bytes; expected are {expected:,}')
    return np.memmap(path, np.uint8, 'r', start, shape)


def _index(path: Path) -> pd.DataFrame:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('error', pd.errors.ParserWarning)  # more values than columns
            index = pd.read_csv(path, keep_default_na=False, index_col=False,
                                dtype={'source': str, 'class_name': str, 'label': int, 'split': str})
    except FileNotFoundError:
        raise _damaged(path, 'it is missing') from None
    except PermissionError:
        raise
    except Exception as error:  # pandas raises errors of its own, of the codec and of its parser in C
        raise _damaged(path, error) from error
    missing = [name for name in ('source', 'class_name', 'label', 'split') if name not in index]
    if missing:
        raise _damaged(path, f"it has no column '{missing[0]}'")
    unknown = sorted(set(index['split']) - {'train', 'test', 'all'})
    if unknown:
        raise _damaged(path, f'it has a split {unknown[0][:40]!r}')
    return index


def _damaged(path: Path, why: object) -> ValueError:
    first_line = str(why).strip().partition('\n')[0][:200]
    return ValueError(f'{path} is damaged: {first_line}. {remedy(path.parent.name)}')
