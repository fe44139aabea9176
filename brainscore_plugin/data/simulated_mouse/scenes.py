"""Grey scenes of which no two share anything: dead leaves, drawn anew for each."""
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw

SCENE_SIZE = 128  # pixels a side
# Radii have a density of r^-3 between these shares of the scene's width: leaves look alike at every scale between. The
# smallest is two pixels of a network of 64 x 64, or 3.8 of 120 degrees: a third of the period that most neurons of
# mouse V1 prefer.
RADII = (1 / 32, 1 / 2)
ELONGATIONS = (1., 4.)  # length of a leaf over its width
# Of a Beta distribution of the grey levels, from 0 to 1: mean and standard deviation are those of the images of
# Sensorium 2022, 113 and 60 of 255.
GREY = (1.53, 1.92)
COVER = 5  # times the leaves could cover all they fall on: the ground is left to be seen in 0.7 % of it
OVERSAMPLING = 2  # pixels that a scene is drawn with for each of its own, so that edges are smooth
_OUTLINE = np.exp(2j * np.pi * np.arange(24) / 24)  # of a leaf, as a polygon in the complex plane


@lru_cache(maxsize=4)
def draw_scenes(n_scenes: int, seed: int, height: int = SCENE_SIZE, width: int = SCENE_SIZE) -> np.ndarray:
    """Draw dead leaves: opaque ellipses of random place, size, direction and grey, each over those before.

    They have what makes natural images natural to the first stages of vision: edges, occlusion, regions of every size,
    and a spectrum near 1/f^2 (Lee, Mumford & Huang 2001, Int J Comput Vis 41:35). They lack objects, texture and
    perspective. What matters here is that scenes are independent: scenes cut out of a few photographs are not, and
    which photograph a scene is of then predicts neurons.

    Parameters
    ----------
    n_scenes : int
        How many scenes.
    seed : int
        Seed of the draw. The first scenes of a longer draw are those of a shorter one with the same seed.
    height, width : int
        In pixels.

    Returns
    -------
    numpy.ndarray, uint8, shape (n_scenes, height, width)
        Intensities from 0 to 255; not to be written to, because it is kept for the next call.
    """
    scenes = np.stack([_draw(np.random.default_rng([seed, 0, scene]), height, width) for scene in range(n_scenes)])
    scenes.flags.writeable = False
    return scenes


def _draw(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    smallest, largest = (share * width for share in RADII)
    margin = largest * np.sqrt(ELONGATIONS[1])  # from farther away no leaf reaches into the scene
    area = 2 * np.pi * np.log(largest / smallest) / (smallest ** -2 - largest ** -2)  # of a leaf, on average
    n = round(COVER * (height + 2 * margin) * (width + 2 * margin) / area)
    radius = (smallest ** -2 - rng.random(n) * (smallest ** -2 - largest ** -2)) ** -.5
    place = rng.uniform(-margin, width + margin, n) + 1j * rng.uniform(-margin, height + margin, n)
    elongation, direction = np.sqrt(rng.uniform(*ELONGATIONS, n)), np.exp(1j * rng.uniform(0, np.pi, n))
    grey = np.round(255 * rng.beta(*GREY, n)).astype(int)

    reach = radius * elongation
    seen = np.flatnonzero((np.abs(place.real - width / 2) < width / 2 + reach)
                          & (np.abs(place.imag - height / 2) < height / 2 + reach))
    ellipses = reach[seen, None] * _OUTLINE.real + 1j * (radius / elongation)[seen, None] * _OUTLINE.imag
    outlines = OVERSAMPLING * (place[seen, None] + direction[seen, None] * ellipses)
    # rounded, so that the last bits, which differ between processors, do not reach the image
    corners = np.round(np.stack([outlines.real, outlines.imag], axis=-1), 3).reshape(len(seen), -1)
    scene = Image.new('L', (width * OVERSAMPLING, height * OVERSAMPLING), round(255 * GREY[0] / sum(GREY)))
    canvas = ImageDraw.Draw(scene)
    for leaf, outline in zip(seen, corners.tolist()):
        canvas.polygon(outline, fill=int(grey[leaf]))
    return np.asarray(scene.reduce(OVERSAMPLING))
