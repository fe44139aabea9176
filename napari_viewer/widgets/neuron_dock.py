"""Neurons beside models: what a neuron answers to every image, and what models predict of it."""
import numpy as np
from magicgui.widgets import ComboBox, Container
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QListWidget

from napari_viewer.core.neuron_prediction import Prediction, predict
from napari_viewer.core.neuron_sheet import SIZE, NeuronQuery, NeuronSheet
from napari_viewer.core.other_animals import other_animals
from napari_viewer.core.recording import Recording, open_recording, recordings
from napari_viewer.sheet_layer import SheetLayer
from napari_viewer.widgets.choice import NONE, Choice
from napari_viewer.widgets.export_row import ExportRow
from napari_viewer.widgets.figure_label import FigureLabel
from napari_viewer.widgets.main_thread import background_cache
from napari_viewer.widgets.recording_dock import RecordingDock

RELIABILITY, PREDICTIVITY, NUMBER = 'reliability', 'predictivity', 'number'
PAGE = 10  # neurons that the page keys step by
SHOWN_ROWS = 7
CAPACITY = 48  # sheets that are kept
RECORDINGS = 2  # of which is kept what other animals' neurons get
REACH = 12  # px from a point of the figure within which a click chooses its neuron


class NeuronDock(RecordingDock):
    """Shows one neuron of a recording beside the predictions of one or two models.

    Parameters
    ----------
    napari_viewer : napari.Viewer
    """
    tab, size, comparing = 'Neurons', SIZE, 'Predicting neurons'

    def __init__(self, napari_viewer):
        super().__init__(napari_viewer, 'Neurons beside models. Choose a neuron; tick models to see what they predict '
                         'of it; click an image to see what every neuron answers to it.', recordings(), _draw,
                         CAPACITY)
        self.neuron = 0
        self._points = {}
        self._others = background_cache(other_animals, lambda recording: self._say(), self, RECORDINGS)
        self.on_close(self._others.close)
        self._wanted_neuron: int | None = None  # of the recording that is loaded next
        self._make_widgets()
        self.sheet_layer = SheetLayer(self, 'neuron', self._on_clicked, keys={
            'Left': lambda: self.step(-1), 'Right': lambda: self.step(1), 'PageUp': lambda: self.step(-PAGE),
            'PageDown': lambda: self.step(PAGE)})
        self.follow(self.state.images_changed, self._on_image)
        self.follow(self.state.image_changed, lambda image: self._on_image())
        self.begin()

    def _make_widgets(self) -> None:
        self.source.tooltip = 'Whose neurons are shown, by the benchmark that scores models on them.'
        self.sort = ComboBox(label='sort by', choices=[RELIABILITY, PREDICTIVITY, NUMBER], tooltip=(
            'Order of the neurons: split-half reliability, or the correlation of the predictions of the model that is '
            'shown, as the benchmark scores it.'))
        self.neurons = QListWidget()
        self.neurons.setToolTip('Neurons with their reliability and, once a model is ticked, the correlation of its '
                                'predictions; over the canvas the keys Left and Right step from one to the next.')
        self.neurons.setMaximumHeight(SHOWN_ROWS * 22)
        self.model.tooltip, self.layer.tooltip = 'Whose predictions are shown.', 'The layer that predicts.'
        self.compared = Choice(label='compare with', choices=[NONE], tooltip='The same neuron under another model.')
        self.kept |= {'sort': self.sort, 'compared': self.compared}
        self.options = Container(widgets=[self.source, self.sort])
        self.model_options = Container(widgets=[self.model, self.layer, self.compared])
        self.summary.setToolTip('The recording, the score of the layer on it, and what the neurons of all other '
                                'animals get in the place of a layer: more, were there more animals.')
        self.population = FigureLabel(self._draw_population, 'Click an image to see what every neuron answers to it.', (
            'Response of every neuron to the chosen image, less its mean and in its standard deviations over images, '
            'against its reliability. Click a point to choose its neuron.'))
        self.fill(self.options.native, self.neurons, self.picker, self.model_options.native, self.summary,
                  self.worker_bar, self.population, ExportRow(self))
        self.sort.changed.connect(lambda _: self._list_neurons())
        self.neurons.currentItemChanged.connect(self._on_item)
        self.compared.changed.connect(lambda _: self.compare())
        self.population.clicked.connect(self._on_point)
        self.worker_bar.stopped.connect(self._say)

    def choose(self, neuron: int) -> None:
        """Show a neuron, by its number in the recording."""
        self.neuron = neuron
        self._select()
        self._show_sheet()
        self._show_population()

    def step(self, neurons: int) -> None:
        """Go on by so many neurons in the list, back if negative."""
        if self.recording is not None:
            self.neurons.setCurrentRow(min(max(self.neurons.currentRow() + neurons, 0), self.neurons.count() - 1))

    @property
    def image(self) -> int | None:
        """Number among the recording's images of the one that is chosen anywhere, if it has it."""
        images = self.state.images
        if self.recording is None or images is None or self.state.image >= len(images):
            return None
        return self.recording.number_of(images.source(self.state.image))

    def prediction(self, name: str) -> Prediction | None:
        """What a model predicts, by its name, if that is computed."""
        return self.result(name)

    def compared_models(self) -> list[str]:
        return list(dict.fromkeys((self.model.value, self.compared.value)))

    def query(self) -> NeuronQuery:
        return NeuronQuery(self.recording, self.neuron, self.prediction(self.model.value),
                           self.prediction(self.compared.value), self.image)

    def remember(self) -> dict:
        return super().remember() | {'neuron': self.neuron}

    def recall(self, options: dict) -> None:
        if isinstance(options.get('neuron'), int):
            self._wanted_neuron = options['neuron']
        super().recall(options)

    def paint(self) -> np.ndarray:
        """The sheet that is on the canvas, drawn anew."""
        return NeuronSheet(self.sheet.query).draw() if self.sheet is not None else self.sheet_layer.sheet

    def _load(self, identifier: str) -> Recording:
        recording = open_recording(identifier)
        recording.reliability, recording.averages, recording.errors  # noqa: B018  computed here, in the background
        return recording

    def _compare(self, recording: Recording, network, layer: str) -> Prediction:
        return predict(recording, network, layer)

    def _on_recording(self) -> None:
        wanted, self._wanted_neuron = self._wanted_neuron, None
        best = int(np.nanargmax(self.recording.reliability))
        self.neuron = best if wanted is None or not 0 <= wanted < len(self.recording) else wanted
        self._list_neurons()
        if self.state.images is None:
            self.state.set_images(self.recording.images)

    def _on_networks(self) -> None:
        self.compared.offer([NONE, *(network.name for network in self.state.networks)])
        super()._on_networks()

    def _on_all_compared(self) -> None:
        self._list_neurons()

    def _say(self) -> None:
        recording = self.recording
        if recording is None:
            return
        text = f'{recording.identifier}: {len(recording)} {recording.kind} neurons, {len(recording.images)} images.'
        for name in self.compared_models():
            one = self.prediction(name)
            if one is not None:
                text += f'<br>{name} {one.layer}: score {one.score:.3f} ± {one.error:.3f}'
        others = self._other_animals()
        self.summary.setText(text + (f'<br>{others}' if others else ''))

    def _other_animals(self) -> str | None:
        """What other animals' neurons get, once that is computed, for which everything else goes first."""
        if self.worker_bar.busy or self.state.active_dock is not self:
            return self._others.get(self.recording) if self._others.has(self.recording) else None
        return self._others.get(self.recording)

    def _list_neurons(self) -> None:
        """List the neurons in the order that is chosen; the one that is shown stays chosen."""
        recording = self.recording
        if recording is None:
            return
        shown = self.prediction(self.model.value)
        keys = {RELIABILITY: recording.reliability, PREDICTIVITY: None if shown is None else shown.raw}
        key = keys.get(self.sort.value)
        order = np.arange(len(recording)) if key is None else np.argsort(-key, kind='stable')
        self.neurons.blockSignals(True)
        self.neurons.clear()
        for neuron in order:
            text = f'{recording.facts["neuroid_id"][neuron]}   reliability {recording.reliability[neuron]:.2f}'
            self.neurons.addItem(text + ('' if shown is None else f'   r {shown.raw[neuron]:.2f}'))
            self.neurons.item(self.neurons.count() - 1).setData(Qt.ItemDataRole.UserRole, int(neuron))
        self.neurons.blockSignals(False)
        self._select()
        self._say()

    def _select(self) -> None:
        self.neurons.blockSignals(True)
        for row in range(self.neurons.count()):
            if self.neurons.item(row).data(Qt.ItemDataRole.UserRole) == self.neuron:
                self.neurons.setCurrentRow(row)
                break
        self.neurons.blockSignals(False)

    def _show(self, drawn: tuple) -> None:
        self.sheet, pixels, labels, table = drawn
        self.sheet_layer.show(pixels, labels, table)

    def _show_population(self) -> None:
        key = (self.recording, self.image, self.neuron) if self.image is not None else None
        self.population.show_key(key)

    def _draw_population(self, key: tuple) -> np.ndarray:
        from napari_viewer.core.population_figure import population_figure
        figure, self._points[key] = population_figure(*key)
        return figure

    def _on_image(self) -> None:
        if self.recording is not None:
            self._show_sheet()
            self._show_population()

    def _on_item(self, item, _) -> None:
        if item is not None:
            self.choose(item.data(Qt.ItemDataRole.UserRole))

    def _on_clicked(self, label: int) -> None:
        if label and self.recording is not None and self.sheet_layer.table is not None:
            self.choose_image(int(self.sheet_layer.tile(label)['image']))

    def _on_point(self, column: int, row: int) -> None:
        points = self._points.get((self.recording, self.image, self.neuron))
        if points is not None and len(points):
            distance = np.hypot(points.column - column, points['row'] - row)
            if distance.min() <= REACH:
                self.choose(int(points.neuron.iloc[int(distance.argmin())]))


def _draw(query: NeuronQuery) -> tuple:
    sheet = NeuronSheet(query)
    return sheet, sheet.draw(), *sheet.tiles()
