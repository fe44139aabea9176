"""From background threads into the main thread."""
import threading

from napari_viewer.widgets.main_thread import MainThreadSignal


def test_what_is_under_way_to_a_deleted_widget_is_dropped(qtbot):
    from qtpy.QtCore import QObject
    heard, parent = [], QObject()
    signal = MainThreadSignal(heard.append, parent)
    thread = threading.Thread(target=signal.emit, args=('first',))
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: heard == ['first'])
    signal.emit('second')
    parent.deleteLater()
    qtbot.wait(50)
    late = threading.Thread(target=signal.emit, args=('third',))
    late.start()
    late.join()
    qtbot.wait(50)
    assert 'third' not in heard
