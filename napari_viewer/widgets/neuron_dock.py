"""Neurons beside models: what a neuron answers to every image, and what models predict of it."""
from collections.abc import Iterator

import numpy as np
from magicgui.widgets import ComboBox, Container
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QLabel, QListWidget

from napari_viewer.core.neuron_prediction import Prediction, predict
from napari_viewer.core.neuron_sheet import SIZE, NeuronQuery, NeuronSheet
from napari_viewer.core.recording import Recording, open_recording, recordings
from napari_viewer.core.sheet_drawing import message_sheet
from napari_viewer.sheet_layer import SheetLayer
from napari_viewer.widgets.dock_widget import DockWidget
from napari_viewer.widgets.export_row import ExportRow
from napari_viewer.widgets.figure_label import FigureLabel
from napari_viewer.widgets.main_thread import background_cache
from napari_viewer.widgets.map_controls import NONE, offer
from napari_viewer.widgets.model_picker import ModelPicker
from napari_viewer.widgets.worker_bar import WorkerBar

RELIABILITY, PREDICTIVITY, NUMBER = 'reliability', 'predictivity', 'number'
PAGE = 10  # neurons that the page keys step by
SHOWN_ROWS = 7
REACH = 12  # px from a point of the figure within which a click chooses its neuron


class NeuronDock(DockWidget):
    """Shows one neuron of a recording beside the predictions of one or two models.

    Parameters
    ----------
    napari_viewer : napari.Viewer
    """
    tab = 'Neurons'

    def __init__(self, napari_viewer):
        super().__init__(napari_viewer, 'Neurons beside models. Choose a neuron; tick models to see what they predict '
                         'of it; click an image to see what every neuron answers to it.')
        self.recording: Recording | None = None
        self.neuron = 0
        self.sheet: NeuronSheet | None = None
        self._predictions: dict[tuple, Prediction] = {}  # (network, layer) -> of the recording that is shown
        self._points = {}
        self._cache = background_cache(_draw, lambda key: self._show_sheet(), self)
        self.on_close(self._cache.close)
        self._make_widgets()
        self.sheet_layer = SheetLayer(self, 'neuron', self._on_clicked, keys={
            'Left': lambda: self.step(-1), 'Right': lambda: self.step(1), 'PageUp': lambda: self.step(-PAGE),
            'PageDown': lambda: self.step(PAGE)})
        self.follow(self.state.networks_changed, self._on_networks)
        self.follow(self.state.images_changed, self._on_image)
        self.follow(self.state.image_changed, lambda image: self._on_image())
        self._on_networks()
        self.take_canvas()

    def _make_widgets(self) -> None:
        self.source = ComboBox(label='recording', choices=recordings(), tooltip=(
            'Whose neurons are shown, by the benchmark that scores models on them.'))
        self.sort = ComboBox(label='sort by', choices=[RELIABILITY, PREDICTIVITY, NUMBER], tooltip=(
            'Order of the neurons: split-half reliability, or the correlation of the predictions of the model that is '
            'shown, as the benchmark scores it.'))
        self.neurons = QListWidget()
        self.neurons.setToolTip('Neurons with their reliability and, once a model is ticked, the correlation of its '
                                'predictions; over the canvas the keys Left and Right step from one to the next.')
        self.neurons.setMaximumHeight(SHOWN_ROWS * 22)
        self.model = ComboBox(label='model', choices=[NONE], tooltip='Whose predictions are shown.')
        self.layer = ComboBox(label='layer', choices=[NONE], tooltip='The layer that predicts.')
        self.compared = ComboBox(label='compare with', choices=[NONE], tooltip='The same neuron under another model.')
        self.options = Container(widgets=[self.source, self.sort])
        self.model_options = Container(widgets=[self.model, self.layer, self.compared])
        self.summary = QLabel('No recording is open yet.')
        self.summary.setWordWrap(True)
        self.summary.setToolTip('The recording, and the score of the layer on it.')
        self.picker, self.worker_bar = ModelPicker(self), WorkerBar()
        self.population = FigureLabel(self._draw_population, 'Click an image to see what every neuron answers to it.', (
            'Response of every neuron to the chosen image, less its mean and in its standard deviations over images, '
            'against its reliability. Click a point to choose its neuron.'))
        self.fill(self.options.native, self.neurons, self.picker, self.model_options.native, self.summary,
                  self.worker_bar, self.population, ExportRow(self))
        self.source.changed.connect(lambda _: self.open())
        self.sort.changed.connect(lambda _: self._list_neurons())
        self.neurons.currentItemChanged.connect(self._on_item)
        self.model.changed.connect(lambda _: self._on_model())
        for option in (self.layer, self.compared):
            option.changed.connect(lambda _: self._predict())
        self.population.clicked.connect(self._on_point)

    def has_content(self) -> bool:
        return self.recording is not None

    def take_canvas(self) -> None:
        super().take_canvas()
        if self.recording is None and not self.worker_bar.busy:
            self.open()
        else:
            self._on_model()

    def open(self) -> None:
        """Load the recording that is chosen, in the background."""
        identifier = self.source.value

        def load() -> Iterator[Recording]:
            recording = open_recording(identifier)
            recording.reliability, recording.averages, recording.errors  # noqa: B018  computed here, in the background
            yield recording

        self.worker_bar.run(f'Loading {identifier}', load, 1, self._on_opened)

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

    def redraw(self) -> None:
        """Show the neuron on the canvas."""
        self.make_active()
        self._show_sheet(new=True)

    def draw_anew(self) -> None:
        self._cache.forget()
        self.redraw_if_active()

    @property
    def image(self) -> int | None:
        """Number among the recording's images of the one that is chosen anywhere, if it has it."""
        images = self.state.images
        if self.recording is None or images is None or self.state.image >= len(images):
            return None
        return self.recording.number_of(images.source(self.state.image))

    def prediction(self, name: str) -> Prediction | None:
        """What a model predicts, by its name, if that is computed."""
        network = self._network(name)
        return self._predictions.get((network, self.layer.value)) if network is not None else None

    def query(self) -> NeuronQuery:
        """What is on the canvas."""
        return NeuronQuery(self.recording, self.neuron, self.prediction(self.model.value),
                           self.prediction(self.compared.value), self.image)

    def _on_opened(self, recording: Recording) -> None:
        if recording.identifier != self.source.value:
            return
        self.recording, self.neuron = recording, int(np.nanargmax(recording.reliability))
        self._predictions = {}
        self._list_neurons()
        if self.state.images is None:
            self.state.set_images(recording.images)
        self.redraw_if_active()
        self._predict()

    def _on_networks(self) -> None:
        names = [network.name for network in self.state.networks]
        self._predictions = {key: one for key, one in self._predictions.items() if key[0] in self.state.networks}
        offer(self.model, names or [NONE])
        offer(self.compared, [NONE, *names])
        self._on_model()

    def _on_model(self) -> None:
        """Offer the layers of the model, which may have to be loaded first, and predict."""
        network = self._network(self.model.value)
        if network is None or not self._visible():
            offer(self.layer, [NONE])
            self.redraw_if_active()
            return

        def load() -> Iterator[list[str]]:
            yield network.layers

        self.worker_bar.run('Loading the model', load, 1, on_yielded=self._on_layers)

    def _on_layers(self, layers: list[str]) -> None:
        offer(self.layer, layers)
        if self.recording is None:
            self.open()
        else:
            self._predict()

    def _visible(self) -> bool:
        return self.state.active_dock is self

    def _network(self, name: str):
        return next((network for network in self.state.networks if network.name == name), None)

    def _predict(self) -> None:
        """Predict all neurons by the models that are shown, in the background, unless that is done."""
        recording, layer = self.recording, self.layer.value
        networks = [self._network(name) for name in dict.fromkeys((self.model.value, self.compared.value))]
        missing = [network for network in networks if network is not None and (network, layer) not in self._predictions]
        if recording is not None and layer == NONE and self._network(self.model.value) is not None:
            self._on_model()
            return
        if recording is None or layer == NONE or not missing:
            self._show_sheet()
            self._say()
            return

        def work() -> Iterator[Prediction]:
            for network in missing:
                yield predict(recording, network, layer)

        self.worker_bar.run('Predicting neurons', work, len(missing), self._on_predicted, self._list_neurons)

    def _on_predicted(self, prediction: Prediction) -> None:
        if prediction.recording is self.recording and prediction.network in self.state.networks:
            self._predictions[prediction.network, prediction.layer] = prediction
            self._show_sheet()
            self._say()

    def _say(self) -> None:
        recording = self.recording
        if recording is None:
            return
        text = f'{recording.identifier}: {len(recording)} {recording.kind} neurons, {len(recording.images)} images.'
        for name in dict.fromkeys((self.model.value, self.compared.value)):
            one = self.prediction(name)
            if one is not None:
                text += f'<br>{name} {one.layer}: score {one.score:.3f} ± {one.error:.3f}'
        self.summary.setText(text)

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

    def _show_sheet(self, new: bool = False) -> None:
        """Draw what is chosen; the sheet before stays until it is drawn."""
        if not self._visible():
            return
        if self.recording is None:
            if new:
                self.sheet_layer.show(message_sheet('Reading the recording …', SIZE), np.zeros(SIZE, np.uint16), None)
            return
        query = self.query()
        drawn = self._cache.get(query)
        if drawn is None and not (new or self.sheet is None):
            return
        if drawn is None:
            self.sheet_layer.show(message_sheet('Reading the recording …', SIZE), np.zeros(SIZE, np.uint16), None)
            return
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
        if not label or self.recording is None or self.sheet_layer.table is None:
            return
        number = int(self.sheet_layer.tile(label)['image'])
        images, source = self.state.images, self.recording.images.source(number)
        found = np.flatnonzero(images.index['source'].to_numpy() == source) if images is not None else []
        if len(found):
            self.state.set_image(int(found[0]))
        else:
            self.state.set_images(self.recording.images, number)

    def _on_point(self, column: int, row: int) -> None:
        points = self._points.get((self.recording, self.image, self.neuron))
        if points is not None and len(points):
            distance = np.hypot(points.column - column, points['row'] - row)
            if distance.min() <= REACH:
                self.choose(int(points.neuron.iloc[int(distance.argmin())]))


def _draw(query: NeuronQuery) -> tuple:
    sheet = NeuronSheet(query)
    return sheet, sheet.draw(), *sheet.tiles()
