"""The channels that respond most to an image, and the images that a channel responds most to, to be clicked."""
from dataclasses import dataclass

import numpy as np
from qtpy.QtCore import QSize, Qt, QTimer, Signal
from qtpy.QtGui import QIcon, QImage, QPixmap
from qtpy.QtWidgets import QLabel, QListView, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from napari_viewer.core.feature_maps import FeatureMaps
from napari_viewer.widgets.figure_label import PAUSE
from napari_viewer.widgets.main_thread import background_cache

ICON = 50  # px
NUMBERS, THUMBNAILS = QSize(33, 36), QSize(54, ICON + 20)  # px an entry of channels and of images


@dataclass(frozen=True)
class TopQuery:
    """Of which model's features, image and layer the top channels are shown, and of which channel the top images.

    `chosen` is (layer, channel) or None; `done` is the number of images that were summarised.
    """
    features: FeatureMaps
    image: int
    layer: str
    chosen: tuple[str, int] | None
    done: int


class TopGalleries(QWidget):
    """A list of channels with their means, and a list of images as thumbnails."""
    channel_clicked = Signal(str, int)
    image_clicked = Signal(int)

    def __init__(self):
        super().__init__()
        self.channels = _gallery('Top channels for this image and their means: click one to choose it.',
                                 NUMBERS, rows=1)
        self.images = _gallery('Top images for the chosen channel, strongest first: click one to choose it.',
                               THUMBNAILS, rows=2)
        self._channels_title, self._images_title = QLabel('Top channels'), QLabel('Top images')
        for title in (self._channels_title, self._images_title):
            title.setWordWrap(True)  # names of models are long, and nothing may be wider than the dock
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self._channels_title, self.channels, self._images_title, self.images):
            layout.addWidget(widget)
        self.channels.itemClicked.connect(
            lambda item: self.channel_clicked.emit(*item.data(Qt.ItemDataRole.UserRole)))
        self.images.itemClicked.connect(lambda item: self.image_clicked.emit(item.data(Qt.ItemDataRole.UserRole)))
        self._query = None
        self._cache = background_cache(find_tops, lambda query: self._fill(), self)
        self._due = QTimer(self)
        self._due.setSingleShot(True)
        self._due.timeout.connect(self._fill)

    def show_tops(self, query: TopQuery) -> None:
        """Show the top channels and images, once the canvas has been drawn."""
        self._query = query
        self._due.start(PAUSE)

    def close_cache(self) -> None:
        """End the background thread; nothing else is shown."""
        self._due.stop()
        self._query = None
        self._cache.close()

    def _fill(self) -> None:
        tops = self._cache.get(self._query) if self._query is not None else None
        if tops is not None:
            self._fill_channels(self._query, tops[0])
            self._fill_images(self._query, tops[1])

    def _fill_channels(self, query: TopQuery, channels: list[tuple[int, float]]) -> None:
        name = query.features.network.name
        self._channels_title.setText(f'Top channels of {query.layer} for image {query.image} ({name})')
        self.channels.clear()
        for channel, mean in channels:
            item = QListWidgetItem(f'{channel}\n{mean:.2g}')
            item.setToolTip(f'{query.layer} channel {channel}: mean {mean:.3g}')
            item.setData(Qt.ItemDataRole.UserRole, (query.layer, channel))
            self.channels.addItem(item)

    def _fill_images(self, query: TopQuery, images: list[tuple[int, np.ndarray, float]]) -> None:
        features, total = query.features, len(query.features.images)
        channel = (f'{query.chosen[0]} channel {query.chosen[1]} ({features.network.name})' if query.chosen
                   else 'a channel: click a map')
        seen = f', of {query.done:,} of {total:,}' if query.done < total else ''
        self._images_title.setText(f'Top images for {channel}{seen}')
        self.images.clear()
        for number, thumbnail, mean in images:
            icon = QIcon(QPixmap.fromImage(QImage(np.ascontiguousarray(thumbnail).data, ICON, ICON, 3 * ICON,
                                                  QImage.Format.Format_RGB888)))
            item = QListWidgetItem(icon, str(number))
            item.setToolTip(f'image {number} {features.images.class_name(number)}: mean {mean:.3g}')
            item.setData(Qt.ItemDataRole.UserRole, number)
            self.images.addItem(item)


def find_tops(query: TopQuery) -> tuple[list[tuple[int, float]], list[tuple[int, np.ndarray, float]]]:
    """Top channels as (channel, mean), and top images as (number, thumbnail, mean)."""
    features, chosen = query.features, query.chosen
    try:
        maps = features.maps(query.image)[query.layer]
        channels = [(int(k), float(maps[k].astype(np.float32).mean()))
                    for k in features.top_channels(query.image, query.layer)]
    except ValueError:  # the image cannot be read
        channels = []
    if chosen is None or chosen[0] not in features.means:
        return channels, []
    layer, channel = chosen
    return channels, [(int(k), features.images.thumbnail(int(k), ICON, (0, 0, 0)), features.means[layer][k, channel])
                      for k in features.top_images(layer, channel)]


def _gallery(tooltip: str, entry: QSize, rows: int) -> QListWidget:
    gallery = QListWidget()
    gallery.setToolTip(tooltip)
    gallery.setViewMode(QListView.ViewMode.IconMode)
    gallery.setResizeMode(QListView.ResizeMode.Adjust)
    gallery.setMovement(QListView.Movement.Static)
    gallery.setIconSize(QSize(ICON, ICON))
    gallery.setGridSize(entry)
    gallery.setFixedHeight(rows * entry.height() + 6)
    return gallery
