"""Sets of images on a sheet that scrolls."""
from napari_viewer.core import image_sets
from napari_viewer.core.image_sheet import TILE, ImageSheet


def test_sheet_scrolls_and_filters_by_class(home):
    images = image_sets.from_domain('meadows')
    sheet = ImageSheet([images, image_sets.from_domain('streets')], 'odd')
    assert sheet.image_at(1, 0) == (0, 1)
    assert sheet.image_at(2, 0) == (0, 3)
    assert sheet.image_at(0, 0) is None
    row, column = sheet.grid(0).corner(1)
    assert (sheet.draw(0)[row:row + TILE, column:column + TILE] == images.read(3)).all()
    row, column = sheet.grid(1).corner(0)
    assert (sheet.draw(1)[row:row + TILE, column:column + TILE]
            == sheet.sets[1].read(sheet.numbers[1][sheet.columns])).all()


def test_damaged_images_are_noted(damaged_folder):
    sheet = ImageSheet([image_sets.from_path(damaged_folder)])
    sheet.draw(0)
    assert sorted(number for _, number in sheet.errors) == [1, 3]
