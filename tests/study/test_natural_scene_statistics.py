"""Distance from natural scenes: against another implementation's numbers, and where the order is known."""
import numpy as np
import pytest
from fabricated.images import power_law_images

from study.natural_scene_statistics import (
    describe_distances,
    difference_kurtosis,
    natural_scene_features,
    scene_distance,
)
from study.natural_scenes import PER_PHOTOGRAPH, PHOTOGRAPHS, natural_scenes

# Of the two images below, by pyiqa 0.1.16's `niqe_arch.compute_feature`, `normalize_img_with_gauss` and `imresize`.
WAVES = [2.297, 0.536133, 0.899, 0.080773, 0.037456, 0.105906, 0.875, 0.092775, 0.029749, 0.10477, 0.973, 0.04378,
         0.057507, 0.099577, 0.822, 0.078105, 0.037813, 0.094037, 4.833, 0.911506, 1.202, 0.14178, 0.132129, 0.309718,
         1.199, 0.150321, 0.136524, 0.324321, 1.357, -0.005998, 0.248395, 0.239975, 1.097, 0.15666, 0.130605, 0.307602]
NOISE = [10.0, 1.596239, 1.59, -0.12099, 1.0245, 0.833766, 1.586, -0.122147, 1.025157, 0.832907, 1.522, -0.077508,
         0.966471, 0.847745, 1.518, -0.072552, 0.967888, 0.856955, 3.249, 1.388477, 1.084, -0.065436, 0.545912,
         0.473059, 1.056, -0.003651, 0.494197, 0.490265, 0.985, -0.089871, 0.508123, 0.420187, 1.061, -0.069885,
         0.538981, 0.463258]


def test_features_are_those_of_another_implementation():
    y, x = np.mgrid[:64, :64]
    waves = np.rint(127 + 60 * np.sin(x / 3 + y / 7) + 40 * np.cos(y * x / 90))
    noise = np.random.default_rng(0).integers(0, 256, (64, 64))
    assert natural_scene_features(np.stack([waves, noise])) == pytest.approx(np.array([WAVES, NOISE]), abs=2e-6)


@pytest.fixture(scope='module')
def reference():
    images, sources = natural_scenes()
    return images, natural_scene_features(images), sources


def test_scenes_are_parts_of_all_photographs_in_the_size_of_domains(reference):
    images, features, sources = reference
    assert images.shape == (len(PHOTOGRAPHS) * PER_PHOTOGRAPH, 64, 64, 3)
    assert len(set(sources)) == len(PHOTOGRAPHS)
    assert np.isfinite(features).all()


def test_the_distance_is_mahalanobis():
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((4000, 36)), 2 + rng.standard_normal((4000, 36))
    assert scene_distance(a, b) == pytest.approx(np.sqrt(36 * 4), rel=.03)
    assert scene_distance(a, a) == 0
    assert np.isnan(scene_distance(a[:36], b))


def test_noise_of_the_natural_exponent_is_no_scene_and_brightness_does_not_matter(reference):
    images, features, sources = reference
    mine = images[::2]
    noise = np.uint8(np.clip(127 + 40 * power_law_images(2, 150) / power_law_images(2, 150).std(), 0, 255))
    drawings = np.full((150, 64, 64), 255, np.uint8)
    rng = np.random.default_rng(0)
    for drawing in drawings:
        drawing[rng.integers(64, size=8)] = 0
        drawing[:, rng.integers(64, size=8)] = 0
    table = describe_distances({'photographs': mine, 'noise': noise, 'drawings': drawings,
                                'flat': np.zeros((60, 64, 64))}, features, sources, 150, n_bootstraps=20)
    table = table.set_index('domain')
    assert table.distance['photographs'] < 1 < table.distance['noise'] < table.distance['drawings']
    assert table['kurtosis']['noise'] == pytest.approx(3, abs=.3)
    assert table['kurtosis']['photographs'] > 6
    assert table.low['noise'] < table.distance['noise'] < table.high['noise'] * 1.2
    assert np.isnan(table.distance['flat'])
    assert table.n_undefined['flat'] == 60
    grey = mine[..., 0].astype(float)
    assert natural_scene_features(grey + 20) == pytest.approx(natural_scene_features(grey), abs=1e-3)


def test_kurtosis_of_differences():
    image = np.zeros((1, 64, 64))
    image[:, :, 32:] = 1  # 64 differences of 1 among 2 * 63 * 64
    assert difference_kurtosis(image) == pytest.approx([2 * 63])
