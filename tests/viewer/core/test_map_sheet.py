"""Feature maps of an image on a sheet."""
import numpy as np

from napari_viewer.core import image_sets
from napari_viewer.core.feature_maps import FeatureMaps
from napari_viewer.core.map_sheet import SIZE, MapOptions, MapSheet
from napari_viewer.core.networks import open_network
from napari_viewer.core.sheet_drawing import Text, as_marks
from napari_viewer.core.tile_grid import enlarge


def test_sheet_draws_the_maps(weight_files, images):
    features = FeatureMaps(open_network(weight_files[0]), image_sets.from_array(images))
    map_sheet, options = MapSheet([features]), MapOptions(layer='conv2', colourmap='grey', top=False)
    sheet = map_sheet.draw(options, 0, 4)
    (_, (layer, grid)), = map_sheet.layout(options, 0)
    maps = features.maps(4)[layer].astype(np.float32)
    expected = enlarge(np.clip(maps * (255 / features.ceilings()[layer]), 0, 255).astype(np.uint8), grid.tile)
    for k in (0, 27, 191):
        row, column = grid.corner(k)
        assert (sheet[row:row + grid.tile, column:column + grid.tile, 0] == expected[k]).all()


def test_no_letters_lie_on_others(weight_files, images):
    features = [FeatureMaps(open_network(path), image_sets.from_array(images)) for path in weight_files[:2]]
    for options in (MapOptions(layer='conv2', compared=1, chosen=('conv2', 27)), MapOptions(chosen=('conv1', 3))):
        with as_marks() as marks:
            MapSheet(features).draw(options, 0, 4)
        lines = [mark for mark in marks.marks if isinstance(mark, Text)]
        assert len(lines) > 6
        for k, one in enumerate(lines):
            for other in lines[:k]:
                apart = one.left + one.width <= other.left or other.left + other.width <= one.left
                assert apart or abs(one.top - other.top) >= min(one.height, other.height), (one.text, other.text)
            assert one.top + one.height < SIZE[0]
