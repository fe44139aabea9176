"""Networks and images from Python in a real napari window."""
from napari_viewer.docks import open_dock
from napari_viewer.show import show
from viewer.canvas import drawn


def test_show_takes_a_module_and_an_array(viewer, images, until):
    from torch import nn
    module = nn.Sequential(nn.Conv2d(3, 8, 5, 2), nn.ReLU(), nn.Conv2d(8, 4, 3))
    assert show(module, images[:6], name='mine', viewer=viewer) is viewer
    dock = open_dock(viewer, 'activations')
    until(lambda: dock.features and not dock.worker_bar.busy)
    assert dock.controls.layer.choices == ('all layers', '0', '2')
    expected = dock.map_stack.sheet.draw(dock.map_stack.options, 0, 0)
    until(lambda: (drawn(dock) == expected).all())
    assert list(open_dock(viewer, 'filters').sheet.filters) == ['mine']


def test_images_alone_are_shown(viewer, images, until):
    show(images=images[:6], viewer=viewer)
    dock = open_dock(viewer, 'browser')
    until(lambda: dock.sets and dock.sheet_layer.on_canvas)
    expected = dock.sheet.draw(0)
    until(lambda: (drawn(dock) == expected).all())
