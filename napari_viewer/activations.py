"""The view of activations: what the layers of one or two models do with an image."""
import textwrap
from dataclasses import replace

import numpy as np
from magicgui.widgets import CheckBox, ComboBox, Container, SpinBox
from qtpy.QtCore import QSize, Qt, QTimer
from qtpy.QtGui import QIcon, QImage, QPixmap
from qtpy.QtWidgets import QLabel, QListView, QListWidget, QListWidgetItem, QPushButton

from napari_viewer.core import images as image_sets
from napari_viewer.core.feature_panel import ALL_LAYERS, COLOURMAPS, SIZE, FeaturePanels, placeholder
from napari_viewer.core.feature_panel import View as Shown
from napari_viewer.core.features import BATCH, Features
from napari_viewer.core.lazy import Lazy, PanelStack
from napari_viewer.jobs import Jobs, Relay, tell
from napari_viewer.model_picker import ModelPicker
from napari_viewer.panel import Panel
from napari_viewer.picture import PAUSE, Picture
from napari_viewer.view import View

NONE = 'none'
AT_ONCE = 2000  # images times models that are summarised without being asked for
ICON = 50  # px
NUMBERS, THUMBNAILS = QSize(33, 36), QSize(54, ICON + 20)  # cells of the lists of channels and of images
SCENES = 'SimulatedMouse'  # what the models see until something else is chosen


