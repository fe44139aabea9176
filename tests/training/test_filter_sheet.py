"""The figure of filters."""
import numpy as np
from PIL import Image

from training.filter_sheet import draw_filters


def test_the_figure_is_a_readable_png(tmp_path):
    filters = np.random.default_rng(0).normal(size=(64, 3, 11, 11))
    draw_filters(filters, 'alexnet64_untrained: conv1', tmp_path / 'new' / 'filters.png')
    with Image.open(tmp_path / 'new' / 'filters.png') as figure:
        assert figure.format == 'PNG'
        assert min(figure.size) >= 800
    assert [path.name for path in (tmp_path / 'new').iterdir()] == ['filters.png']
