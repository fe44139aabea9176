"""A training run in a real window, which goes on meanwhile."""
import shutil

from napari_viewer.docks import open_dock, open_paths
from viewer.canvas import drawn, press


def test_a_slider_over_snapshots_follows_the_run(viewer, training_run, weight_files, until):
    open_paths(viewer, [training_run])
    dock = open_dock(viewer, 'training')
    until(lambda: dock.run is not None and dock.sheet_layer.on_canvas)
    assert dock.epoch == 1
    after_one = drawn(dock).copy()
    press(viewer, 'Left')
    until(lambda: (drawn(dock) != after_one).any())
    assert 'after 0 epochs' in dock.summary.text()
    press(viewer, 'Right')
    shutil.copy(weight_files[2], training_run / 'snapshots' / 'epoch_00004.safetensors')
    until(lambda: dock.epoch == 4)
    assert 'after 4 epochs' in dock.summary.text()
