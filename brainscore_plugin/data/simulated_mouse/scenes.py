"""Greyscale scenes cut from the photographs that scikit-image and scikit-learn install with their wheels."""
from functools import lru_cache
from pathlib import Path

import numpy as np
import skimage
import sklearn
from PIL import Image

_SKIMAGE = Path(skimage.__file__).parent / 'data'
_SKLEARN = Path(sklearn.__file__).parent / 'datasets' / 'images'

# Photographs of things at the scale of a scene; drawings, text, microscopy and the night sky are left out.
PHOTOGRAPHS = (
    _SKIMAGE / 'astronaut.png', _SKIMAGE / 'brick.png', _SKIMAGE / 'camera.png', _SKIMAGE / 'chelsea.png',
    _SKIMAGE / 'coffee.png', _SKIMAGE / 'coins.png', _SKIMAGE / 'grass.png', _SKIMAGE / 'gravel.png',
    _SKIMAGE / 'motorcycle_left.png', _SKIMAGE / 'rocket.jpg',
    _SKLEARN / 'china.jpg', _SKLEARN / 'flower.jpg',
)
SCENE_SIZE = 128  # pixels a side
CROP_SIDES = (128, 288)  # pixels of the photograph: never enlarged, never more than fits every photograph
MINIMUM_CONTRAST = 0.12  # root-mean-square contrast of a scene, on intensities from 0 to 1


@lru_cache(maxsize=1)
def _photographs() -> tuple:
    photographs = []
    for path in PHOTOGRAPHS:
        with Image.open(path) as photograph:
            photographs.append(photograph.convert('L'))
    return tuple(photographs)


def cut_scenes(n_scenes: int, seed: int) -> np.ndarray:
    """Cut square scenes at random places and scales out of :data:`PHOTOGRAPHS`.

    Each scene comes from a photograph drawn at random and is a square of a random side between
    :data:`CROP_SIDES`, reduced to :data:`SCENE_SIZE` pixels. A square whose root-mean-square contrast is below
    :data:`MINIMUM_CONTRAST` (sky, wall) is drawn again.

    Parameters
    ----------
    n_scenes : int
        How many scenes.
    seed : int
        Seed of the draw. The first scenes of a longer draw are those of a shorter one with the same seed.

    Returns
    -------
    numpy.ndarray, uint8, shape (n_scenes, SCENE_SIZE, SCENE_SIZE)
        Intensities from 0 to 255.
    """
    rng = np.random.default_rng([seed, 0])
    scenes = []
    while len(scenes) < n_scenes:
        photograph = _photographs()[rng.integers(len(PHOTOGRAPHS))]
        side = int(rng.integers(CROP_SIDES[0], min(CROP_SIDES[1], *photograph.size) + 1))
        left, top = (int(rng.integers(length - side + 1)) for length in photograph.size)
        crop = photograph.crop((left, top, left + side, top + side))
        scene = np.asarray(crop.resize((SCENE_SIZE, SCENE_SIZE), Image.LANCZOS))
        if (scene / 255).std() >= MINIMUM_CONTRAST:
            scenes.append(scene)
    return np.stack(scenes)
