"""The picture of filters shows each filter, whole and at full contrast."""
import numpy as np
import pytest
from PIL import Image

from training.filter_sheet import contrast_normalised, draw_filters, mosaic

FILTERS = np.random.default_rng(0).normal(0, np.logspace(-3, 3, 64)[:, None, None, None], (64, 3, 11, 11))


def test_every_filter_has_full_contrast_about_grey():
    shown = contrast_normalised(FILTERS)
    assert np.abs(shown - .5).max(axis=(1, 2, 3)) == pytest.approx(.5)
    assert contrast_normalised(np.zeros((1, 3, 2, 2))) == pytest.approx(.5)
    expected = FILTERS[5].transpose(1, 2, 0) / np.abs(FILTERS[5]).max()
    assert 2 * shown[5] - 1 == pytest.approx(expected)


def test_filters_stand_in_rows_of_eight_with_gaps():
    picture = mosaic(FILTERS)
    assert picture.shape == (8 * 12 - 1, 8 * 12 - 1, 3)
    assert picture[12:23, 24:35] == pytest.approx(contrast_normalised(FILTERS)[10])  # second row, third from the left
    assert (picture[11] == 1).all()
    assert mosaic(FILTERS[:9]).shape == (23, 95, 3)


def test_the_picture_is_a_readable_png(tmp_path):
    draw_filters(FILTERS, 'alexnet64_untrained: conv1', tmp_path / 'new' / 'filters.png')
    with Image.open(tmp_path / 'new' / 'filters.png') as picture:
        assert picture.format == 'PNG'
        assert min(picture.size) >= 800
    assert [path.name for path in (tmp_path / 'new').iterdir()] == ['filters.png']
