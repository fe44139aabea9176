"""Browsing sets of images in a real napari window."""
from napari_viewer.docks import open_dock, open_paths
from viewer.canvas import LONGEST_STEP, click, drag, drawn, press, turn_wheel


def test_browsing(viewer, home, until):
    dock = open_dock(viewer, 'browser')
    until(lambda: 'meadows (domain)' in dock.picker.labels() and not dock.picker.busy)
    dock.picker.tick('meadows (domain)')
    until(lambda: len(dock.sets) == 1)
    dock.picker.tick('streets (domain)')
    until(lambda: len(dock.sets) == 2)
    expected = dock.sheet.draw(0)
    until(lambda: (drawn(dock) == expected).all())
    zoom = viewer.camera.zoom
    turn_wheel(viewer)
    assert viewer.camera.zoom == zoom
    assert dock.row.value == min(1, dock.sheet.last_row)
    dock.classes.value = 'odd'
    click(dock, 3)
    assert dock.chosen == (0, 5)
    assert 'meadows/5.png' in dock.details.text()
    assert 'odd' in dock.details.text()
    until(lambda: not dock.spectrum.pixmap().isNull())
    dock.show_button.click()  # those of the class alone, of both sets
    assert [dock.state.images.source(i) for i in (0, 1, 2, 20)] == [*(f'meadows/{i}.png' for i in (1, 3, 5)),
                                                                   'streets/1.png']
    assert (len(dock.state.images), dock.state.image) == (40, 2)
    press(viewer, 'Right')
    assert (dock.chosen, dock.state.image) == ((0, 7), 3)
    dock.classes.value = 'all classes'
    dock.picker.tick('streets (domain)', False)
    click(dock, 6)
    dock.show_button.click()
    assert dock.state.images is dock.sets[0]
    assert dock.state.image == 5


def test_what_is_selected_or_found_is_what_the_models_are_shown(viewer, home, until):
    dock = open_dock(viewer, 'browser')
    until(lambda: 'streets (domain)' in dock.picker.labels() and not dock.picker.busy)
    for label in ('meadows (domain)', 'streets (domain)'):
        dock.picker.tick(label)
    until(lambda: len(dock.sets) == 2)
    assert dock.show_button.text() == 'Show 80 images to models'
    tiles = dock.sheet.rows * dock.sheet.columns
    click(dock, 4)
    click(dock, 6, 'Control')
    click(dock, tiles + 2, 'Control')
    assert dock.selected == {(0, 3), (0, 5), (1, 1)}
    until(lambda: (drawn(dock) == dock.sheet.draw(0, dock.chosen, dock.selected)).all())
    assert dock.show_button.text() == 'Show 3 selected images to models'
    dock.show_button.click()
    shown = dock.state.images
    assert list(shown.index['source']) == ['meadows/3.png', 'meadows/5.png', 'streets/1.png']
    assert (shown.read(2) == dock.sets[1].read(1)).all()
    assert dock.state.image == 2  # the chosen one
    click(dock, 6, 'Control')
    assert dock.selected == {(0, 3), (1, 1)}
    click(dock, 2)  # a click without a key chooses, and selects nothing
    assert (dock.chosen, dock.selected) == ((0, 1), frozenset())
    click(dock, 4, 'Shift')
    assert dock.selected == {(0, 1), (0, 2), (0, 3)}
    zoom, centre = viewer.camera.zoom, viewer.camera.center
    press(viewer, 'Escape')
    below = 1 + dock.sheet.columns
    drag(dock, 1, below + 1, 'Shift')
    assert dock.selected >= {(0, image) for image in (0, 1, below - 1, below)}
    assert len(dock.selected) == 4
    assert (viewer.camera.zoom, viewer.camera.center) == (zoom, centre)
    press(viewer, 'Escape')
    dock.search.value = 'STREETS/1 odd'  # words of its source and its class, in letters of any size
    assert [len(numbers) for numbers in dock.sheet.numbers] == [0, 6]
    dock.show_button.click()
    assert list(dock.state.images.index['source']) == [f'streets/{i}.png' for i in (1, 11, 13, 15, 17, 19)]
    dock.search.value = 'nothing like this'
    assert not dock.show_button.isEnabled()


def test_a_folder_with_a_damaged_image_stays_usable(viewer, home, tmp_path, images, until, notifications):
    from PIL import Image
    folder = tmp_path / 'images'
    folder.mkdir()
    for i in range(3):
        Image.fromarray(images[i]).save(folder / f'{i}.png')
    (folder / '1.png').write_bytes(b'\x89PNG damaged')
    open_paths(viewer, [folder])
    dock = open_dock(viewer, 'browser')
    until(lambda: len(dock.sets) == 1)
    until(lambda: any('1.png' in text for text in notifications))
    assert len(dock.sets[0]) == 3
    assert dock.sheet_layer.on_canvas


def test_the_window_never_waits_for_images(viewer, home, blocked, qtbot, until):
    dock = open_dock(viewer, 'browser')
    until(lambda: 'meadows (domain)' in dock.picker.labels() and not dock.picker.busy)
    for label in ('meadows (domain)', 'streets (domain)'):
        dock.picker.tick(label)
    until(lambda: len(dock.sets) == 2)
    qtbot.wait(300)
    assert blocked([
        lambda: dock.scroll(1), lambda: dock.choose(0, 3), lambda: dock.scroll(-1), lambda: dock.choose(1, 6),
        lambda: setattr(dock.classes, 'value', 'odd' if dock.classes.value != 'odd' else 'even')]) <= LONGEST_STEP
