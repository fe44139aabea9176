"""Sets of images to browse and to show to networks: prepared domains, archives, folders, stimulus sets, arrays."""
import functools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image, ImageOps

from napari_viewer.core.software_gl import keep_triton_out

SMALLEST = 8  # px; below, there is nothing to see and no layer of a network that fits
CHECKED = 16  # images of an array that are looked at before it is shown
COLUMNS = ['source', 'class_name', 'label', 'split']


class ImageSet:
    """Images by number, each read when it is needed.

    Parameters
    ----------
    name : str
    index : pandas.DataFrame
        A row an image; columns source, class_name, label, split.
    load : callable
        Number -> PIL.Image or uint8 array; may be called from several threads.
    close : callable, optional
        Frees what `load` reads from.
    """

    def __init__(self, name: str, index: pd.DataFrame, load: Callable, close: Callable[[], None] = lambda: None):
        self.name, self.index, self._load, self.close = name, index.reset_index(drop=True), load, close

    def __len__(self) -> int:
        return len(self.index)

    def read(self, i: int) -> np.ndarray:
        """Image i in its own size, uint8 (height, width, 3).

        Raises
        ------
        ValueError
            If it cannot be decoded or is too small to look at.
        """
        try:
            image = self._load(i)
            if isinstance(image, Image.Image):
                image = np.asarray(image.convert('RGB'))
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
            raise ValueError(f"Image {i} of {self.name} ({self.source(i)}) is damaged ({error}) and left out: "
                             'replace the file to see it.') from error
        if min(image.shape[:2]) < SMALLEST:
            raise ValueError(f'Image {i} of {self.name} ({self.source(i)}) is {image.shape[1]} x {image.shape[0]} '
                             f'pixels; at least {SMALLEST} x {SMALLEST} are needed: choose another image.')
        return image

    def square(self, i: int, size: int) -> np.ndarray:
        """Image i as networks see it, uint8 (size, size, 3): squeezed to a square, as Brain-Score does."""
        image = self.read(i)
        if image.shape[:2] == (size, size):
            return image
        return np.asarray(Image.fromarray(image).resize((size, size), Image.Resampling.BILINEAR))

    def thumbnail(self, i: int, size: int, background: tuple[int, int, int]) -> np.ndarray:
        """Image i, not cropped, within a square, uint8 (size, size, 3)."""
        image = self.read(i)
        if image.shape[:2] == (size, size):
            return image
        return np.asarray(ImageOps.pad(Image.fromarray(image), (size, size), Image.Resampling.BILINEAR, background))

    def subset(self, numbers: np.ndarray, name: str) -> 'ImageSet':
        """Some of the images as a set of their own, in the order of `numbers`."""
        return joined([(self, numbers)], name)

    @functools.cached_property
    def names(self) -> list[str]:
        """Class and source of each image in small letters, in which users search."""
        return [f'{class_name} {source}'.lower() for class_name, source in zip(self.index['class_name'],
                                                                               self.index['source'])]

    def matching(self, search: str) -> np.ndarray:
        """Numbers of the images whose class or source holds every word of a search, in letters of any size."""
        words = search.lower().split()
        return np.flatnonzero([all(word in name for word in words) for name in self.names])

    def source(self, i: int) -> str:
        """Where image i comes from."""
        return str(self.index['source'].iat[i])

    def class_name(self, i: int) -> str:
        return str(self.index['class_name'].iat[i])


def any_images(images) -> ImageSet | None:
    """Images by whatever the user names them by: an array, a prepared domain's name, a folder or an archive."""
    if images is None or isinstance(images, ImageSet):
        return images
    if isinstance(images, (str, Path)):
        return from_path(Path(images)) if Path(images).exists() else from_domain(images)
    return from_array(images)


def joined(parts: list[tuple[ImageSet, np.ndarray]], name: str) -> ImageSet:
    """Some images of several sets as one set, in the order in which they are given.

    Parameters
    ----------
    parts : list of (ImageSet, numpy.ndarray)
        Each set with the numbers of its images.
    name : str
    """
    ends = np.cumsum([len(numbers) for _, numbers in parts])

    def load(i: int):
        k = int(np.searchsorted(ends, i, side='right'))
        images, numbers = parts[k]
        return images._load(int(numbers[i - ends[k] + len(numbers)]))

    index = pd.concat([images.index.iloc[numbers] for images, numbers in parts], ignore_index=True)
    return ImageSet(name, index, load)


