"""Opens all dock widgets on a model, closes them by their own x and deletes a layer: close_docks.py CYCLES WEIGHTS

Prints a line of JSON after each cycle but the first few: what is left of the dock widgets then.
"""
import gc
import json
import sys
import threading
import time

import napari
import numpy as np
import psutil
from qtpy.QtCore import QEventLoop, QTimer
from qtpy.QtWidgets import QApplication

from napari_viewer.docks import dock_names, open_dock
from napari_viewer.widgets.worker_bar import WorkerBar
from viewer.canvas import close_dock

WARM_UP = 6  # cycles in which caches fill; all modules are imported in the first


def wait(seconds: float) -> None:
    """Let Qt work off its events; outside a loop of its own it deletes nothing."""
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


def left(viewer, cycle: int) -> dict:
    """How much there is of everything, once what can be freed is."""
    end = time.monotonic() + 20
    while any(one.name.startswith('napari-viewer') for one in threading.enumerate()) and time.monotonic() < end:
        wait(.05)
    gc.collect()
    memory = psutil.Process().memory_info()
    return {'cycle': cycle, 'widgets': len(QApplication.allWidgets()), 'layers': len(viewer.layers),
            'threads': len([one for one in threading.enumerate() if one.name.startswith('napari-viewer')]),
            'megabytes': round((memory.rss - memory.shared) / 2**20, 1)}


def use(viewer, weights: str) -> None:
    """Look at every dock widget until it has nothing more to do: what is imported then is not left behind later."""
    open_dock(viewer, 'filters').picker.tick(weights)
    for name in dock_names():
        bars = open_dock(viewer, name).findChildren(WorkerBar)
        end = time.monotonic() + 120
        while time.monotonic() < end:
            wait(.5)
            if not any(bar.busy for bar in bars):
                break


def main() -> None:
    """Go through the cycles."""
    viewer, cycles = napari.Viewer(), int(sys.argv[1])
    for cycle in range(cycles):
        for name in dock_names():
            open_dock(viewer, name)
        if cycle == 0:
            use(viewer, sys.argv[2])
        open_dock(viewer, 'filters').picker.tick(sys.argv[2])
        wait(.05 * (cycle % 8))  # docks are closed while models are loaded, and when they are shown
        for dock in list(viewer.window.dock_widgets.values()):
            close_dock(dock)
        del dock
        wait(.1)
        viewer.layers.remove(viewer.add_image(np.zeros((8, 8))))
        wait(.05)
        if cycle >= WARM_UP - 1:
            print(json.dumps(left(viewer, cycle)), flush=True)
    QTimer.singleShot(0, viewer.close)
    napari.run()  # waits for workers


if __name__ == '__main__':
    main()