class Activations(View):
    """Dock widget: feature maps of the models that are ticked, for the image that is chosen.

    Parameters
    ----------
    napari_viewer : napari.Viewer
    """

    def __init__(self, napari_viewer):
        super().__init__(napari_viewer, "What layers do with an image: tick models, move slider 'img', click a map.")
        self.panels, self.features = FeaturePanels([]), []
        self._shown, self._model, self._layout = Shown(), 0, None
        self._last = placeholder('Computing …')
        ready, failed = Relay(self._on_ready, self), Relay(tell, self)
        self._lazy = Lazy(self._draw, ready.say, failed.say)
        self._choices = Lazy(self._find_tops, Relay(self._on_tops, self).say, failed.say)
        self._tops_due = QTimer(self)
        self._tops_due.setSingleShot(True)
        self._tops_due.timeout.connect(self._fill_tops)
        self._make_controls()
        self.panel = Panel(self, 'activations', self._on_clicked)
        for release in (self._lazy.close, self._choices.close, self.panel.close):
            self.hold(release)
        self.listen(self.session.networks_changed, self.follow)
        self.listen(self.session.images_changed, self.follow)
        self.listen(self.session.image_changed, self._on_image)
        self.listen(self.session.chosen_changed, self._on_chosen)
        self.listen(self.viewer.dims.events.current_step, self._on_step)
        self.appear()

    def _make_controls(self) -> None:
        self.picker, self.jobs = ModelPicker(self), Jobs()
        self.layer = ComboBox(label='layer', choices=[ALL_LAYERS], tooltip='All layers, or one of them large.')
        self.compared = ComboBox(label='compare with', choices=[NONE], tooltip=(
            'A second model, shown below the one that the slider chooses.'))
        self.colourmap = ComboBox(label='colours', choices=COLOURMAPS, tooltip=(
            "Colours of a map's values; the brightest stands for the value that is written above each layer, the "
            '99.5th percentile of its values over 16 images of the set, so that images can be compared.'))
        self.image = SpinBox(label='image', min=0, max=0, tooltip='Number of the image.')
        self.on_image = CheckBox(text='maps on the image', tooltip='Draw every map over the image, in grey.')
        self.top = CheckBox(text='frame top channels', value=True, tooltip=(
            'Frame in blue the ten channels that answer most to the image, by the mean of their maps (one layer).'))
        self.stimuli = QLabel('Images: none yet')
        self.stimuli.setToolTip("What the models see; 'Use as stimuli' in the domain browser changes it.")
        self.stimuli.setWordWrap(True)
        self.marks = Container(widgets=[self.on_image, self.top], layout='horizontal', labels=False)
        self.options = Container(widgets=[self.image, self.layer, self.compared, self.colourmap])
        self.summarise_button = QPushButton('Go through all images')
        self.summarise_button.setToolTip('Compute norms and the mean of every channel for all images, which the top '
                                         'images and the drawing below need; it can be cancelled and continued.')
        self.summarise_button.clicked.connect(lambda _: self.summarise())
        self.channels = _gallery('Top channels for this image and their means: click one to choose it.',
                                 NUMBERS, rows=1)
        self.images = _gallery('Top images for the chosen channel, strongest first: click one to choose it.',
                               THUMBNAILS, rows=2)
        self.top_channels_title, self.top_images_title = QLabel('Top channels'), QLabel('Top images')
        self.channels.itemClicked.connect(lambda item: self.session.choose(*item.data(Qt.ItemDataRole.UserRole)))
        self.images.itemClicked.connect(lambda item: self.session.set_image(item.data(Qt.ItemDataRole.UserRole)))
        self.norms = Picture(self._draw_norms, "'Go through all images' draws the norms of activations here.",
                             'How strongly a layer answers: Euclidean norm of its activations, over the images.')
        self.fill(self.picker, self.stimuli, self.options.native, self.marks.native, self.summarise_button, self.jobs,
                  self.top_channels_title, self.channels, self.top_images_title, self.images, self.norms)
        self.image.changed.connect(self.session.set_image)
        for option in (self.layer, self.compared, self.colourmap, self.on_image, self.top):
            option.changed.connect(self._on_option)

    @property
    def model(self) -> int:
        """Number of the model that the slider chooses."""
        return min(self._model, max(len(self.features) - 1, 0))

    def redraw(self) -> None:
        """Show the session's models and images."""
        self.claim()
        if not self.session.networks:
            self._clear()
        elif self.session.images is None:
            self.jobs.run('Loading scenes', _load_scenes, 1, self.session.set_images)
        else:
            self._prepare()

    def summarise(self) -> None:
        """Go through all images with all models, in the background."""
        features = list(self.features)

        def work():
            for one in features:
                yield from one.summarise()

        steps = sum(-(-(len(one.images) - one.done) // BATCH) for one in features)
        self.jobs.run('Batches', work, max(steps, 1), done=self._on_summarised)

    def panel_of(self, model: int, image: int) -> np.ndarray:
        """The panel of a model and an image; that before until it is there."""
        picture = self._lazy.get((self._shown, model, image))
        if picture is not None:
            self._last = picture
        return self._last

    def _prepare(self) -> None:
        """Load the networks and calibrate in the background, then put them on the canvas."""
        kept = {(one.network, one.images): one for one in self.features}
        images = self.session.images
        features = [kept.get((network, images)) or Features(network, images) for network in self.session.networks]

        def work():
            for one in features:
                one.ceilings()
                yield

        self.jobs.run('Preparing models', work, len(features), done=lambda: self._put(features))

    def _put(self, features: list) -> None:
        self.features, self.panels = features, FeaturePanels(features)
        self._lazy.forget()
        self._choices.forget()
        images = self.session.images
        self.stimuli.setText(f'Images: {images.name}, {len(images):,}')
        with self.options.changed.blocked():
            self.image.max = len(images) - 1
            self.image.value = self.session.image
            self._set_choices(self.layer, [ALL_LAYERS, *features[0].network.layers])
            self._set_choices(self.compared, [NONE, *(one.network.name for one in features)])
        self._shown = self._options()
        data = PanelStack(len(features), len(images), SIZE, self.panel_of)
        labels, table = self._tiles()
        self.panel.show(data, labels, table, ('mod', 'img', 'y', 'x'))
        self._go_to(self.session.image)
        self._show_tops()
        if len(images) * len(features) <= AT_ONCE:
            self.summarise()

    def _clear(self) -> None:
        self.features = []
        text = 'No model chosen.\nTick models in the panel on the right, or open a file of weights.'
        self.panel.show(placeholder(text), np.zeros(SIZE, np.uint16), None)

    def _options(self) -> Shown:
        names = [one.network.name for one in self.features]
        compared = names.index(self.compared.value) if self.compared.value in names else None
        return Shown(self.layer.value, self.colourmap.value, self.on_image.value, compared, self.session.chosen,
                     self.top.value)

    def _tiles(self) -> tuple:
        self._layout = self.panels.layout(self._shown, self.model)
        return self.panels.labels(self._shown, self.model)

    def _draw(self, key) -> np.ndarray:
        shown, model, image = key
        try:
            return self.panels.draw(shown, model, image)
        except ValueError as error:  # an image that cannot be read leaves the others to look at
            return placeholder('\n'.join(textwrap.wrap(str(error), 90)))

    def _on_ready(self, key) -> None:
        if self.features and key == (self._shown, self.model, self.session.image):
            self.panel.refresh()

    def _on_option(self) -> None:
        if not self.features:
            return
        self.claim()
        self._shown = self._options()
        if not self.panel.on_canvas:
            self._put(self.features)
            return
        if self.panels.layout(self._shown, self.model) != self._layout:
            labels, table = self._tiles()
            self.panel.tiles.data, self.panel.tiles.features = labels, table
        self.panel.refresh()
        self._show_tops()

    def _on_step(self, event=None) -> None:
        if not self.features or not self.panel.on_canvas or self.viewer.dims.ndim < 4:
            return
        model, image = self.viewer.dims.current_step[-4:-2]
        if model != self._model:
            self._model = model
            if self.panels.layout(self._shown, self.model) != self._layout:
                self.panel.tiles.data, _ = self._tiles()
            self.panel.retell(self.panels.labels(self._shown, self.model)[1])
            self._show_tops()
        self.session.set_image(int(image))

    def _on_image(self, image: int) -> None:
        if not self.features or self.session.images is not self.features[0].images:
            return
        self._go_to(image)
        with self.image.changed.blocked():
            self.image.value = image
        self._show_tops()

    def _go_to(self, image: int) -> None:
        if self.panel.on_canvas and self.viewer.dims.ndim >= 4:
            axis = self.viewer.dims.ndim - 3
            if self.viewer.dims.current_step[axis] != image:
                self.viewer.dims.set_current_step(axis, image)
            if self.viewer.dims.current_step[axis - 1] >= len(self.features):
                self.viewer.dims.set_current_step(axis - 1, 0)

    def _on_clicked(self, label: int) -> None:
        if label:
            row = self.panel.tiles.features.iloc[label - 1]
            self.session.choose(str(row['layer']), int(row['channel']))

    def _on_chosen(self) -> None:
        if not self.features:
            return
        self._shown = replace(self._shown, chosen=self.session.chosen)
        self.panel.refresh()
        self._show_tops()

    def _layer_in_question(self) -> str:
        """The layer that is shown large or, of all layers, the one that was clicked."""
        layers = self.features[self.model].network.layers
        chosen = self.session.chosen
        if self.layer.value in layers:
            return self.layer.value
        return chosen[0] if chosen is not None and chosen[0] in layers else layers[0]

    def _show_tops(self) -> None:
        """Tell of the image and the channel, once the canvas has been drawn."""
        self._tops_due.start(PAUSE)

    def _fill_tops(self) -> None:
        if not self.features:
            return
        key = (self.model, self.session.image, self._layer_in_question(), self.session.chosen,
               self.features[self.model].done)
        tops = self._choices.get(key)
        if tops is not None:
            self._fill(key, tops)
        if any(one.norms for one in self.features):
            self.norms.show_key((key[2], self.session.image, tuple(one.network.name for one in self.features),
                                 tuple(one.done for one in self.features)))

    def _on_tops(self, key) -> None:
        self._fill_tops()

    def _find_tops(self, key) -> tuple:
        """Top channels with their means, and top images with thumbnails."""
        model, image, layer, chosen, _ = key
        features = self.features[model]
        try:
            maps = features.maps(image)[layer]
            channels = [(int(k), float(maps[k].astype(np.float32).mean())) for k in features.top_channels(image, layer)]
        except ValueError:  # a damaged image has none
            channels = []
        top_images = [] if chosen is None or chosen[0] not in features.means else features.top_images(*chosen)
        return channels, [(int(k), features.images.thumbnail(int(k), ICON, (0, 0, 0)),
                           features.means[chosen[0]][k, chosen[1]]) for k in top_images]

    def _fill(self, key, tops) -> None:
        channels, images = tops
        layer, chosen = key[2], key[3]
        name = self.features[self.model].network.name
        self.top_channels_title.setText(f'Top channels of {layer} for image {key[1]} ({name})')
        self.channels.clear()
        for channel, value in channels:
            item = QListWidgetItem(f'{channel}\n{value:.2g}')
            item.setToolTip(f'{layer} channel {channel}: mean {value:.3g}')
            item.setData(Qt.ItemDataRole.UserRole, (layer, channel))
            self.channels.addItem(item)
        where = f'{chosen[0]} channel {chosen[1]} ({name})' if chosen else 'a channel: click a map'
        done, total = self.features[self.model].done, len(self.session.images)
        seen = f', of {done:,} of {total:,}' if done < total else ''
        self.top_images_title.setText(f'Top images for {where}{seen}')
        self.images.clear()
        for number, picture, value in images:
            icon = QIcon(QPixmap.fromImage(QImage(np.ascontiguousarray(picture).data, ICON, ICON, 3 * ICON,
                                                  QImage.Format.Format_RGB888)))
            item = QListWidgetItem(icon, str(number))
            item.setToolTip(f'image {number} {self.session.images.class_name(number)}: mean {value:.3g}')
            item.setData(Qt.ItemDataRole.UserRole, number)
            self.images.addItem(item)

    def _on_summarised(self) -> None:
        skipped = {number: why for one in self.features for number, why in one.skipped.items()}
        if skipped:
            from napari.utils.notifications import show_warning
            show_warning(f'{len(skipped)} images are left out, among them: {next(iter(skipped.values()))}')
        self._show_tops()

    def _draw_norms(self, key) -> np.ndarray:
        from napari_viewer.core.plots import norms_plot
        layer, image = key[:2]
        norms = {one.network.name: one.norms[layer] for one in self.features if layer in one.norms}
        return norms_plot(norms, layer, image)

    @staticmethod
    def _set_choices(box: ComboBox, choices: list) -> None:
        value = box.value
        with box.changed.blocked():
            box.choices = choices
            box.value = value if value in choices else choices[0]


def _load_scenes():
    yield image_sets.from_stimulus_set(SCENES)


def _gallery(tooltip: str, cell: QSize, rows: int) -> QListWidget:
    gallery = QListWidget()
    gallery.setToolTip(tooltip)
    gallery.setViewMode(QListView.ViewMode.IconMode)
    gallery.setResizeMode(QListView.ResizeMode.Adjust)
    gallery.setMovement(QListView.Movement.Static)
    gallery.setIconSize(QSize(ICON, ICON))
    gallery.setGridSize(cell)
    gallery.setFixedHeight(rows * cell.height() + 6)
    return gallery
