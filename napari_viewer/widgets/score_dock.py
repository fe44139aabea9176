"""Scores: predictivity of the models of a sweep, linked with the models that are shown."""
from pathlib import Path

import numpy as np
import pandas as pd
from magicgui.widgets import Container
from qtpy.QtWidgets import QFileDialog, QLabel, QPushButton

from napari_viewer.widgets.choice import Choice
from napari_viewer.widgets.dock_widget import DockWidget
from napari_viewer.widgets.figure_label import FigureLabel
from napari_viewer.widgets.model_picker import ModelPicker
from napari_viewer.widgets.worker_bar import WorkerBar

REACH = 12  # px from a point of the figure within which a click selects its model


class ScoreDock(DockWidget):
    """Shows predictivity by layer and model.

    Parameters
    ----------
    napari_viewer : napari.Viewer
    """
    tab = 'Scores'

    def __init__(self, napari_viewer):
        super().__init__(napari_viewer, "Scores of a sweep ('brainscore-mouse score'). Ticked models are drawn in "
                         'colour; click a point to show or hide its model.')
        self.results, self.naturalness, self._points = None, {}, {}
        self.sweep: Path | None = None  # that is shown
        self.picker = ModelPicker(self)
        self.open_button = QPushButton('Open sweep…')
        self.open_button.setToolTip("Folder that 'brainscore-mouse score --out' has filled.")
        self.open_button.clicked.connect(lambda _: self._choose_folder())
        self.folder = QLabel('No sweep is open.')
        self.folder.setWordWrap(True)
        self.folder.setToolTip('The sweep that is shown.')
        self.benchmark = Choice(label='benchmark', choices=['none yet'], tooltip='Recording, area and metric.')
        self.kept |= {'benchmark': self.benchmark}
        self.options = Container(widgets=[self.benchmark])
        self.others = QLabel()
        self.others.setWordWrap(True)
        self.others.setToolTip('All neurons of the other animals in the place of a model, where animals saw the same '
                               'images. They would get more, were there more animals.')
        self.worker_bar = WorkerBar()
        self.figure = FigureLabel(self._draw, "Open the folder of a sweep: 'brainscore-mouse score --models … "
                                  "--benchmarks … --out sweep' makes one.", (
            'Top: the score of each layer with its error, as in leaderboard.csv. Left: the first layer against the '
            'mean of all layers. Right: the first layer against the naturalness of the images that a model was trained '
            'on, -log|p - 2| of the mean p of up to 1,000 images of its domain, as in the study.'))
        self.figure.clicked.connect(self._on_clicked)
        self.fill(self.picker, self.open_button, self.folder, self.options.native, self.others, self.worker_bar,
                  self.figure)
        self.benchmark.changed.connect(lambda _: self._show())
        self.follow(self.state.networks_changed, self._show)

    def open(self, folder: Path) -> None:
        """Load a sweep in the background: first its results, then the naturalness of its models' images."""
        def load():
            from napari_viewer.core.sweep_scores import sweep_scores
            from napari_viewer.core.training_naturalness import training_naturalness
            results = sweep_scores(Path(folder))
            yield results, {}
            yield results, training_naturalness(results.model.unique())

        self.worker_bar.run('Loading scores', load, 2, lambda loaded: self._on_loaded(Path(folder), *loaded))

    def remember(self) -> dict:
        return super().remember() | {'sweep': '' if self.sweep is None else str(self.sweep.absolute())}

    def recall(self, options: dict) -> None:
        super().recall(options)
        if (Path(str(options.get('sweep') or '')) / 'cells').is_dir():
            self.open(Path(options['sweep']))

    def take_canvas(self) -> None:
        """Scores have no sheet: the canvas keeps what it shows."""

    def redraw_if_active(self) -> None:
        self._show()

    def make_active(self) -> None:
        """Another dock widget that is open draws the models that are ticked here."""

    def _on_loaded(self, folder: Path, results: pd.DataFrame, naturalness: dict[str, float]) -> None:
        new = results is not self.results
        self.results, self.naturalness = results, naturalness
        if new:
            self.folder.setText(f'{folder}: {results.model.nunique()} models, {results.layer.nunique()} layers')
            self.sweep = folder
            self.benchmark.offer(sorted(results.benchmark.unique()))
        self._show()

    def _key(self) -> tuple:
        """What the figure depends on: benchmark, models in colour, number of results and naturalness."""
        shown = tuple(network.identifier for network in self.state.networks)
        return self.benchmark.value, shown, id(self.results), tuple(self.naturalness.items())

    def _show(self) -> None:
        if self.results is not None:
            from napari_viewer.core.sweep_scores import of_other_animals
            self.others.setText(of_other_animals(self.results, self.benchmark.value))
            self.figure.show_key(self._key())

    def _draw(self, key: tuple) -> np.ndarray:
        from napari_viewer.core.score_figure import score_figure
        benchmark, shown, _, naturalness = key
        figure, self._points[key] = score_figure(self.results, benchmark, shown, dict(naturalness))
        return figure

    def _on_clicked(self, column: int, row: int) -> None:
        points = self._points.get(self._key()) if self.results is not None else None
        if points is None or points.empty:
            return
        distance = np.hypot(points.column - column, points.row - row)
        if distance.min() <= REACH:
            model = points.model.iloc[int(distance.argmin())]
            if model in [network.identifier for network in self.state.networks]:
                self.picker.untick(model)
            else:
                self.picker.tick(model)

    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, 'Folder of a sweep')
        if folder:
            self.open(Path(folder))
