"""Work in a background thread, with its progress, a button to cancel it, and errors as napari notifications."""
import contextlib
import functools
import weakref

from qtpy.QtCore import QObject, Qt, Signal
from qtpy.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget


class Relay(QObject):
    """Carries what a background thread says into the thread of the window."""
    said = Signal(object)

    def __init__(self, heard, parent: QObject):
        super().__init__(parent)
        self.said.connect(heard, Qt.ConnectionType.QueuedConnection)

    def say(self, what) -> None:
        with contextlib.suppress(RuntimeError):  # the window has been closed meanwhile
            self.said.emit(what)


def tell(error: Exception) -> None:
    """Show an error as a notification; what the messages of this project say is what to do."""
    from napari.utils.notifications import show_error
    show_error(str(error.args[0] if isinstance(error, KeyError) and error.args else error) or type(error).__name__)


class Jobs(QWidget):
    """Runs one job at a time; a new one takes the place of the one under way."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self._bar, self.cancel_button = QProgressBar(), QPushButton('Cancel')
        self.cancel_button.setToolTip('Stop what is being computed; what is done is kept.')
        self.cancel_button.clicked.connect(self.cancel)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._bar)
        layout.addWidget(self.cancel_button)
        self._running = []  # at most one
        self.destroyed.connect(functools.partial(_quit, self._running))
        self.hide()

    def run(self, what: str, job, total: int, step=lambda value: None, done=lambda: None) -> None:
        """Start a job.

        Parameters
        ----------
        what : str
            Shown on the progress bar.
        job : callable
            () -> generator; it runs in the background and can be cancelled wherever it yields.
        total : int
            How often it yields; 0 if that is not known.
        step : callable
            Called in the window's thread with each value yielded.
        done : callable
            Called in the window's thread when all is done, not when it is cancelled or fails.
        """
        from napari.qt.threading import create_worker
        self.cancel()
        self._bar.setRange(0, total)
        self._bar.setValue(0)
        self._bar.setFormat(f'{what} %v of %m' if total else what)
        self._bar.setToolTip(what)
        worker = create_worker(job, _ignore_errors=True)
        self._running.append(worker)
        self._step, self._done = step, done
        # napari keeps workers, so they are to keep nothing of ours; a job that has been replaced is not heard
        jobs, itself = weakref.ref(self), weakref.ref(worker)

        def when_heard(tell_jobs):
            return lambda *said: jobs() and jobs().worker and jobs().worker is itself() and tell_jobs(jobs(), *said)

        worker.yielded.connect(when_heard(Jobs._on_step))
        worker.errored.connect(when_heard(lambda _, error: tell(error)))
        worker.returned.connect(when_heard(lambda found, _: found._done()))
        worker.finished.connect(when_heard(Jobs._on_finished))
        self.show()
        worker.start()

    def cancel(self) -> None:
        """Stop the job at its next step."""
        if self._running:
            _quit(self._running)
            self.hide()

    @property
    def worker(self):
        """The worker of the job under way, or None."""
        return self._running[-1] if self._running else None

    @property
    def busy(self) -> bool:
        return bool(self._running)

    def _on_step(self, value) -> None:
        self._bar.setValue(self._bar.value() + 1)
        self._step(value)

    def _on_finished(self) -> None:
        self._running.clear()
        self.hide()


def _quit(running: list) -> None:
    while running:
        running.pop().quit()
