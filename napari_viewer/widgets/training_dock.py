"""Training as it happens: a slider over the snapshots of a run, with filters, loss and accuracy."""
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from magicgui.widgets import Container, Slider
from qtpy.QtCore import QTimer
from qtpy.QtWidgets import QFileDialog, QLabel, QPushButton

from napari_viewer.core.filter_sheet import FilterSheet
from napari_viewer.core.sheet_drawing import message_sheet
from napari_viewer.core.training_run import TrainingRun
from napari_viewer.sheet_layer import SheetLayer
from napari_viewer.widgets.dock_widget import DockWidget
from napari_viewer.widgets.export_row import ExportRow
from napari_viewer.widgets.figure_label import FigureLabel
from napari_viewer.widgets.main_thread import background_cache
from napari_viewer.widgets.notifications import notify_error
from napari_viewer.widgets.worker_bar import WorkerBar

INTERVAL = 2000  # ms between looks at the folder of a run
NO_RUN = "No run is open. 'Open run…' takes the folder that 'brainscore-mouse train' writes into."


class TrainingDock(DockWidget):
    """Shows a network's filters as it learns; a run that goes on is followed.

    Parameters
    ----------
    napari_viewer : napari.Viewer
    """
    tab = 'Training'

    def __init__(self, napari_viewer):
        super().__init__(napari_viewer, 'Training as it happens. Open the folder of a run and move the slider; a run '
                         'that goes on is followed.')
        self.run: TrainingRun | None = None
        self._wanted_epoch: int | None = None  # of the run that is opened next; its last one by default
        self._cache = background_cache(_draw, lambda key: self._show_sheet(), self, capacity=32)
        self.on_close(self._cache.close)
        self.open_button = QPushButton('Open run…')
        self.open_button.setToolTip("Folder of a run of 'brainscore-mouse train'.")
        self.open_button.clicked.connect(lambda _: self._choose_folder())
        self.snapshot = Slider(label='snapshot', min=0, max=1, tooltip=(
            'Snapshots are evenly spaced on a logarithmic axis of epochs; over the canvas the keys Left and Right step '
            'from one to the next.'))
        self.options = Container(widgets=[self.snapshot])
        self.summary = QLabel(NO_RUN)
        self.summary.setWordWrap(True)
        self.summary.setToolTip('The run and the snapshot that are shown.')
        self.worker_bar = WorkerBar()
        self.figure = FigureLabel(self._draw_figure, '', (
            'Loss on the views of each epoch, and accuracy of nearest neighbours for 1,000 test images of the domain '
            "among at most 6,000 training images: 'brainscore-mouse probe' finds more among all."))
        self.fill(self.open_button, self.options.native, self.summary, self.worker_bar, self.figure, ExportRow(self))
        self.sheet_layer = SheetLayer(self, 'filters in training', lambda label: None, keys={
            'Left': lambda: self.step(-1), 'Right': lambda: self.step(1)})
        self.snapshot.changed.connect(lambda _: self._on_snapshot())
        self._looks = QTimer(self)
        self._looks.timeout.connect(self._look)
        self.on_close(self._looks.stop)
        self.take_canvas()

    @property
    def epoch(self) -> int:
        """Epochs after which the snapshot that is shown was taken."""
        return self.run.epochs[min(self.snapshot.value, len(self.run.epochs) - 1)]

    def has_content(self) -> bool:
        return self.run is not None

    def open(self, folder: str | Path) -> None:
        """Open the folder of a run, at its last snapshot, and follow it."""
        def load() -> Iterator[TrainingRun]:
            run = TrainingRun(Path(folder))
            run.filters(run.epochs[-1])
            yield run

        self.worker_bar.run('Reading the run', load, 1, self._on_opened)

    def remember(self) -> dict:
        if self.run is None:
            return {}
        at_end = self.epoch == self.run.epochs[-1]
        return {'run': str(self.run.folder.absolute()), 'epoch': None if at_end else int(self.epoch)}

    def recall(self, options: dict) -> None:
        if (Path(str(options.get('run') or '')) / 'snapshots').is_dir():
            self._wanted_epoch = options.get('epoch')
            self.open(options['run'])

    def step(self, snapshots: int) -> None:
        """Go on by so many snapshots, back if negative."""
        if self.run is not None:
            self.snapshot.value = min(max(self.snapshot.value + snapshots, 0), len(self.run.epochs) - 1)

    def redraw(self) -> None:
        """Show the filters on the canvas."""
        self.make_active()
        if self.run is None:
            sheet = message_sheet(NO_RUN, (300, 900))
            self.sheet_layer.show(sheet, np.zeros(sheet.shape[:2], np.uint16), None)
        else:
            self._show_sheet()

    def paint(self) -> np.ndarray:
        """The sheet that is on the canvas, drawn anew."""
        return self.sheet_layer.sheet if self.run is None else _sheet(self.run, self.epoch).draw_anew()

    def draw_anew(self) -> None:
        self._cache.forget()
        self.redraw_if_active()

    def _on_opened(self, run: TrainingRun) -> None:
        self.run = run
        wanted, self._wanted_epoch = self._wanted_epoch, None
        self._offer(run.epochs.index(wanted) if wanted in run.epochs else len(run.epochs) - 1)
        self._looks.start(INTERVAL)
        self._on_snapshot()

    def _offer(self, snapshot: int) -> None:
        with self.snapshot.changed.blocked():
            self.snapshot.max = max(len(self.run.epochs) - 1, 1)
            self.snapshot.value = snapshot

    def _look(self) -> None:
        """Follow the run: at the last snapshot, go on to the next."""
        at_end = self.snapshot.value >= len(self.run.epochs) - 1
        try:
            new = self.run.read()
        except (OSError, ValueError) as error:  # the folder has been removed
            self._looks.stop()
            notify_error(error)
            return
        if new:
            self._offer(len(self.run.epochs) - 1 if at_end else self.snapshot.value)
            self._on_snapshot()

    def _on_snapshot(self) -> None:
        if self.run is None:
            return
        self.redraw_if_active()
        known = self.run.snapshots.set_index('epoch').knn.get(self.epoch, np.nan)
        loss = self.run.history.set_index('epoch').loss.get(self.epoch - 1, np.nan)
        text = [f'{self.run.folder.name}: after {self.epoch} epochs']
        values = {'loss': loss, 'kNN accuracy': known}
        text += [f'{name} {value:.3f}' for name, value in values.items() if np.isfinite(value)]
        self.summary.setText(', '.join(text))
        self.figure.show_key((self.run, self.epoch, self.run.stamp))

    def _show_sheet(self) -> None:
        if self.run is None or self.state.active_dock is not self:
            return
        drawn = self._cache.get((self.run, self.epoch))
        if drawn is not None:
            self.sheet_layer.show(*drawn)

    def _draw_figure(self, key: tuple) -> np.ndarray:
        from napari_viewer.core.training_figure import training_figure
        return training_figure(*key[:2])

    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, 'Folder of a training run')
        if folder:
            self.open(folder)


def _draw(key: tuple[TrainingRun, int]) -> tuple:
    sheet = _sheet(*key)
    return sheet.draw(), *sheet.labels()


def _sheet(run: TrainingRun, epoch: int) -> FilterSheet:
    return FilterSheet({f'{run.folder.name} after {epoch} epochs': run.filters(epoch)})
