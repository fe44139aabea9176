"""The list of models: those shipped, those linked, and those opened from files."""
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
from napari_viewer.jobs import Jobs, tell

SHOWN_ROWS = 5


class ModelPicker(QWidget):
    """Tick models to show them; they are loaded in the background.

    Parameters
    ----------
    session : Session
        Whose models these are; it may be shared with other pickers.
    """

    def __init__(self, view):
        super().__init__()
        self._view, self._session = view, view.session
        self._opened = 0  # models added, which stand before those that are always there
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
        self.name_button = _button('Name…', 'Add any model of the installed Brain-Score that has convolutional layers, '
                                   'by its identifier.', self._choose_name)
        self.jobs = Jobs()
        row = QHBoxLayout()
        for button in (self.file_button, self.run_button, self.name_button):
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.list)
        layout.addLayout(row)
        layout.addWidget(self.jobs)
        self.list.itemChanged.connect(self._on_ticked)
        view.listen(self._session.networks_changed, self._follow)
        self._follow()

    def tick(self, *sources) -> None:
        """Show models as well, by identifier or path."""
        for source in sources:
            item = self._item(str(source)) or self._add(Path(str(source)).stem or str(source), str(source))
            item.setCheckState(Qt.CheckState.Checked)
            self.list.scrollToItem(item)

    def untick(self, source) -> None:
        self._item(str(source)).setCheckState(Qt.CheckState.Unchecked)

    def _add(self, name: str, source: str) -> QListWidgetItem:
        item = _item(name, source)
        self.list.insertItem(self._opened, item)
        self._opened += 1
        return item

    def _items(self) -> list:
        return [self.list.item(k) for k in range(self.list.count())]

    def _item(self, source: str):
        return next((item for item in self._items() if item.data(Qt.ItemDataRole.UserRole) == source), None)

    def _ticked(self) -> list:
        return [item.data(Qt.ItemDataRole.UserRole) for item in self._items()
                if item.checkState() == Qt.CheckState.Checked]

    def _on_ticked(self, item) -> None:
        self._view.claim()
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
                except Exception as error:  # of any foreign model; the others are loaded all the same
                    yield source, error

        self.jobs.run('Loading models', load, len(missing), self._on_loaded, self._show)

    def _on_loaded(self, result) -> None:
        source, network = result
        if isinstance(network, Exception):
            tell(network)
            self.list.blockSignals(True)
            self._item(source).setCheckState(Qt.CheckState.Unchecked)
            self.list.blockSignals(False)
        else:
            self._loaded[source] = network

    def _show(self) -> None:
        networks = [self._loaded[source] for source in self._ticked() if self._loaded.get(source) is not None]
        if networks != self._session.networks:
            self._session.set_networks(networks)

    def _follow(self) -> None:
        """Tick what the session shows, whoever changed it."""
        self.list.blockSignals(True)
        for network in self._session.networks:
            source = next((source for source, loaded in self._loaded.items() if loaded is network), None)
            if source is None:
                source = network.identifier if self._item(network.identifier) else network.origin
                self._loaded[source] = network
            if self._item(source) is None:
                self._add(network.name, source)
        shown = {source for source, loaded in self._loaded.items() if loaded in self._session.networks}
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


def _button(text: str, tooltip: str, clicked) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tooltip)
    button.clicked.connect(lambda _: clicked())
    return button
