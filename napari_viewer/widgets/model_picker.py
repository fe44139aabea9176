"""The list of models: those of this project, and those opened from files or named by their identifiers."""
from collections.abc import Callable
from pathlib import Path

from qtpy.QtCore import Qt
from qtpy.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QInputDialog,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from napari_viewer.core.networks import identifiers, open_network
from napari_viewer.widgets.notifications import notify_error
from napari_viewer.widgets.worker_bar import WorkerBar

SHOWN_ROWS = 5


class ModelPicker(QWidget):
    """Tick models to show them; they are loaded in the background.

    Parameters
    ----------
    dock : DockWidget
        That the picker is in; the pickers of all docks tick the models of the viewer's state.
    """

    def __init__(self, dock):
        super().__init__()
        self._dock, self._state = dock, dock.state
        self._added = 0  # models that the user has added, listed above those of this project
        self._loaded = {}  # source -> Network, or None while it is loading or where that failed
        self.list = QListWidget()
        self.list.setToolTip('Models: tick those to show. Their order is that of the slider "mod".')
        self.list.setMaximumHeight(SHOWN_ROWS * 22)
        for identifier in identifiers():
            self.list.addItem(_item(identifier, identifier))
        self.file_button = _button('File…', 'Open weights: a .safetensors backbone, a checkpoint of a training run or '
                                   'a published one.', self._choose_file)
        self.run_button = _button('Run…', 'Open the folder of a training run; its last checkpoint is shown.',
                                  self._choose_run)
        self.name_button = _button('Name…', 'Add any model with convolutional layers that Brain-Score finds, by its '
                                   'identifier.', self._choose_name)
        self.worker_bar = WorkerBar()
        row = QHBoxLayout()
        for button in (self.file_button, self.run_button, self.name_button):
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.list)
        layout.addLayout(row)
        layout.addWidget(self.worker_bar)
        self.list.itemChanged.connect(self._on_ticked)
        dock.follow(self._state.networks_changed, self._follow)
        self._follow()

    def tick(self, *sources) -> None:
        """Show more models, by identifier or path."""
        for source in sources:
            item = self._item(str(source)) or self._add(Path(str(source)).stem or str(source), str(source))
            item.setCheckState(Qt.CheckState.Checked)
            self.list.scrollToItem(item)

    def untick(self, source) -> None:
        """Hide a model, by identifier or path."""
        self._item(str(source)).setCheckState(Qt.CheckState.Unchecked)

    def _add(self, name: str, source: str) -> QListWidgetItem:
        item = _item(name, source)
        self.list.insertItem(self._added, item)
        self._added += 1
        return item

    def _items(self) -> list[QListWidgetItem]:
        return [self.list.item(k) for k in range(self.list.count())]

    def _item(self, source: str) -> QListWidgetItem | None:
        return next((item for item in self._items() if item.data(Qt.ItemDataRole.UserRole) == source), None)

    def _ticked(self) -> list[str]:
        return [item.data(Qt.ItemDataRole.UserRole) for item in self._items()
                if item.checkState() == Qt.CheckState.Checked]

    def _on_ticked(self, item) -> None:
        self._dock.make_active()
        missing = [source for source in self._ticked() if self._loaded.get(source) is None]
        if not missing:
            self._show()
            return

        def load():
            for source in missing:
                try:
                    network = open_network(source)
                    network.filters  # noqa: B018  read here, in the background
                    yield source, network
                except Exception as error:  # a model may raise anything; the others are still loaded
                    yield source, error

        self.worker_bar.run('Loading models', load, len(missing), self._on_loaded, self._show)

    def _on_loaded(self, result) -> None:
        source, network = result
        if isinstance(network, Exception):
            notify_error(network)
            self.list.blockSignals(True)
            self._item(source).setCheckState(Qt.CheckState.Unchecked)
            self.list.blockSignals(False)
        else:
            self._loaded[source] = network

    def _show(self) -> None:
        networks = [self._loaded[source] for source in self._ticked() if self._loaded.get(source) is not None]
        if networks != self._state.networks:
            self._state.set_networks(networks)

    def _follow(self) -> None:
        """Tick the models that are shown, whichever dock widget chose them."""
        self.list.blockSignals(True)
        for network in self._state.networks:
            source = next((source for source, loaded in self._loaded.items() if loaded is network), None)
            if source is None:
                source = network.identifier if self._item(network.identifier) else network.origin
                self._loaded[source] = network
            if self._item(source) is None:
                self._add(network.name, source)
        shown = {source for source, loaded in self._loaded.items() if loaded in self._state.networks}
        for item in self._items():
            ticked = item.data(Qt.ItemDataRole.UserRole) in shown
            item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
        self.list.blockSignals(False)

    def _choose_file(self) -> None:
        kinds = 'Weights (*.safetensors *.ckpt *.pt *.pth)'
        files, _ = QFileDialog.getOpenFileNames(self, 'Weights of models', '', kinds)
        self.tick(*files)

    def _choose_run(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, 'Folder of a training run')
        if folder:
            self.tick(folder)

    def _choose_name(self) -> None:
        name, chosen = QInputDialog.getText(self, 'Brain-Score model', 'Identifier:')
        if chosen and name.strip():
            self.tick(name.strip())


def _item(name: str, source: str) -> QListWidgetItem:
    item = QListWidgetItem(name)
    item.setData(Qt.ItemDataRole.UserRole, source)
    item.setToolTip(source)
    item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
    item.setCheckState(Qt.CheckState.Unchecked)
    return item


def _button(text: str, tooltip: str, on_click: Callable[[], None]) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tooltip)
    button.clicked.connect(lambda _: on_click())
    return button
