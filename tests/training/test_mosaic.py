"""A mosaic shows each filter, whole and at full contrast."""
import numpy as np
import pytest

from training.mosaic import contrast_normalised, mosaic

FILTERS = np.random.default_rng(0).normal(0, np.logspace(-3, 3, 64)[:, None, None, None], (64, 3, 11, 11))


def test_every_filter_has_full_contrast_about_grey():
    shown = contrast_normalised(FILTERS)
    assert np.abs(shown - .5).max(axis=(1, 2, 3)) == pytest.approx(.5)
    assert contrast_normalised(np.zeros((1, 3, 2, 2))) == pytest.approx(.5)
    expected = FILTERS[5].transpose(1, 2, 0) / np.abs(FILTERS[5]).max()
    assert 2 * shown[5] - 1 == pytest.approx(expected)


def test_64_filters_stand_in_rows_of_eight_with_gaps():
    image = mosaic(contrast_normalised(FILTERS))
    assert image.shape == (8 * 12 - 1, 8 * 12 - 1, 3)
    assert image[12:23, 24:35] == pytest.approx(contrast_normalised(FILTERS)[10])  # second row, third from the left
    assert (image[11] == 1).all()


@pytest.mark.parametrize(('n', 'columns', 'gap', 'shape'), [
    (5, None, 1, (7, 14)), (5, 2, 0, (9, 8)), (1, None, 3, (3, 4)), (5, 5, 2, (3, 28)), (2, 3, 0, (3, 12))])
def test_every_tile_has_its_place_and_type(n, columns, gap, shape):
    tiles = np.arange(1, n + 1, dtype=np.uint8)[:, None, None].repeat(3, axis=1).repeat(4, axis=2)
    image = mosaic(tiles, columns, gap, background=0)
    assert image.shape == shape
    assert image.dtype == np.uint8
    assert np.bincount(image.ravel(), minlength=n + 1)[1:].tolist() == [12] * n
    assert list(dict.fromkeys(image[image > 0])) == sorted(range(1, n + 1))
