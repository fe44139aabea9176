"""What a user does and sees in napari's window."""
import numpy as np

LONGEST_STEP = .050  # s; the window is not kept waiting longer at one step
UNTHROTTLED = 20  # ms; vispy drops moves of the mouse within 10 ms of another, and napari handles one after 5 ms


def click(dock, label: int, held: str = 'No') -> None:
    """Click with the mouse on the middle of the (first) tile of a label, while a modifier key is held."""
    from qtpy.QtCore import Qt
    from qtpy.QtTest import QTest
    canvas = dock.viewer.window._qt_viewer.canvas.native
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, getattr(Qt.KeyboardModifier, f'{held}Modifier'),
                     _place(dock, label))


def drag(dock, first: int, last: int, held: str) -> None:
    """Draw a rectangle with the mouse from one tile to another while a modifier key is held."""
    from qtpy.QtCore import QEvent, QPointF, Qt
    from qtpy.QtGui import QMouseEvent
    from qtpy.QtTest import QTest
    from qtpy.QtWidgets import QApplication
    canvas, key = dock.viewer.window._qt_viewer.canvas.native, getattr(Qt.KeyboardModifier, f'{held}Modifier')
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, key, _place(dock, first))
    QTest.qWait(UNTHROTTLED)
    place = _place(dock, last)
    QApplication.sendEvent(canvas, QMouseEvent(
        QEvent.Type.MouseMove, QPointF(place), QPointF(canvas.mapToGlobal(place)), Qt.MouseButton.NoButton,
        Qt.MouseButton.LeftButton, key))
    QTest.qWait(UNTHROTTLED)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, key, place)


def move(dock, label: int) -> None:
    """Move the mouse onto the (first) tile of a label, and wait until napari has seen it."""
    from qtpy.QtCore import QEvent, QPointF, Qt
    from qtpy.QtGui import QMouseEvent
    from qtpy.QtTest import QTest
    from qtpy.QtWidgets import QApplication
    canvas, place = dock.viewer.window._qt_viewer.canvas.native, _place(dock, label)
    QTest.qWait(UNTHROTTLED)
    QApplication.sendEvent(canvas, QMouseEvent(
        QEvent.Type.MouseMove, QPointF(place), QPointF(canvas.mapToGlobal(place)), Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier))
    QTest.qWait(UNTHROTTLED)


def _place(dock, label: int):
    from qtpy.QtCore import QPoint
    canvas = dock.viewer.window._qt_viewer.canvas
    labels = np.asarray(dock.sheet_layer.labels)
    rows, columns = np.nonzero(labels == label)
    first = columns <= columns.min() + np.bincount(rows - rows.min()).max() // (2 if np.ptp(columns) > 400 else 1)
    to_canvas = canvas.view.transform * canvas.view.scene.transform
    x, y = to_canvas.map([columns[first].mean(), rows[first].mean()])[:2]
    return QPoint(round(x), round(y))


def turn_wheel(viewer) -> None:
    """Turn the mouse wheel by one notch, down, over the middle of the canvas."""
    from qtpy.QtCore import QPoint, QPointF, Qt
    from qtpy.QtGui import QWheelEvent
    from qtpy.QtWidgets import QApplication
    canvas = viewer.window._qt_viewer.canvas.native
    middle = QPointF(canvas.rect().center())
    QApplication.sendEvent(canvas, QWheelEvent(
        middle, canvas.mapToGlobal(middle), QPoint(0, 0), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False))


def drawn(dock) -> np.ndarray:
    """The sheet that is on the canvas now, (height, width, 3)."""
    return np.asarray(dock.sheet_layer.layer._slice.image.raw)


def press(viewer, key: str) -> None:
    """Press a key while the canvas has the focus."""
    from qtpy.QtCore import Qt
    from qtpy.QtTest import QTest
    canvas = viewer.window._qt_viewer.canvas.native
    canvas.setFocus()
    QTest.keyClick(canvas, getattr(Qt.Key, f'Key_{key}'))


def click_tab(dock) -> None:
    """Click on the tab of a dock widget that lies behind others."""
    from qtpy.QtCore import Qt
    from qtpy.QtTest import QTest
    from qtpy.QtWidgets import QTabBar
    name = dock.parentWidget().windowTitle()
    for bar in dock.window().findChildren(QTabBar):
        for k in range(bar.count()):
            if bar.tabText(k) == name:
                QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(k).center())
                return
    raise LookupError(f'{name} has no tab.')


def close_dock(dock) -> None:
    """Click on the x in the title bar of a dock widget."""
    dock.parentWidget().title.close_button.click()
