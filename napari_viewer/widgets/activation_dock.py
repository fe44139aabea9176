"""Activations: how the layers of one or two models respond to an image."""
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from qtpy.QtWidgets import QLabel, QPushButton

from napari_viewer.core import image_sets
from napari_viewer.core.feature_maps import BATCH, FeatureMaps
from napari_viewer.core.filter_sheet import NO_MODEL
from napari_viewer.core.map_sheet import SIZE, placeholder
from napari_viewer.core.preferred_image import STEPS as PREFERRED_STEPS
from napari_viewer.sheet_layer import SheetLayer
from napari_viewer.widgets.dock_widget import DockWidget
from napari_viewer.widgets.export_row import ExportRow
from napari_viewer.widgets.figure_label import FigureLabel
from napari_viewer.widgets.map_controls import MapControls
from napari_viewer.widgets.map_stack import MapStack
from napari_viewer.widgets.model_picker import ModelPicker
from napari_viewer.widgets.top_galleries import TopGalleries, TopQuery
from napari_viewer.widgets.worker_bar import WorkerBar

SUMMARISED_UNASKED = 2000  # images times models, up to which the user need not ask for norms and top images
SCENES = 'SimulatedMouse'  # what the models see until something else is chosen
PAGE = 10  # images that the page keys step by


