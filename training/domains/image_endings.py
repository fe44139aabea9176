"""Which files are images by their names, and what becomes of the others: counted by ending, for people to see."""
import io
import warnings
from collections import Counter
from collections.abc import Iterable
from pathlib import PurePosixPath

from PIL import Image

from training.domains.folder_or_zip import Files

# Only these decoders see foreign files: Pillow has others that start programs, or that take any file for an image.
FORMATS = ['JPEG', 'JPEG2000', 'PNG', 'BMP', 'DIB', 'PPM', 'WEBP', 'TIFF', 'GIF', 'AVIF', 'QOI', 'PCX', 'SGI']
try:  # Pillow's plugin for the photographs of many telephones, where it is installed
    from pillow_heif import register_heif_opener
except ImportError:
    pass
else:
    register_heif_opener()
    FORMATS.append('HEIF')
Image.init()
IMAGE_SUFFIXES = tuple(sorted(suffix for suffix, kind in Image.registered_extensions().items() if kind in FORMATS))
# Endings of images that a program or a plugin of Pillow must be had for -> what to do.
_OTHER_IMAGES = {
    **dict.fromkeys(('.heic', '.heif', '.hif'), "images that Pillow reads with its plugin: 'pip install pillow-heif'"),
    '.jxl': 'images that must be converted to PNG or JPEG',
    **dict.fromkeys(('.cr2', '.cr3', '.nef', '.arw', '.dng', '.raf', '.orf', '.rw2'),
                    "a camera's raw images, which must be converted to PNG or JPEG"),
    **dict.fromkeys(('.svg', '.eps'), 'drawings, which must be converted to PNG or JPEG'),
    **dict.fromkeys(('.psd', '.tga', '.ico', '.dds', '.xcf', '.exr', '.hdr'),
                    'images that must be converted to PNG or JPEG')}
_LISTED = 20  # endings


def images_among(files: Files) -> tuple[list[str], dict[str, int]]:
    """Names of the files that are images, and how many others there are of each ending.

    A file without an ending is an image if one of the decoders knows its content.

    Returns
    -------
    list of str
        In the order of the files.
    dict of str to int
        Reason, such as '.txt files: not images' -> number.
    """
    images, others = [], []
    for name in files.names:
        is_image = name.lower().endswith(IMAGE_SUFFIXES) or (not _ending(name) and _is_image(files, name))
        (images if is_image else others).append(name)
    return images, {**files.passed_over, **_counted(others)}


def _counted(names: Iterable[str]) -> dict[str, int]:
    endings = Counter(_ending(name) for name in names)
    reasons: Counter[str] = Counter()
    for place, (ending, number) in enumerate(sorted(endings.items(), key=lambda item: (-item[1], item[0]))):
        if not ending:
            reasons['files without an ending: not images'] += number
        elif place < _LISTED or ending in _OTHER_IMAGES:
            reasons[f"{ending} files: {_OTHER_IMAGES.get(ending, 'not images')}"] += number
        else:
            reasons['files of other endings: not images'] += number
    return dict(reasons)


def _ending(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _is_image(files: Files, name: str) -> bool:
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(files.read(name)), formats=FORMATS):
            return True
    except Exception:  # decoders raise anything on what is not theirs
        return False
