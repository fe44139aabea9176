"""Images where they are, read one at a time: what every kind of source has in common."""
import io
import threading
import unicodedata
import warnings
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

import pandas as pd
from PIL import Image, UnidentifiedImageError

from training.domains.folder_or_zip import Files
from training.domains.image_endings import FORMATS

_MOST_PIXELS = 40_000_000  # 160 MB decoded
_LARGE = 4_000_000  # pixels; images above are decoded one after the other to save memory
_large_images = threading.Lock()
_UNPRINTABLE = ('Cc', 'Cs', 'Zl', 'Zp')  # control characters, surrogates, separators of lines and of paragraphs


class ImageSource(ABC):
    """Images of an archive or folder.

    Attributes
    ----------
    index : pandas.DataFrame
        A row for each image: source (path or place within the archive, str), class_name (str), label (int) and split
        ('train', 'test' or 'all'). Names are :func:`printable`.
    recipe : dict
        How the images and splits were chosen.
    archives : list of pathlib.Path
        Files that the images are in; empty for a folder of images.
    left_out : dict of str to int
        Reason -> number of images that the archive holds and the index does not.
    missing : list of str
        Names that the archive's own lists have and the archive has not.
    """

    def __init__(self, index: pd.DataFrame, recipe: dict, archives: Sequence[Path] = (),
                 left_out: dict[str, int] | None = None, missing: Sequence[str] = ()) -> None:
        index = index.astype({'label': int}).assign(source=index['source'].map(printable),
                                                    class_name=index['class_name'].map(printable))
        self.index = index[['source', 'class_name', 'label', 'split']].reset_index(drop=True)
        self.recipe = recipe
        self.archives = list(archives)
        self.left_out = {reason: number for reason, number in (left_out or {}).items() if number}
        self.missing = [printable(name) for name in missing]

    def __len__(self) -> int:
        return len(self.index)

    def __enter__(self) -> 'ImageSource':
        return self

    def __exit__(self, *_) -> None:
        self.close()

    @abstractmethod
    def read(self, i: int) -> Image.Image:
        """Image `i` in RGB at its own size; thread-safe.

        Raises
        ------
        ValueError
            If the image is damaged, too large, or of a kind that cannot be had faithfully in 8-bit RGB.
        """

    @abstractmethod
    def state(self) -> list[tuple[int, int]]:
        """Something that changes whenever the images may have; the archives themselves need not be in it."""

    def close(self) -> None:  # noqa: B027, not every source has something to close
        pass


class FileSource(ImageSource):
    """Images that are files of their own: `names` are their names in `files`, in the order of the index."""

    def __init__(self, files: Files, names: list[str], index: pd.DataFrame, recipe: dict, **about) -> None:
        super().__init__(index, recipe, **about)
        self._files = files
        self._names = names

    def read(self, i: int) -> Image.Image:
        return decode(self._files.read(self._names[i]))

    def state(self) -> list[tuple[int, int]]:
        return [self._files.state(name) for name in self._names]

    def close(self) -> None:
        self._files.close()


def printable(name: str) -> str:
    r"""A name on one line of valid text: control characters and bytes that are no text are spelled out, as ``\r``."""
    return ''.join(character.encode('unicode_escape').decode() if unicodedata.category(character) in _UNPRINTABLE
                   else character for character in name)


def decode(content: bytes) -> Image.Image:
    """The first frame of an encoded image in RGB. ValueError where it is damaged, huge, or has more than 8 bits."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')  # Pillow's about large images and odd metadata
            with Image.open(io.BytesIO(content), formats=FORMATS) as image:
                return _as_rgb(image)
    except UnidentifiedImageError as error:
        raise ValueError('not an image of a known format') from error
    except Exception as error:  # decoders raise anything on damaged files
        raise ValueError(str(error) or type(error).__name__) from error


def _as_rgb(image: Image.Image) -> Image.Image:
    pixels = image.width * image.height
    if pixels > _MOST_PIXELS:
        raise ValueError(f'{image.width} x {image.height} pixels are more than {_MOST_PIXELS // 10 ** 6} million')
    if image.mode.startswith(('I', 'F')):
        raise ValueError(f'more than 8 bits a pixel (mode {image.mode}): convert it to 8 bits')
    with _large_images if pixels > _LARGE else nullcontext():
        image.load()
        return image if image.mode == 'RGB' else image.convert('RGB')
