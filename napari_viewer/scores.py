"""The view of scores: predictivity of the models of a sweep, linked with the models that are shown."""
from pathlib import Path

import numpy as np
from magicgui.widgets import ComboBox, Container
from qtpy.QtWidgets import QFileDialog, QLabel, QPushButton

from napari_viewer.jobs import Jobs
from napari_viewer.model_picker import ModelPicker
from napari_viewer.picture import Picture
from napari_viewer.view import View

REACH = 12  # px within which a click means a model
NATURAL_SAMPLE = 200  # images of a domain whose exponents are averaged


class Scores(View):
    """Dock widget: predictivity by layer and model.

    Parameters
    ----------
    napari_viewer : napari.Viewer
    """

    def __init__(self, napari_viewer):
        super().__init__(napari_viewer, "Scores of a sweep ('brainscore-mouse score'). Models ticked in any view are "
                         'drawn in colour; click a point to show or hide its model.')
        self.cells, self.naturalness, self._places = None, {}, {}
        self.picker = ModelPicker(self)
        self.open_button = QPushButton('Open sweep…')
        self.open_button.setToolTip("Folder that 'brainscore-mouse score --out' has filled.")
        self.open_button.clicked.connect(lambda _: self._choose_folder())
        self.folder = QLabel('No sweep is open.')
        self.folder.setWordWrap(True)
        self.folder.setToolTip('The sweep that is shown.')
        self.benchmark = ComboBox(label='benchmark', choices=['none yet'], tooltip='Recordings and metric.')
        self.options = Container(widgets=[self.benchmark])
        self.jobs = Jobs()
        self.picture = Picture(self._draw, "Open the folder of a sweep: 'brainscore-mouse score --models … "
                               "--benchmarks … --out sweep' makes one.", (
            'Top: mean over animals with its standard error. Left: the first layer against the mean of all. '
            'Right: the first layer against the naturalness of the images that a model was trained on, -log|p - 2| of '
            'the mean p of 200 images of its domain.'))
        self.picture.clicked.connect(self._on_clicked)
        self.fill(self.picker, self.open_button, self.folder, self.options.native, self.jobs, self.picture)
        self.benchmark.changed.connect(lambda _: self._show())
        self.listen(self.session.networks_changed, self._show)

    def open(self, folder: Path) -> None:
        """Load a sweep, in the background."""
        def load():
            from brainscore_plugin.sweep.results import load_results
            cells = load_results(Path(folder))
            yield cells, naturalness_of(cells.model.unique())

        self.jobs.run('Loading scores', load, 1, lambda loaded: self._on_loaded(Path(folder), *loaded))

    def appear(self) -> None:
        """Scores have no picture on the canvas, which keeps what is there."""

    def follow(self) -> None:
        self._show()

    def claim(self) -> None:
        """As long as another view is open, it shows the models that are ticked here."""

    def _on_loaded(self, folder: Path, cells, naturalness: dict) -> None:
        self.cells, self.naturalness = cells, naturalness
        self.folder.setText(f'{folder}: {cells.model.nunique()} models, {cells.layer.nunique()} layers')
        with self.benchmark.changed.blocked():
            self.benchmark.choices = sorted(cells.benchmark.unique())
        self._show()

    def _show(self) -> None:
        if self.cells is not None:
            shown = tuple(network.identifier for network in self.session.networks)
            self.picture.show_key((self.benchmark.value, shown, len(self.cells)))

    def _draw(self, key) -> np.ndarray:
        from napari_viewer.core.plots import scores_plot
        picture, self._places[key[:2]] = scores_plot(self.cells, key[0], key[1], self.naturalness)
        return picture

    def _on_clicked(self, column: int, row: int) -> None:
        shown = tuple(network.identifier for network in self.session.networks)
        places = self._places.get((self.benchmark.value, shown))
        if places is None or places.empty:
            return
        distance = np.hypot(places.column - column, places.row - row)
        if distance.min() <= REACH:
            model = places.model.iloc[int(distance.argmin())]
            if model in shown:
                self.picker.untick(model)
            else:
                self.picker.tick(model)

    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, 'Folder of a sweep')
        if folder:
            self.open(Path(folder))


def naturalness_of(models) -> dict:
    """Naturalness of the prepared domain that each model is named after, by the mean exponent of a sample of it."""
    from study.naturalness import fit_power_law, naturalness
    from training.domains import open_domain, prepared_domains
    prepared, found = set(prepared_domains()), {}
    for model in models:
        domain = model.rpartition('simclr_')[2]
        if domain in prepared:
            images = open_domain(domain).images
            numbers = np.unique(np.linspace(0, len(images) - 1, NATURAL_SAMPLE).astype(int))
            found[model] = float(naturalness(np.nanmean(fit_power_law(images[numbers]).p)))
    return found
