"""Activations in a real napari window: sliding, clicking, comparing, cancelling."""
import numpy as np

from viewer.canvas import LONGEST_STEP, click, drawn


def test_maps_follow_the_sliders(activation_dock, images, until):
    dock, dims = activation_dock, activation_dock.viewer.dims
    dock.controls.layer.value = 'conv2'
    dock.controls.top.value = False
    dims.set_current_step(0, 1)
    dims.set_current_step(1, 33)
    expected = dock.map_stack.sheet.draw(dock.map_stack.options, 1, 33)
    until(lambda: (drawn(dock) == expected).all())
    assert dock.state.image == 33
    assert dock.controls.image.value == 33
    dock.controls.image.value = 5
    assert dims.current_step[1] == 5
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
    assert dock.state.image == best[2] == dock.viewer.dims.current_step[1]
    until(lambda: not dock.norms.pixmap().isNull())
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
        lambda: dock.viewer.dims.set_current_step(1, 20), lambda: dock.viewer.dims.set_current_step(0, 1),
        lambda: dock.state.choose('conv1', 9), lambda: setattr(dock.controls.layer, 'value', 'conv1'),
        lambda: dock.state.set_image(31)]) <= LONGEST_STEP
