"""Matrices: which images an area and a layer take for alike."""
import numpy as np
from magicgui.widgets import ComboBox, Container

from napari_viewer.core.matrix_comparison import (
    SCORED_BY_MATRICES,
    Comparison,
    MeasuredMatrices,
    compare,
    open_matrices,
)
from napari_viewer.core.matrix_sheet import SIZE, MatrixQuery, MatrixSheet
from napari_viewer.core.recording import recordings
from napari_viewer.sheet_layer import SheetLayer
from napari_viewer.widgets.choice import NONE, Choice
from napari_viewer.widgets.export_row import ExportRow
from napari_viewer.widgets.recording_dock import RecordingDock

CLUSTERED, NUMBER = 'alike images together', 'number'
CAPACITY = 8  # sheets that are kept


class MatrixDock(RecordingDock):
    """Shows the dissimilarity matrix of an animal or a site beside that of a model's layer.

    Parameters
    ----------
    napari_viewer : napari.Viewer
    """
    tab, size, comparing = 'Matrices', SIZE, 'Comparing matrices'

    def __init__(self, napari_viewer):
        super().__init__(napari_viewer, 'Which images an area and a layer take for alike. Tick a model; move the mouse '
                         'over a matrix to see the images of a pair.', recordings(SCORED_BY_MATRICES), _draw, CAPACITY)
        self._pair: tuple[int, int] | None = None  # under the mouse
        self._make_widgets()
        self.sheet_layer = SheetLayer(self, 'matrices', self._on_clicked, on_hover=self._on_hover)
        self.begin()

    def _make_widgets(self) -> None:
        self.source.tooltip = 'Whose matrices are shown, by the benchmark that compares models with them.'
        self.name = Choice(label='animal or site', choices=[NONE], tooltip='Whose matrix is shown.')
        self.sort = ComboBox(label='images by', choices=[CLUSTERED, NUMBER], tooltip=(
            "Order of the images in both matrices: by clusters of the recording's matrix, or as they are numbered."))
        self.model.tooltip, self.layer.tooltip = 'Whose matrix is shown beside it.', 'Of the model.'
        self.kept |= {'name': self.name, 'sort': self.sort}
        self.options = Container(widgets=[self.source, self.name, self.sort, self.model, self.layer])
        self.summary.setToolTip('The score of the layer, of which the correlations above the matrices are part.')
        self.fill(self.picker, self.options.native, self.summary, self.worker_bar, ExportRow(self))
        for option in (self.name, self.sort):
            option.changed.connect(lambda _: self._show_sheet())

    def comparison(self) -> Comparison | None:
        """With the layer that is chosen, if that is computed."""
        return self.result(self.model.value)

    def query(self) -> MatrixQuery:
        return MatrixQuery(self.recording, self.name.value, self.comparison(), self.sort.value == CLUSTERED)

    def paint(self) -> np.ndarray:
        """The sheet that is on the canvas, drawn anew."""
        return self.sheet.draw_anew(self._pair) if self.sheet is not None else self.sheet_layer.sheet

    def _load(self, identifier: str) -> MeasuredMatrices:
        return open_matrices(identifier)

    def _compare(self, recording: MeasuredMatrices, network, layer: str) -> Comparison:
        return compare(recording, network, layer)

    def _on_recording(self) -> None:
        self.name.offer(list(self.recording.by_name))

    def _show(self, drawn: MatrixSheet) -> None:
        self.sheet, self._pair = drawn, None
        self.sheet_layer.show(drawn.draw(None), drawn.labels, drawn.table)

    def _say(self) -> None:
        if self.recording is None:
            return
        text = f'{self.recording.identifier}: {len(self.recording.by_name)} matrices, {self.recording.kind} neurons.'
        comparison = self.comparison()
        if comparison is not None:
            text += (f'<br>{comparison.network.name} {comparison.layer}: score {comparison.score:.3f} ± '
                     f'{comparison.error:.3f}')
        self.summary.setText(text)

    def _on_hover(self, label: int) -> None:
        if self.sheet is not None:
            self._pair = self.sheet.pair(label)
            self.sheet_layer.put(self.sheet.draw(self._pair))

    def _on_clicked(self, label: int) -> None:
        if label and self.sheet is not None:
            self.choose_image(int(self.sheet_layer.tile(label)['image']))


def _draw(query: MatrixQuery) -> MatrixSheet:
    sheet = MatrixSheet(query)
    sheet.base, sheet.labels, sheet.table  # noqa: B018  drawn here, in the background
    return sheet
