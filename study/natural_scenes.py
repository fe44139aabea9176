"""Natural scenes to compare domains with: parts of photographs that no network of the study was trained on.

Nine photographs that scikit-image and scikit-learn bring along: people, animals, things, a town, a launch, at the
scale of a scene. They come from other cameras and archives than TinyImageNet, DomainNet and CREMI. An image set that is
itself a training domain would make that domain the most natural one by definition. Two halves of them are 2 to 4 apart,
which is what a distance from so few photographs can mean.
"""
from pathlib import Path

import numpy as np
import skimage
import sklearn
from PIL import Image

_SKIMAGE, _SKLEARN = Path(skimage.__file__).parent / 'data', Path(sklearn.__file__).parent / 'datasets' / 'images'
# Pure textures (brick, grass, gravel), drawings, text, microscopy and the night sky are left out.
PHOTOGRAPHS = (*(_SKIMAGE / name for name in ('astronaut.png', 'camera.png', 'chelsea.png', 'coffee.png', 'coins.png',
                                              'motorcycle_left.png', 'rocket.jpg')),
               *(_SKLEARN / name for name in ('china.jpg', 'flower.jpg')))
SIZE = 64
SMALLEST = 128  # px of a photograph that make an image of 64
PER_PHOTOGRAPH = 60


def natural_scenes(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Squares of random places and sizes, reduced as a domain's images are: bilinear with antialiasing.

    Parameters
    ----------
    seed : int
        Of places and sizes.

    Returns
    -------
    images : numpy.ndarray, uint8, shape (n, 64, 64, 3)
    sources : numpy.ndarray, shape (n,)
        Name of the photograph that each is of.

    Raises
    ------
    FileNotFoundError
        If an installation lacks a photograph.
    """
    rng = np.random.default_rng([seed, 8])
    images, sources = [], []
    for path in PHOTOGRAPHS:
        with Image.open(path) as opened:
            photograph = opened.convert('RGB')
        for _ in range(PER_PHOTOGRAPH):
            side = int(rng.integers(SMALLEST, min(photograph.size) + 1))
            left, top = (int(rng.integers(length - side + 1)) for length in photograph.size)
            square = photograph.crop((left, top, left + side, top + side))
            images.append(np.asarray(square.resize((SIZE, SIZE), Image.Resampling.BILINEAR)))
            sources.append(path.stem)
    return np.stack(images), np.array(sources)
