"""The window as the viewer opens it: the dock widgets and the canvas, and none of napari's that mean nothing here."""
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QDockWidget, QTabBar, QWidget

HIDDEN = 'layer list', 'layer controls'  # napari's own docks; its Window menu brings them back


def arrange(dock: QWidget) -> None:
    """Maximise the window of a dock widget and leave its room to the sheet."""
    window = dock.window()
    for name in HIDDEN:
        for other in window.findChildren(QDockWidget, name):
            other.hide()
    window.showMaximized()


def show_tab_names(dock: QWidget) -> None:
    """Let the tabs of docked widgets keep their names whole; where there is no room for all, arrows scroll."""
    for bar in dock.window().findChildren(QTabBar):
        bar.setElideMode(Qt.TextElideMode.ElideNone)
        bar.setUsesScrollButtons(True)
