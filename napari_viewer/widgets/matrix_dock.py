"""Matrices: which images an area and a layer take for alike."""
from collections.abc import Iterator

import numpy as np
from magicgui.widgets import ComboBox, Container
from qtpy.QtWidgets import QLabel

from napari_viewer.core.matrix_comparison import (
    Comparison,
    MeasuredMatrices,
    compare,
    matrix_benchmarks,
    open_matrices,
)
from napari_viewer.core.matrix_sheet import SIZE, MatrixQuery, MatrixSheet
from napari_viewer.core.sheet_drawing import message_sheet
from napari_viewer.sheet_layer import SheetLayer
from napari_viewer.widgets.dock_widget import DockWidget
from napari_viewer.widgets.export_row import ExportRow
from napari_viewer.widgets.main_thread import background_cache
from napari_viewer.widgets.map_controls import NONE, offer
from napari_viewer.widgets.model_picker import ModelPicker
from napari_viewer.widgets.worker_bar import WorkerBar

CLUSTERED, NUMBER = 'alike images together', 'number'


class MatrixDock(DockWidget):
    """Shows the dissimilarity matrix of an animal or a site beside that of a model's layer.

    Parameters
    ----------
    napari_viewer : napari.Viewer
    """
    tab = 'Matrices'

    def __init__(self, napari_viewer):
        super().__init__(napari_viewer, 'Which images an area and a layer take for alike. Tick a model; move the mouse '
                         'over a matrix to see the images of a pair.')
        self.measured: MeasuredMatrices | None = None
        self.sheet: MatrixSheet | None = None
        self._comparisons: dict[tuple, Comparison] = {}  # (network, layer) -> with the matrices that are shown
        self._cache = background_cache(_draw, lambda key: self._show_sheet(), self, capacity=8)
        self.on_close(self._cache.close)
        self._make_widgets()
        self.sheet_layer = SheetLayer(self, 'matrices', self._on_clicked, on_hover=self._on_hover)
        self.follow(self.state.networks_changed, self._on_networks)
        self._on_networks()
        self.take_canvas()

    def _make_widgets(self) -> None:
        self.source = ComboBox(label='recording', choices=matrix_benchmarks(), tooltip=(
            'Whose matrices are shown, by the benchmark that compares models with them.'))
        self.name = ComboBox(label='animal or site', choices=[NONE], tooltip='Whose matrix is shown.')
        self.sort = ComboBox(label='images by', choices=[CLUSTERED, NUMBER], tooltip=(
            "Order of the images in both matrices: by clusters of the recording's matrix, or as they are numbered."))
        self.model = ComboBox(label='model', choices=[NONE], tooltip='Whose matrix is shown beside it.')
        self.layer = ComboBox(label='layer', choices=[NONE], tooltip='Of the model.')
        self.options = Container(widgets=[self.source, self.name, self.sort, self.model, self.layer])
        self.summary = QLabel('No recording is open yet.')
        self.summary.setWordWrap(True)
        self.summary.setToolTip('The score of the layer, of which the correlations above the matrices are part.')
        self.picker, self.worker_bar = ModelPicker(self), WorkerBar()
        self.fill(self.picker, self.options.native, self.summary, self.worker_bar, ExportRow(self))
        self.source.changed.connect(lambda _: self.open())
        for option in (self.name, self.sort):
            option.changed.connect(lambda _: self._show_sheet())
        self.model.changed.connect(lambda _: self._on_model())
        self.layer.changed.connect(lambda _: self._compare())

    def has_content(self) -> bool:
        return self.measured is not None

    def take_canvas(self) -> None:
        super().take_canvas()
        if self.measured is None and not self.worker_bar.busy:
            self.open()
        else:
            self._on_model()

    def open(self) -> None:
        """Load the matrices of the benchmark that is chosen, in the background."""
        identifier = self.source.value

        def load() -> Iterator[MeasuredMatrices]:
            yield open_matrices(identifier)

        self.worker_bar.run(f'Loading {identifier}', load, 1, self._on_opened)

    def redraw(self) -> None:
        """Show the matrices on the canvas."""
        self.make_active()
        self._show_sheet(new=True)

    def draw_anew(self) -> None:
        self._cache.forget()
        self.redraw_if_active()

    def comparison(self) -> Comparison | None:
        """With the layer that is chosen, if that is computed."""
        return self._comparisons.get((self._network(), self.layer.value))

    def query(self) -> MatrixQuery:
        """What is on the canvas."""
        return MatrixQuery(self.measured, self.name.value, self.comparison(), self.sort.value == CLUSTERED)

    def _on_opened(self, measured: MeasuredMatrices) -> None:
        if measured.identifier != self.source.value:
            return
        self.measured, self._comparisons = measured, {}
        offer(self.name, list(measured.by_name))
        self.redraw_if_active()
        self._compare()

    def _on_networks(self) -> None:
        self._comparisons = {key: one for key, one in self._comparisons.items() if key[0] in self.state.networks}
        offer(self.model, [network.name for network in self.state.networks] or [NONE])
        self._on_model()

    def _on_model(self) -> None:
        network = self._network()
        if network is None or self.state.active_dock is not self:
            offer(self.layer, [NONE])
            self.redraw_if_active()
            return

        def load() -> Iterator[list[str]]:
            yield network.layers

        self.worker_bar.run('Loading the model', load, 1, self._on_layers)

    def _on_layers(self, layers: list[str]) -> None:
        offer(self.layer, layers)
        if self.measured is None:
            self.open()
        else:
            self._compare()

    def _network(self):
        return next((network for network in self.state.networks if network.name == self.model.value), None)

    def _compare(self) -> None:
        """Compare the layer in the background, unless that is done."""
        measured, network, layer = self.measured, self._network(), self.layer.value
        if measured is None or network is None or self.comparison() is not None:
            self._show_sheet()
            return
        if layer == NONE:
            self._on_model()
            return

        def work() -> Iterator[Comparison]:
            yield compare(measured, network, layer)

        self.worker_bar.run('Comparing matrices', work, 1, self._on_compared)

    def _on_compared(self, comparison: Comparison) -> None:
        if comparison.measured is self.measured and comparison.network in self.state.networks:
            self._comparisons[comparison.network, comparison.layer] = comparison
            self._show_sheet()

    def _show_sheet(self, new: bool = False) -> None:
        if self.state.active_dock is not self:
            return
        if self.measured is None:
            if new:
                self.sheet_layer.show(message_sheet('Reading the recording …', SIZE), np.zeros(SIZE, np.uint16), None)
            return
        drawn = self._cache.get(self.query())
        if drawn is not None:
            self.sheet = drawn
            self.sheet_layer.show(drawn.draw(None), drawn.labels, drawn.table)
        comparison = self.comparison()
        text = f'{self.measured.identifier}: {len(self.measured.by_name)} matrices, {self.measured.kind} neurons.'
        if comparison is not None:
            text += (f'<br>{comparison.network.name} {comparison.layer}: score {comparison.score:.3f} ± '
                     f'{comparison.error:.3f}')
        self.summary.setText(text)

    def _on_hover(self, label: int) -> None:
        if self.sheet is not None:
            self.sheet_layer.put(self.sheet.draw(self.sheet.pair(label)))

    def _on_clicked(self, label: int) -> None:
        if not label or self.sheet is None:
            return
        number = int(self.sheet_layer.tile(label)['image'])
        images, source = self.state.images, self.measured.images.source(number)
        found = np.flatnonzero(images.index['source'].to_numpy() == source) if images is not None else []
        if len(found):
            self.state.set_image(int(found[0]))
        else:
            self.state.set_images(self.measured.images, number)


def _draw(query: MatrixQuery) -> MatrixSheet:
    sheet = MatrixSheet(query)
    sheet.base, sheet.labels, sheet.table  # noqa: B018  drawn here, in the background
    return sheet
