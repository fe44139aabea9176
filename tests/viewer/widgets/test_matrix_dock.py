"""Matrices in a real window: hovering shows the images of a pair."""
import numpy as np

from napari_viewer.docks import open_dock
from viewer.canvas import click, drawn, move


def test_a_pair_is_shown_under_the_mouse(filter_dock, until, qtbot):
    dock = open_dock(filter_dock.viewer, 'matrices')
    until(lambda: dock.comparison() is not None and dock.sheet is not None and not dock.worker_bar.busy)
    until(lambda: dock.sheet.query == dock.query())
    label = 5 * 50 + 9
    until(lambda: move(dock, label) or (drawn(dock) == dock.sheet.draw(dock.sheet.pair(label))).all())
    click(dock, label)
    assert dock.state.images is dock.recording.images
    assert dock.state.image == dock.sheet.measured.numbers[dock.sheet.order[(label - 1) // 50]]
    before = dock.sheet.order.copy()
    dock.sort.value = 'number'
    until(lambda: (dock.sheet.order == np.arange(50)).all())
    assert (before != dock.sheet.order).any()
