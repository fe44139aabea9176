"""Activations in a real napari window: sliding, clicking, comparing, cancelling."""
import numpy as np

from napari_viewer.docks import open_dock
from viewer.canvas import LONGEST_STEP, click, click_tab, drawn, press


def test_maps_follow_the_sliders(activation_dock, images, until):
    dock = activation_dock
    dock.controls.layer.value = 'conv2'
    dock.controls.top.value = False
    dock.controls.model.value = 'model1'
    dock.controls.image.value = 33
    expected = dock.map_stack.sheet.draw(dock.map_stack.options, 1, 33)
    until(lambda: (drawn(dock) == expected).all())
    assert dock.state.image == 33
    for key, image in (('Right', 34), ('Left', 33), ('PageUp', 23), ('PageUp', 13), ('PageDown', 23), ('Up', 23)):
        press(dock.viewer, key)
        assert dock.state.image == dock.controls.image.value == image
    assert dock.model == 0
    press(dock.viewer, 'Down')
    assert dock.model == 1
    dock.state.set_image(5)
    dock.controls.compared.value = 'model0'
    expected = dock.map_stack.sheet.draw(dock.map_stack.options, 1, 5)
    until(lambda: (drawn(dock) == expected).all())


def test_a_map_is_chosen_and_its_top_images_are_shown(activation_dock, until):
    dock = activation_dock
    until(lambda: all(one.done == 40 for one in dock.features) and not dock.worker_bar.busy)
    dock.controls.layer.value = 'conv3'
    click(dock, 100)
    assert dock.state.chosen == ('conv3', 99)
    best = list(dock.features[0].top_images('conv3', 99))
    until(lambda: [int(dock.galleries.images.item(k).text()) for k in range(dock.galleries.images.count())] == best)
    dock.galleries.images.itemClicked.emit(dock.galleries.images.item(2))
    assert dock.state.image == best[2] == dock.controls.image.value
    until(lambda: not dock.norms.pixmap().isNull())
    dock.unit_button.click()
    until(lambda: dock.unit.is_current)
    strongest = dock.features[0].top_channels(best[2], 'conv3')[0]
    until(lambda: dock.galleries.channels.item(0).text().startswith(f'{strongest}\n'))


def test_going_through_images_is_cancelled_and_continued(activation_dock, until, qtbot):
    from qtpy.QtCore import Qt
    dock = activation_dock
    dock.worker_bar.cancel()
    for one in dock.features:
        one.done, one.means, one.norms = 0, {}, {}
    dock.summarise()
    until(lambda: dock.features[0].done > 0)
    qtbot.mouseClick(dock.worker_bar.cancel_button, Qt.MouseButton.LeftButton)
    assert not dock.worker_bar.busy
    assert not dock.worker_bar.isVisible()
    dock.summarise()
    until(lambda: all(one.done == 40 for one in dock.features))
    assert np.isfinite(dock.features[1].norms['conv5']).all()


def test_the_window_never_waits_for_activations(activation_dock, blocked, qtbot, until):
    dock = activation_dock
    until(lambda: not dock.worker_bar.busy)
    for layer in ('conv2', 'all layers'):  # napari and matplotlib do things for the first time
        dock.controls.layer.value = layer
        qtbot.wait(300)
    assert blocked([
        lambda: dock.state.set_image(20), lambda: dock.step_model(1),
        lambda: dock.state.choose('conv1', 9), lambda: setattr(dock.controls.layer, 'value', 'conv1'),
        lambda: dock.state.set_image(31)]) <= LONGEST_STEP


def test_the_sheet_is_a_flat_image_that_is_turned_rolled_and_saved(activation_dock, tmp_path, until):
    from skimage.io import imread
    dock, viewer = activation_dock, activation_dock.viewer
    until(lambda: dock.map_stack.is_drawn(0, dock.state.image))
    assert viewer.dims.ndim == 2
    viewer.dims.ndisplay = 3
    viewer.dims.ndisplay = 2
    viewer.dims.roll()
    viewer.dims.roll()
    viewer.layers['activations'].save(str(tmp_path / 'sheet.png'))
    assert (imread(tmp_path / 'sheet.png') == drawn(dock)).all()


def test_what_was_computed_of_other_images_is_never_shown(activation_dock, images, until, qtbot):
    """Models are shown other images while another dock is in front; then an option is changed."""
    from napari_viewer.core.image_sets import from_array
    dock, state = activation_dock, activation_dock.state
    others = from_array(images[:7, ::-1], 'others')
    open_dock(dock.viewer, 'filters')
    state.set_images(others, 3)
    dock.controls.layer.value = 'conv2'
    assert not dock.features
    click_tab(dock)
    until(lambda: dock.features and not dock.worker_bar.busy)
    assert all(one.images is others for one in dock.features)
    assert 'others, 7' in dock.image_set_label.text()
    expected = dock.map_stack.sheet.draw(dock.map_stack.options, 0, 3)
    until(lambda: (drawn(dock) == expected).all())
    # a worker that prepares models is overtaken by other images, chosen elsewhere
    state.set_images(from_array(images[:5], 'overtaken'))
    open_dock(dock.viewer, 'filters')
    state.set_images(others)
    until(lambda: not dock.worker_bar.busy)
    qtbot.wait(50)
    assert not dock.features
    assert state.active_dock is open_dock(dock.viewer, 'filters')
    assert open_dock(dock.viewer, 'filters').sheet_layer.on_canvas


def test_a_cancelled_summary_says_how_many_images_are_done(activation_dock, until):
    dock = activation_dock
    dock.worker_bar.cancel()
    for one in dock.features:
        one.done, one.means, one.norms = 32, {}, {}
    dock.state.choose('conv2', 5)
    dock.worker_bar.run('Batches', lambda: iter([1, 2, 3]), 3)
    dock.worker_bar.cancel()
    until(lambda: 'of 32 of 40' in dock.galleries._images_title.text())


def test_nothing_is_wider_than_the_dock(activation_dock, until):
    dock = activation_dock
    dock.features[0].network.name = 'weights of a run, by the name that their file was given'
    dock.state.set_image(1)
    until(lambda: 'their file' in dock.galleries._channels_title.text())
    until(lambda: dock._area.widget().width() <= dock._area.viewport().width(), timeout=30_000)  # once it is laid out
