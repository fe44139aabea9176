"""The list of sets of images: prepared domains, stimulus sets, folders and archives; opened in the background."""
import functools
from collections.abc import Callable, Iterator
from pathlib import Path

from qtpy.QtCore import Qt
from qtpy.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from napari_viewer.core import image_sets
from napari_viewer.widgets.notifications import notify_error
from napari_viewer.widgets.worker_bar import WorkerBar

ANY_LAYOUT = 'any folder'


def find_sets() -> Iterator:
    """The layouts of domains, then label and opener of every prepared domain and stimulus set."""
    from training.domains import DOMAINS, prepared_domains
    yield list(DOMAINS)
    for name in prepared_domains():
        yield f'{name} (domain)', functools.partial(image_sets.from_domain, name)
    for identifier in image_sets.stimulus_sets():
        yield f'{identifier} (stimulus set)', functools.partial(image_sets.from_stimulus_set, identifier)


class ImagePicker(QWidget):
    """Tick sets of images to show them side by side.

    Parameters
    ----------
    on_change : callable
        Called with the list of :class:`~napari_viewer.core.image_sets.ImageSet` that are ticked, once they are open.
    on_ticked : callable
        Called at once when the user ticks a set.
    """

    def __init__(self, on_change: Callable[[list[image_sets.ImageSet]], None], on_ticked: Callable[[], None]):
        super().__init__()
        self._on_change, self._on_tick, self._openers, self._opened = on_change, on_ticked, {}, {}
        self._paths: dict[str, tuple[str, str]] = {}  # label -> folder or archive, and its layout
        self._wanted: set[str] = set()  # labels that are ticked as soon as they are found
        self.list = QListWidget()
        self.list.setToolTip('Sets of images: tick those to show side by side.')
        self.list.setMaximumHeight(6 * 22)
        self.layout_box = QComboBox()
        self.layout_box.addItems([ANY_LAYOUT])
        self.layout_box.setToolTip("How a folder or archive is laid out: 'any folder' takes every image in it, its "
                                   'subfolders as classes; the others are the official layouts of the domains.')
        self.folder_button, self.archive_button = QPushButton('Folder…'), QPushButton('Archive…')
        self.folder_button.setToolTip('Open a folder of images in the chosen layout.')
        self.archive_button.setToolTip('Open an archive (.zip) or a CREMI volume (.hdf) in the chosen layout.')
        self.folder_button.clicked.connect(lambda _: self._choose(
            QFileDialog.getExistingDirectory(self, 'Folder of images')))
        self.archive_button.clicked.connect(lambda _: self._choose(
            QFileDialog.getOpenFileName(self, 'Archive of images', '', 'Archives (*.zip *.tar *.tgz *.gz *.hdf)')[0]))
        self.worker_bar, self._finder = WorkerBar(), WorkerBar()  # opening a set does not end the search for others
        row = QHBoxLayout()
        for widget in (self.layout_box, self.folder_button, self.archive_button):
            row.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.list)
        layout.addLayout(row)
        layout.addWidget(self.worker_bar)
        layout.addWidget(self._finder)
        self.list.itemChanged.connect(lambda item: self._on_ticked())
        self._finder.run('Looking for images', find_sets, 0, self._on_found)

    @property
    def busy(self) -> bool:
        """Whether sets are being looked for or opened."""
        return self._finder.busy or self.worker_bar.busy

    def add(self, label: str, opener: Callable[[], image_sets.ImageSet]) -> None:
        """Add a set to the list, not ticked."""
        self._openers[label] = opener
        item = QListWidgetItem(label)
        item.setToolTip(label)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(Qt.CheckState.Unchecked)
        self.list.blockSignals(True)
        self.list.addItem(item)
        self.list.blockSignals(False)
        if label in self._wanted:
            self._wanted.remove(label)
            self._tick_unasked(label)

    def add_open(self, images: image_sets.ImageSet) -> None:
        """Add a set that is open already, and tick it."""
        if images.name not in self._openers:
            self.add(images.name, lambda: images)
        self._opened[images.name] = images
        self.tick(images.name, False)
        self.tick(images.name)

    def tick(self, label: str, ticked: bool = True) -> None:
        """Show a set, by its label."""
        item = self.list.findItems(label, Qt.MatchFlag.MatchExactly)[0]
        item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)

    def open_path(self, path: Path, layout: str = ANY_LAYOUT) -> None:
        """Add a folder or archive, and tick it."""
        self.tick(self._add_path(path, layout))

    def ticked(self) -> list[list[str]]:
        """The sets that are ticked: the label of each, or path and layout of a folder or archive."""
        return [list(self._paths.get(label, [label])) for label in self._ticked()]

    def want(self, sources: list[list[str]]) -> None:
        """Tick sets, named as by :meth:`ticked`, as soon as they are found; paths that are gone are left out."""
        for source in sources:
            if len(source) == 2 and Path(source[0]).exists():
                self._tick_unasked(self._add_path(Path(source[0]), source[1]))
            elif len(source) == 1 and source[0] in self._openers:
                self._tick_unasked(source[0])
            elif len(source) == 1:
                self._wanted.add(source[0])

    def labels(self) -> list[str]:
        """The sets that are listed."""
        return list(self._openers)

    def close_sets(self) -> None:
        """Close the archives that were opened."""
        for images in self._opened.values():
            images.close()

    def _add_path(self, path: Path, layout: str) -> str:
        domain = None if layout == ANY_LAYOUT else layout
        label = f'{Path(path).name} ({layout})'
        if label not in self._openers:
            self._paths[label] = str(Path(path).absolute()), layout
            self.add(label, lambda: image_sets.from_path(path, domain))
        return label

    def _tick_unasked(self, label: str) -> None:
        """Show a set that the user has not ticked just now, which leaves the canvas to whom it belongs."""
        self.list.blockSignals(True)
        self.tick(label)
        self.list.blockSignals(False)
        self._open_ticked()

    def _on_found(self, found) -> None:
        if isinstance(found, list):
            self.layout_box.addItems(found)
        else:
            self.add(*found)

    def _choose(self, path: str) -> None:
        if path:
            self.open_path(Path(path), self.layout_box.currentText())

    def _ticked(self) -> list[str]:
        items = [self.list.item(k) for k in range(self.list.count())]
        return [item.text() for item in items if item.checkState() == Qt.CheckState.Checked]

    def _on_ticked(self) -> None:
        self._on_tick()
        self._open_ticked()

    def _open_ticked(self) -> None:
        missing = [label for label in self._ticked() if label not in self._opened]
        if not missing:
            self._show()
            return

        def load():
            for label in missing:
                try:
                    yield label, self._openers[label]()
                except Exception as error:  # damaged archives raise anything; the other sets are still opened
                    yield label, error

        self.worker_bar.run('Opening images', load, len(missing), self._on_opened, self._show)

    def _on_opened(self, result) -> None:
        label, images = result
        if isinstance(images, Exception):
            notify_error(images)
            self.list.blockSignals(True)
            self.tick(label, False)
            self.list.blockSignals(False)
        else:
            self._opened[label] = images

    def _show(self) -> None:
        self._on_change([self._opened[label] for label in self._ticked() if label in self._opened])
