"""The progress of a napari worker, and a button to cancel it; errors become notifications."""
import warnings
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from qtpy.compat import isalive
from qtpy.QtCore import Signal
from qtpy.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from napari_viewer.widgets.notifications import notify_error


@dataclass(frozen=True)
class Failure:
    """An error as the last value of a worker."""
    error: Exception


class WorkerBar(QWidget):
    """Runs one worker at a time, and is hidden when there is none; a new worker takes the place of the one running."""
    stopped = Signal()  # a worker has ended, failed or been cancelled

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self._bar, self.cancel_button = QProgressBar(), QPushButton('Cancel')
        self.cancel_button.setToolTip('Stop what is being computed; what is done is kept.')
        self.cancel_button.clicked.connect(self.cancel)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._bar)
        layout.addWidget(self.cancel_button)
        self._worker, self._work = None, []
        self.hide()

    def run(self, title: str, work: Callable[[], Iterator], total: int, on_yielded: Callable = lambda value: None,
            on_returned: Callable[[], None] = lambda: None) -> None:
        """Start a worker.

        Parameters
        ----------
        title : str
            Shown on the progress bar.
        work : callable
            Generator function without arguments; it runs in the background and can be cancelled wherever it yields.
        total : int
            How often it yields; 0 if that is not known.
        on_yielded : callable
            Called in the main thread with each value yielded.
        on_returned : callable
            Called in the main thread at the end, not if the worker is cancelled or fails.
        """
        from napari.qt.threading import create_worker
        self.cancel()
        self._bar.setRange(0, total)
        self._bar.setValue(0)
        self._bar.setFormat(f'{title} %v of %m' if total else title)
        self._bar.setToolTip(title)
        self._work = [work]
        worker = create_worker(_guarded, self._work, _ignore_errors=True)
        self._worker, self._on_yielded, self._on_returned = worker, on_yielded, on_returned
        self._connect(worker)
        self.show()
        worker.start()

    def _connect(self, worker) -> None:
        """Listen to a worker, until it is replaced or the widget is deleted: napari may keep the worker longer."""
        bar, started = weakref.ref(self), weakref.ref(worker)

        def while_running(slot):
            def called(*values):
                current = bar()
                if current is not None and isalive(current) and current._worker and current._worker is started():
                    slot(current, *values)
            return called

        worker.yielded.connect(while_running(WorkerBar._step))
        worker.returned.connect(while_running(lambda current, _: current._on_returned()))
        worker.finished.connect(while_running(WorkerBar._finish))

    def cancel(self) -> None:
        """Stop the worker when it yields next."""
        if self._worker is not None:
            self._worker.quit()
            self._finish()

    @property
    def busy(self) -> bool:
        """Whether a worker is running."""
        return self._worker is not None

    def _step(self, value) -> None:
        if isinstance(value, Failure):
            self._finish()
            notify_error(value.error)
            return
        self._bar.setValue(self._bar.value() + 1)
        self._on_yielded(value)

    def _finish(self) -> None:
        self._worker = None
        self._work.clear()
        self.hide()
        self.stopped.emit()


def _guarded(work: list) -> Iterator:
    """The values of a generator function, the only entry of `work`; an error is the last of them.

    superqt takes any RuntimeError, such as PyTorch's, for the end of the window and returns in silence. napari keeps
    workers as long as its window, so that nothing here refers to what they compute, once `work` has been emptied.
    """
    warnings.simplefilter('ignore', FutureWarning)  # superqt shows all warnings of a worker while it runs
    try:
        work[0] = work[0]()
        while work:
            yield next(work[0])
    except StopIteration:
        return
    except Exception as error:
        if work:  # it has not been cancelled meanwhile
            yield Failure(error)
