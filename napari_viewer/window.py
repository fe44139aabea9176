"""The window as the viewer opens it: the dock widgets and the canvas, and none of napari's that mean nothing here.

Qt is imported when it is needed: the command line has the viewer's commands where it is not installed, too.
"""
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qtpy.QtWidgets import QWidget

HIDDEN = 'layer list', 'layer controls'  # napari's own docks; its Window menu brings them back


def arrange(dock: QWidget) -> None:
    """Maximise the window of a dock widget and leave its room to the sheet."""
    from qtpy.QtWidgets import QDockWidget
    window = dock.window()
    for name in HIDDEN:
        for other in window.findChildren(QDockWidget, name):
            other.hide()
    window.showMaximized()


def show_tab_names(dock: QWidget) -> None:
    """Let the tabs of docked widgets keep their names whole; where there is no room for all, arrows scroll."""
    from qtpy.QtCore import Qt
    from qtpy.QtWidgets import QTabBar
    for bar in dock.window().findChildren(QTabBar):
        bar.setElideMode(Qt.TextElideMode.ElideNone)
        bar.setUsesScrollButtons(True)
