"""Opens all dock widgets on a model, closes them by their own x and deletes a layer: close_docks.py CYCLES WEIGHTS"""
import sys
import time

import napari
import numpy as np
from qtpy.QtCore import QTimer
from qtpy.QtWidgets import QApplication

from napari_viewer.docks import dock_names, open_dock
from viewer.canvas import close_dock


def wait(seconds: float) -> None:
    """Let Qt work off its events."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(.005)


def main() -> None:
    """Go through the cycles."""
    viewer = napari.Viewer()
    for cycle in range(int(sys.argv[1])):
        for name in dock_names():
            open_dock(viewer, name)
        open_dock(viewer, 'filters').picker.tick(sys.argv[2])
        wait(.05 * cycle)  # docks are closed while models are loaded, and when they are shown
        for dock in list(viewer.window.dock_widgets.values()):
            close_dock(dock)
        del dock
        wait(.1)
        viewer.layers.remove(viewer.add_image(np.zeros((8, 8))))
        wait(.1)
        print('cycle', cycle, flush=True)
    QTimer.singleShot(0, viewer.close)
    napari.run()  # waits for workers


if __name__ == '__main__':
    main()