class ActivationDock(DockWidget):
    """Shows feature maps of the models that are ticked, for the image that is chosen.

    Parameters
    ----------
    napari_viewer : napari.Viewer
    """
    tab = 'Activations'

    def __init__(self, napari_viewer):
        super().__init__(napari_viewer, 'How layers respond to an image. Tick models, move the image slider, click a '
                         'map to lay it over the image.')
        self.features: list[FeatureMaps] = []  # on the canvas; none while others are prepared
        self._kept: list[FeatureMaps] = []
        self._preferred: tuple = ()
        self.map_stack = MapStack(self._draw_sheet, self)
        self.on_close(self.map_stack.close)
        self._make_widgets()
        self.sheet_layer = SheetLayer(self, 'activations', self._on_clicked, keys={
            'Left': lambda: self.step(-1), 'Right': lambda: self.step(1), 'PageUp': lambda: self.step(-PAGE),
            'PageDown': lambda: self.step(PAGE), 'Up': lambda: self.step_model(-1),
            'Down': lambda: self.step_model(1)})
        self.follow(self.state.networks_changed, self._on_others)
        self.follow(self.state.images_changed, self._on_others)
        self.follow(self.state.image_changed, self._on_image)
        self.follow(self.state.chosen_changed, self._on_chosen)
        self.take_canvas()

    def _make_widgets(self) -> None:
        self.picker, self.controls, self.worker_bar = ModelPicker(self), MapControls(), WorkerBar()
        self.kept |= self.controls.kept
        self.image_set_label = QLabel('Images: none yet')
        self.image_set_label.setToolTip("What the models see; 'Show to models' in the domain browser changes it.")
        self.image_set_label.setWordWrap(True)
        self.summarise_button = QPushButton('Go through all images')
        self.summarise_button.setToolTip('Compute norms and the mean of every channel for all images, which the top '
                                         'images and the figure below need; it can be cancelled and continued.')
        self.unit_button = QPushButton('What drives the chosen channel')
        self.unit_button.setToolTip('Make the image that drives its map most, by gradient ascent, and measure which '
                                    'pixels move its middle unit; it can be cancelled.')
        self.unit_button.clicked.connect(lambda _: self.find_preferred())
        self.unit = FigureLabel(self._draw_unit, '', 'Left: the image that drives the map of the channel most. Right: '
                                'how much each pixel moves the unit in the middle of its map; the frame is its field.')
        self.galleries = TopGalleries()
        self.norms = FigureLabel(self._draw_norms, "'Go through all images' draws the norms of activations here.",
                                 'How strongly a layer responds: Euclidean norm of its activations, over the images.')
        self.fill(self.picker, self.image_set_label, self.controls, self.summarise_button, self.worker_bar,
                  self.galleries, self.unit_button, self.unit, self.norms, ExportRow(self))
        self.on_close(self.galleries.close_cache)
        self.controls.image_changed.connect(self.state.set_image)
        self.controls.model_changed.connect(lambda _: self._on_option())
        self.worker_bar.stopped.connect(self._on_stopped)
        self.controls.changed.connect(self._on_option)
        self.summarise_button.clicked.connect(lambda _: self.summarise())
        self.galleries.channel_clicked.connect(self.state.choose)
        self.galleries.image_clicked.connect(self.state.set_image)

    @property
    def model(self) -> int:
        """Number of the model that is shown."""
        names = [one.network.name for one in self.features]
        return names.index(self.controls.model.value) if self.controls.model.value in names else 0

    def step(self, images: int) -> None:
        """Go on by so many images, back if negative, as far as there are any."""
        if self.features:
            self.state.set_image(min(max(self.state.image + images, 0), len(self.state.images) - 1))

    def step_model(self, models: int) -> None:
        """Go on by so many models, back if negative, and from the last to the first."""
        if self.features:
            self.controls.model.value = self.features[(self.model + models) % len(self.features)].network.name

    def redraw(self) -> None:
        """Show the models that are ticked and the images they see."""
        self.make_active()
        if not self.state.networks:
            self.sheet_layer.show(placeholder(NO_MODEL), np.zeros(SIZE, np.uint16), None)
        elif self.state.images is None:
            self.worker_bar.run('Loading scenes', _load_scenes, 1, self._on_scenes)
        elif self._asked_for(self._kept):
            self._put(self._kept)
        else:
            self._prepare()

    def paint(self) -> np.ndarray:
        """The sheet that is on the canvas, drawn anew."""
        if not self.features:
            return placeholder(NO_MODEL)
        return self.map_stack.sheet.draw(self.map_stack.options, self.model, self.state.image)

    def draw_anew(self) -> None:
        self.map_stack.set_features(self.features)
        self.redraw_if_active()

    def summarise(self) -> None:
        """Go through all images with all models, in the background."""
        features = list(self.features)

        def work():
            for one in features:
                yield from one.summarise()

        steps = sum(-(-(len(one.images) - one.done) // BATCH) for one in features)
        self.worker_bar.run('Batches', work, max(steps, 1), on_returned=self._on_summarised)

    def _on_scenes(self, scenes: image_sets.ImageSet) -> None:
        if self.state.images is None:  # the user has chosen none meanwhile
            self.state.set_images(scenes)

    def find_preferred(self) -> None:
        """Make the preferred image of the chosen channel in the model that is shown, in the background."""
        if not self.features or self.state.chosen is None:
            from napari.utils.notifications import show_info
            show_info('Click a map first: that chooses its channel.')
            return
        network, (layer, channel) = self.features[self.model].network, self.state.chosen

        def work() -> Iterator[tuple | None]:
            from napari_viewer.core.preferred_image import preferred_image, receptive_field
            image = None
            for image in preferred_image(network, layer, channel):  # noqa: B007  the last one is shown
                yield None
            yield network, layer, channel, image, receptive_field(network, layer, channel)

        self.worker_bar.run('Driving the channel', work, PREFERRED_STEPS + 1, self._on_preferred)

    def _on_preferred(self, found: tuple | None) -> None:
        if found is not None:
            self._preferred = found
            self.unit.show_key(found[:3])

    def _draw_unit(self, key: tuple) -> np.ndarray:
        from napari_viewer.core.unit_figure import unit_figure
        network, layer, channel, image, field = self._preferred
        return unit_figure(image, field, f'{network.name} {layer} channel {channel}')

    def _prepare(self) -> None:
        """Load the networks and calibrate in the background, then put them on the canvas."""
        kept = {(one.network, one.images): one for one in self._kept}
        images = self.state.images
        features = [kept.get((network, images)) or FeatureMaps(network, images) for network in self.state.networks]

        def work():
            for one in features:
                one.ceilings()
                yield

        self.worker_bar.run('Preparing models', work, len(features), on_returned=lambda: self._put(features))

    def _put(self, features: list[FeatureMaps]) -> None:
        """Put the features on the canvas, and summarise them if that is quick."""
        if not self._asked_for(features):  # something else was chosen meanwhile
            return
        self.features = self._kept = features
        images = self.state.images
        self.image_set_label.setText(f'Images: {images.name}, {len(images):,}')
        self.controls.set_choices(features[0].network.layers, [one.network.name for one in features], len(images),
                                  self.state.image)
        self.map_stack.set_features(features)
        self.map_stack.options = self.controls.options(self.state.chosen)
        self.sheet_layer.show(self.map_stack.draw(self.model, self.state.image), *self.map_stack.tiles(self.model))
        self._show_tops()
        unfinished = any(one.done < len(images) for one in features)
        if unfinished and len(images) * len(features) <= SUMMARISED_UNASKED:
            self.summarise()

    def _asked_for(self, features: list[FeatureMaps]) -> bool:
        """Whether these are what is to be seen: the models that are ticked, on the images that are chosen, here."""
        images = self.state.images
        return (self.state.active_dock is self and [one.network for one in features] == self.state.networks
                and all(one.images is images for one in features))

    def _on_others(self) -> None:
        """Other models or images: what was computed of those before is not shown any more."""
        self.features = []
        self.redraw_if_active()

    def _draw_sheet(self) -> None:
        """The sheet of model and image, or the one before until it is drawn."""
        if self.features and self.sheet_layer.on_canvas:
            self.sheet_layer.put(self.map_stack.draw(self.model, self.state.image))

    def _on_option(self) -> None:
        if not self.features:
            return
        self.make_active()
        self.map_stack.options = self.controls.options(self.state.chosen)
        if not self.sheet_layer.on_canvas:
            self._put(self.features)
            return
        if self.map_stack.moves_tiles(self.model):
            self.sheet_layer.set_tiles(*self.map_stack.tiles(self.model))
        self._draw_sheet()
        self._show_tops()

    def _on_image(self, image: int) -> None:
        if self.features:
            self.controls.set_image(image)
            self._draw_sheet()
            self._show_tops()

    def _on_clicked(self, label: int) -> None:
        if label:
            tile = self.sheet_layer.tile(label)
            self.state.choose(str(tile['layer']), int(tile['channel']))

    def _on_chosen(self) -> None:
        if self.features:
            self.map_stack.options = replace(self.map_stack.options, chosen=self.state.chosen)
            self._draw_sheet()
            self._show_tops()

    def _described_layer(self) -> str:
        """The layer that is shown large or, of all layers, the one whose map was clicked."""
        layers = self.features[self.model].network.layers
        chosen = self.state.chosen
        if self.controls.layer.value in layers:
            return self.controls.layer.value
        return chosen[0] if chosen is not None and chosen[0] in layers else layers[0]

    def _show_tops(self) -> None:
        """Describe the image and the chosen channel below the controls."""
        layer, features = self._described_layer(), self.features[self.model]
        self.galleries.show_tops(TopQuery(features, self.state.image, layer, self.state.chosen, features.done))
        if any(one.norms for one in self.features):
            self.norms.show_key((layer, self.state.image, tuple(self.features),
                                 tuple(one.done for one in self.features)))

    def _on_stopped(self) -> None:
        """Say how many images have been gone through, if the user has cancelled."""
        if self.features:
            self._show_tops()

    def _on_summarised(self) -> None:
        skipped = {number: why for one in self.features for number, why in one.skipped.items()}
        if skipped:
            from napari.utils.notifications import show_warning
            show_warning(f'{len(skipped)} images are left out, among them: {next(iter(skipped.values()))}')

    def _draw_norms(self, key: tuple) -> np.ndarray:
        from napari_viewer.core.norms_figure import norms_figure
        layer, image, features, _ = key
        norms = {one.network.name: one.norms[layer] for one in features if layer in one.norms}
        return norms_figure(norms, layer, image, {one.network.name: one.network.identifier for one in features})


def _load_scenes() -> Iterator[image_sets.ImageSet]:
    yield image_sets.from_stimulus_set(SCENES)
