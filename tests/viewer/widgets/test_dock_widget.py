"""What all dock widgets promise: tooltips, an empty state, and that nothing outlives a closed one."""
import gc
import importlib.util
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from napari_viewer.docks import dock_names, open_dock
from napari_viewer.show import show
from viewer.canvas import click_tab, close_dock


def test_every_control_has_a_tooltip_and_every_dock_says_where_to_begin(viewer, home):
    from qtpy.QtWidgets import QAbstractButton, QAbstractSlider, QComboBox, QListWidget, QScrollBar
    for name in dock_names():
        dock = open_dock(viewer, name)
        for kind in (QAbstractButton, QAbstractSlider, QComboBox, QListWidget):
            for control in dock.findChildren(kind):
                inner = isinstance(control, QScrollBar) or control.objectName().startswith('qt_')
                parent = control.parentWidget()
                tip = control.toolTip() or parent.toolTip() or parent.parentWidget().toolTip()
                assert inner or tip, f'{name}: {type(control).__name__} {getattr(control, "text", str)()}'
        assert dock.hint.text()
    assert len(viewer.layers) == 0  # nothing to show, nothing added


def test_a_tab_brings_its_view_to_the_canvas_and_into_the_order_of_the_keyboard(activation_dock, filter_dock, until):
    filters, activations = filter_dock, activation_dock
    assert activations.sheet_layer.on_canvas
    for front, behind in ((filters, activations), (activations, filters)):
        click_tab(front)
        until(lambda front=front: front.sheet_layer.on_canvas)
        assert not behind.sheet_layer.on_canvas
        assert front.picker.list.isVisible()
        assert not behind.picker.list.isVisible()  # the Tab key passes over it


def test_nothing_of_a_closed_dock_is_left_behind(viewer, weight_files, images, qtbot, until):
    from qtpy.QtWidgets import QApplication

    from napari_viewer import viewer_state
    before, states = set(threading.enumerate()), set(viewer_state._states)
    show(str(weight_files[0]), images[:4], viewer=viewer)
    until(lambda: open_dock(viewer, 'activations').features and not open_dock(viewer, 'activations').worker_bar.busy)
    for dock in list(viewer.window.dock_widgets.values()):
        close_dock(dock)
    del dock
    viewer.layers.remove(viewer.add_image(np.zeros((3, 64, 64))))  # the viewer goes on
    until(lambda: len(viewer.layers) == 0)
    until(lambda: not [t for t in set(threading.enumerate()) - before if t.name.startswith('napari-viewer')])
    until(lambda: gc.collect() >= 0 and set(viewer_state._states) <= states)
    kinds = {type(widget).__module__ for widget in QApplication.allWidgets()}
    assert not [kind for kind in kinds if kind.startswith('napari_viewer')]


def binding(name: str) -> bool:
    """Whether a binding of Qt is installed."""
    return importlib.util.find_spec(name) is not None


@pytest.mark.slow
@pytest.mark.timeout(900)  # a window drawn by software on a busy machine
@pytest.mark.skipif(not os.environ.get('DISPLAY'), reason='needs a display')
@pytest.mark.parametrize('qt', [pytest.param(name, marks=pytest.mark.skipif(not binding(name), reason='not installed'))
                                for name in ('PyQt6', 'PySide6')])
def test_docks_are_closed_again_and_again_and_leave_nothing(tmp_path, weight_files, qt):
    """napari collects garbage when a layer is deleted: in a process of its own, as a mistake here is a crash."""
    script = Path(__file__).with_name('close_docks.py')
    environment = os.environ | {'PYTHONPATH': str(Path(__file__).parents[2]), 'BRAINSCORE_MOUSE_HOME': str(tmp_path),
                                'QT_API': qt.lower()}
    done = subprocess.run([sys.executable, '-X', 'faulthandler', str(script), '12', str(weight_files[0])],
                          capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    before, *_, after = map(json.loads, done.stdout.splitlines())
    assert after['cycle'] == 11
    for what in ('widgets', 'threads', 'layers'):
        assert after[what] <= before[what], f'{what}: {before}, {after}'
    assert after['megabytes'] - before['megabytes'] <= 20, f'{before}, {after}'
