"""Browsing sets of images in a real napari window."""
from napari_viewer.docks import open_dock, open_paths
from viewer.canvas import LONGEST_STEP, click, drawn, press, turn_wheel


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
    dock.show_to_models()  # those of the class alone
    assert [dock.state.images.source(i) for i in range(3)] == [f'meadows/{i}.png' for i in (1, 3, 5)]
    assert (len(dock.state.images), dock.state.image) == (20, 2)
    press(viewer, 'Right')
    assert (dock.chosen, dock.state.image) == ((0, 7), 3)
    dock.classes.value = 'all classes'
    click(dock, 6)
    dock.show_to_models()
    assert dock.state.images is dock.sets[0]
    assert dock.state.image == 5


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