def from_array(images, name: str = 'images') -> ImageSet:
    """Images from an array.

    Parameters
    ----------
    images : array_like, (n, height, width) or (n, height, width, 3)
        Whole numbers from 0 to 255, floats from 0 to 1, or booleans; or a list of such images, of any sizes, PIL
        images or files.

    Raises
    ------
    ValueError
        If it holds no images, or arrays of another shape or range.
    """
    if isinstance(images, list) and images and isinstance(images[0], (str, Path, Image.Image)):
        sources = [str(image) if isinstance(image, (str, Path)) else f'{name}[{i}]' for i, image in enumerate(images)]
        return ImageSet(name, _index(sources), lambda i: images[i] if isinstance(images[i], Image.Image)
                      else Image.open(images[i]))
    if not len(images):
        raise ValueError('There are no images: give a uint8 array of shape (n, height, width, 3).')
    for i in np.unique(np.linspace(0, len(images) - 1, CHECKED).astype(int)):  # all may be much to read
        _as_uint8(np.asarray(images[i]))
    index = _index([f'{name}[{i}]' for i in range(len(images))])
    return ImageSet(name, index, lambda i: _as_uint8(np.asarray(images[i])))


def from_domain(name_or_directory: str | Path) -> ImageSet:
    """A prepared domain; its images stay on disk."""
    from training.domains import open_domain
    domain = open_domain(name_or_directory)
    return ImageSet(domain.name, domain.index, lambda i: np.asarray(domain.images[i]))


def from_path(path: Path, domain: str | None = None) -> ImageSet:
    """A folder of images, an archive in the layout of an official data set, or the folder of a prepared domain."""
    if (Path(path) / 'domain.json').is_file():
        return from_domain(Path(path))
    from training.domains import open_source
    source = open_source(domain, Path(path))
    return ImageSet(domain or Path(path).stem, source.index, source.read, getattr(source, 'close', lambda: None))


def from_stimulus_set(identifier: str) -> ImageSet:
    """A stimulus set of Brain-Score, such as the scenes of the simulated mouse."""
    keep_triton_out()
    from brainscore_vision import load_stimulus_set
    return of_stimulus_set(load_stimulus_set(identifier), identifier)


def of_stimulus_set(stimulus_set, name: str) -> ImageSet:
    """A stimulus set that is loaded; the source of an image is its stimulus_id."""
    ids = list(stimulus_set['stimulus_id'])
    files = [Path(stimulus_set.get_stimulus(stimulus_id)) for stimulus_id in ids]
    index = _index([str(stimulus_id) for stimulus_id in ids])
    for column in ('object_name', 'category_name', 'image_label'):
        if column in stimulus_set:
            index['class_name'] = stimulus_set[column].astype(str).to_numpy()
            break
    return ImageSet(name, index, lambda i: Image.open(files[i]))


def stimulus_sets() -> list[str]:
    """Identifiers of this project's stimulus sets."""
    import re

    from brainscore_plugin.link import plugins
    registered = re.compile(r"""stimulus_set_registry\[['"]([^'"]+)['"]\]""")
    return [identifier for plugin in plugins() if plugin.type == 'data'
            for identifier in registered.findall((plugin.directory / '__init__.py').read_text(encoding='utf-8'))]


def _index(sources: list[str]) -> pd.DataFrame:
    return pd.DataFrame({'source': sources, 'class_name': '', 'label': -1, 'split': 'all'}, columns=COLUMNS)


def _as_uint8(image: np.ndarray) -> np.ndarray:
    if image.ndim == 2:
        image = image[..., None]
    if image.ndim != 3 or image.shape[2] not in (1, 3, 4):
        raise ValueError(f'Found an image of shape {image.shape}; expected (height, width) or (height, width, 3). For '
                         "PyTorch's layout, (3, height, width), use .transpose(1, 2, 0).")
    if image.dtype.kind not in 'buif':
        raise ValueError(f'Found an image of {image.dtype}; expected uint8, floats from 0 to 1 or booleans.')
    top = 255 if image.dtype.kind in 'ui' else 1
    if image.size and not (0 <= image.min() and image.max() <= top):  # NaN fails, too
        raise ValueError(f'Found an image of {image.dtype} with values from {image.min():.5g} to {image.max():.5g}; '
                         'expected floats from 0 to 1 or whole numbers from 0 to 255: rescale the images, those of 16 '
                         'bits by dividing by 65535.')
    if top == 1:
        image = np.rint(image * 255.)
    image = image.astype(np.uint8)
    return np.ascontiguousarray(image[..., :3] if image.shape[2] >= 3 else np.repeat(image, 3, axis=2))
