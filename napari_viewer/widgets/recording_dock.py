"""What the dock widgets have in common that show a recording beside a layer of a model."""
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from qtpy.QtWidgets import QLabel

from napari_viewer.core.sheet_drawing import message_sheet
from napari_viewer.sheet_layer import SheetLayer
from napari_viewer.widgets.choice import NONE, Choice
from napari_viewer.widgets.dock_widget import DockWidget
from napari_viewer.widgets.main_thread import background_cache
from napari_viewer.widgets.model_picker import ModelPicker
from napari_viewer.widgets.worker_bar import WorkerBar


class RecordingDock(DockWidget):
    """A dock widget that loads a recording, compares layers with it in the background, and draws a sheet of both.

    A subclass makes its widgets and `sheet_layer`, calls :meth:`begin`, and has `size`, `query`, `_show`, `_load` and
    `_compare`.

    Parameters
    ----------
    napari_viewer : napari.Viewer
    hint : str
        See :class:`DockWidget`.
    identifiers : list of str
        Benchmarks whose recordings can be chosen.
    draw : callable
        Query -> what is shown of it; runs in the background.
    capacity : int
        Number of drawings kept.
    """
    size: tuple[int, int]  # px, of the sheet
    comparing: str  # what the progress bar says
    sheet_layer: SheetLayer

    def __init__(self, napari_viewer, hint: str, identifiers: list[str], draw: Callable, capacity: int):
        super().__init__(napari_viewer, hint)
        self.recording: Any = None
        self.sheet: Any = None
        self._results: dict[tuple, Any] = {}  # (network, layer) -> comparison with the recording that is shown
        self._cache = background_cache(draw, lambda key: self._show_sheet(), self, capacity)
        self.on_close(self._cache.close)
        self.source = Choice(label='recording', choices=identifiers)
        self.model = Choice(label='model', choices=[NONE])
        self.layer = Choice(label='layer', choices=[NONE])
        self.summary = QLabel('No recording is open yet.')
        self.summary.setWordWrap(True)
        self.picker, self.worker_bar = ModelPicker(self), WorkerBar()
        self.kept |= {'recording': self.source, 'model': self.model, 'layer': self.layer}
        self.source.changed.connect(lambda _: self.open())
        self.model.changed.connect(lambda _: self._on_model())
        self.layer.changed.connect(lambda _: self.compare())

    def query(self) -> Any:
        """What is on the canvas."""
        raise NotImplementedError

    def _show(self, drawn: Any) -> None:
        """Put on the canvas what was drawn of the query."""
        raise NotImplementedError

    def _say(self) -> None:
        """Say what is shown in `summary`."""
        raise NotImplementedError

    def _load(self, identifier: str) -> Any:
        """The recording of a benchmark; runs in the background."""
        raise NotImplementedError

    def _compare(self, recording: Any, network, layer: str) -> Any:
        """A comparison with a recording, with the attributes recording, network and layer; runs in the background."""
        raise NotImplementedError

    def begin(self) -> None:
        """Follow the models that are ticked, and draw."""
        self.follow(self.state.networks_changed, self._on_networks)
        self._on_networks()
        self.take_canvas()

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

        def load() -> Iterator:
            yield self._load(identifier)

        self.worker_bar.run(f'Loading {identifier}', load, 1, self._on_loaded)

    def redraw(self) -> None:
        """Show the sheet on the canvas."""
        self.make_active()
        self._show_sheet(new=True)

    def draw_anew(self) -> None:
        self._cache.forget()
        self.redraw_if_active()

    def result(self, model: str) -> Any:
        """The comparison of a model's chosen layer, by the model's name, if that is computed."""
        return self._results.get((self._network(model), self.layer.value))

    def compare(self) -> None:
        """Compare the models that are shown in the background, unless that is done."""
        recording, layer = self.recording, self.layer.value
        if recording is not None and layer == NONE and self._network(self.model.value) is not None:
            self._on_model()
            return
        missing = [network for network in map(self._network, self.compared_models())
                   if network is not None and (network, layer) not in self._results]
        if recording is None or layer == NONE or not missing:
            self._show_sheet()
            self._say()
            return

        def work() -> Iterator:
            for network in missing:
                yield self._compare(recording, network, layer)

        self.worker_bar.run(self.comparing, work, len(missing), self._on_compared, self._on_all_compared)

    def compared_models(self) -> list[str]:
        """Names of the models that are shown."""
        return [self.model.value]

    def choose_image(self, number: int) -> None:
        """Choose an image of the recording in all dock widgets."""
        images, source = self.state.images, self.recording.images.source(number)
        found = np.flatnonzero(images.index['source'].to_numpy() == source) if images is not None else []
        if len(found):
            self.state.set_image(int(found[0]))
        else:
            self.state.set_images(self.recording.images, number)

    def _network(self, name: str):
        return next((network for network in self.state.networks if network.name == name), None)

    def _on_loaded(self, recording) -> None:
        if recording.identifier != self.source.value:
            return
        self.recording, self._results = recording, {}
        self._on_recording()
        self.redraw_if_active()
        self.compare()

    def _on_recording(self) -> None:
        """Offer what can be chosen of a recording that has been loaded."""

    def _on_networks(self) -> None:
        self._results = {key: one for key, one in self._results.items() if key[0] in self.state.networks}
        self.model.offer([network.name for network in self.state.networks] or [NONE])
        self._on_model()

    def _on_model(self) -> None:
        """Offer the layers of the model, which may have to be loaded first, and compare."""
        network = self._network(self.model.value)
        if network is None or self.state.active_dock is not self:
            self.layer.offer([NONE])
            self.redraw_if_active()
            return

        def load() -> Iterator[list[str]]:
            yield network.layers

        self.worker_bar.run('Loading the model', load, 1, self._on_layers)

    def _on_layers(self, layers: list[str]) -> None:
        self.layer.offer(layers)
        if self.recording is None:
            self.open()
        else:
            self.compare()

    def _on_compared(self, result) -> None:
        if result.recording is self.recording and result.network in self.state.networks:
            self._results[result.network, result.layer] = result
            self._show_sheet()
            self._say()

    def _on_all_compared(self) -> None:
        """Show what depends on all comparisons."""

    def _show_sheet(self, new: bool = False) -> None:
        """Draw what is chosen; the sheet before stays until it is drawn."""
        if self.state.active_dock is not self:
            return
        drawn = self._cache.get(self.query()) if self.recording is not None else None
        if drawn is not None:
            self._show(drawn)
        elif new or self.recording is not None and self.sheet is None:
            self.sheet_layer.show(message_sheet('Reading the recording …', self.size), np.zeros(self.size, np.uint16),
                                  None)
