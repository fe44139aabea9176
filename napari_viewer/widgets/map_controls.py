"""The controls of feature maps: which model, image and layer, in which colours, compared with which model."""
from magicgui.widgets import CheckBox, ComboBox, Container, Slider
from qtpy.QtCore import Signal
from qtpy.QtWidgets import QVBoxLayout, QWidget

from napari_viewer.core.map_sheet import ALL_LAYERS, COLOURMAPS, MapOptions
from napari_viewer.widgets.choice import NONE, Choice


class MapControls(QWidget):
    """What the user chooses of :class:`~napari_viewer.core.map_sheet.MapOptions`, and of models and images."""
    changed = Signal()
    image_changed = Signal(int)
    model_changed = Signal(int)

    def __init__(self):
        super().__init__()
        self.layer = Choice(label='layer', choices=[ALL_LAYERS], tooltip='All layers, or one of them large.')
        self.compared = Choice(label='compare with', choices=[NONE], tooltip=(
            'A second model, shown below the first.'))
        self.colourmap = ComboBox(label='colours', choices=COLOURMAPS, tooltip=(
            "Colours of a map's values; the brightest stands for the value that is written above each layer, the "
            '99.5th percentile of its values over 16 images of the set, so that images can be compared.'))
        self.image = Slider(label='image', min=0, max=1, tooltip='Number of the image; over the canvas the keys Left '
                            'and Right step by one, Page Up and Page Down by ten.')
        self.model = Choice(label='model', choices=[NONE], tooltip=(
            'The model whose maps are shown; the keys Up and Down over the canvas change it.'))
        self.on_image = CheckBox(text='maps on the image', tooltip='Draw every map over the image, in grey.')
        self.top = CheckBox(text='frame top channels', value=True, tooltip=(
            'Frame in blue the ten channels that respond most to the image, by the mean of their maps (one layer).'))
        self._options = Container(widgets=[self.image, self.model, self.layer, self.compared, self.colourmap])
        self._marks = Container(widgets=[self.on_image, self.top], layout='horizontal', labels=False)
        self.kept = {'layer': self.layer, 'compared': self.compared, 'model': self.model, 'colourmap': self.colourmap,
                     'on_image': self.on_image, 'top': self.top}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._options.native)
        layout.addWidget(self._marks.native)
        self.image.changed.connect(lambda image: self.image_changed.emit(image))
        self.model.changed.connect(lambda name: self.model_changed.emit(self.model.choices.index(name)))
        for option in (self.layer, self.compared, self.colourmap, self.on_image, self.top):
            option.changed.connect(lambda _: self.changed.emit())

    def set_choices(self, layers: list[str], models: list[str], n_images: int, image: int) -> None:
        """Offer these layers, models and images; what was chosen and is still offered stays chosen."""
        with self.image.changed.blocked():
            self.image.max = max(n_images - 1, 1)
            self.image.enabled = n_images > 1
            self.image.value = image
        self.layer.offer([ALL_LAYERS, *layers])
        self.model.offer(models)
        self.compared.offer([NONE, *models])

    def set_image(self, image: int) -> None:
        """Show the number of the image that was chosen elsewhere."""
        with self.image.changed.blocked():
            self.image.value = image

    def options(self, chosen: tuple[str, int] | None) -> MapOptions:
        """What is chosen, together with the chosen layer and channel."""
        models = self.compared.choices[1:]
        compared = models.index(self.compared.value) if self.compared.value in models else None
        return MapOptions(self.layer.value, self.colourmap.value, self.on_image.value, compared, chosen,
                          self.top.value)
