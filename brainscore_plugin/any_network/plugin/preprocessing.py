"""Image files as the tensors that a network takes."""
from collections.abc import Sequence

import numpy as np
from PIL import Image
from torchvision import transforms


def preprocess(paths: list[str], image_size: Sequence[int], mean: Sequence[float], std: Sequence[float],
               interpolation: str) -> np.ndarray:
    """Read images, resize them to the network's size and normalise them.

    The whole image is resized, whatever its shape: the centre crop that published preprocessing ends with is for
    photographs of objects, and would cut off what neurons at the edges see.

    Parameters
    ----------
    paths : list of str
    image_size : (int, int)
        Height and width.
    mean, std : three float
        Of the channels, of intensities from 0 to 1.
    interpolation : str
        'nearest', 'bilinear', 'bicubic' or 'lanczos'.

    Returns
    -------
    numpy.ndarray, float32, shape (len(paths), 3, height, width)
    """
    steps = transforms.Compose([
        transforms.Resize(tuple(image_size), transforms.InterpolationMode(interpolation)), transforms.ToTensor(),
        transforms.Normalize(mean, std)])
    return np.stack([steps(_rgb(path)).numpy() for path in paths])


def _rgb(path: str) -> Image.Image:
    with Image.open(path) as image:
        return image.convert('RGB')
