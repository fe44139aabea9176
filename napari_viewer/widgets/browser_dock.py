"""The domain browser: sets of images side by side, and what is known about the image that is clicked."""
import numpy as np
from magicgui.widgets import ComboBox, Container, Slider
from qtpy.QtWidgets import QLabel, QPushButton

from napari_viewer.core.image_sets import ImageSet
from napari_viewer.core.image_sheet import SIZE, ImageSheet
from napari_viewer.core.sheet_drawing import message_sheet
from napari_viewer.sheet_layer import SheetLayer
from napari_viewer.widgets.dock_widget import DockWidget
from napari_viewer.widgets.export_row import ExportRow
from napari_viewer.widgets.figure_label import FigureLabel
from napari_viewer.widgets.image_picker import ImagePicker
from napari_viewer.widgets.main_thread import background_cache

ALL_CLASSES = 'all classes'
NO_IMAGES = 'No images chosen.\nTick a set in the dock widget on the right, or open a folder or an archive.'
NO_DOMAIN = ('No domain is prepared yet. Tick a stimulus set in the dock widget on the right, open a folder of\n'
             'images, or fetch a first domain:\n\nbrainscore-mouse domains fetch quickdraw\n'
             'brainscore-mouse domains prepare quickdraw')
SPECTRUM_SIZE = 64  # px; images of other sizes are resized, as those of prepared domains are


class BrowserDock(DockWidget):
    """Scroll through sets of images side by side.

    Parameters
    ----------
    napari_viewer : napari.Viewer
    """
    tab = 'Images'

    def __init__(self, napari_viewer):
        super().__init__(napari_viewer, 'Images of the domains. Tick sets to see them side by side, scroll with the '
                         'mouse wheel, click an image.')
        self.sets, self.sheet, self.chosen = [], ImageSheet([]), None
        self._shown = {}  # (set, class) -> the images that the models are shown
        self._blank = message_sheet('Reading images …', SIZE)
        self._last, self._reported = self._blank, set()
        self._cache = background_cache(self._draw, self._on_ready, self, capacity=12)
        self.picker = ImagePicker(self.show_sets, self.make_active)
        self.classes = ComboBox(label='class', choices=[ALL_CLASSES], tooltip='Show only images of this class.')
        self.row = Slider(label='row', min=0, max=0, tooltip='First row shown; the mouse wheel over the sheet and the '
                          'keys Page Up and Page Down scroll, too.')
        self.options = Container(widgets=[self.classes, self.row])
        self.show_button = QPushButton('Show to models')
        self.show_button.setToolTip('Show the set of the chosen image to the models, beginning with that image.')
        self.show_button.setEnabled(False)
        self.details = QLabel('Click an image to see where it comes from, its class and its power spectrum.')
        self.details.setWordWrap(True)
        self.details.setToolTip('The image that was clicked.')
        self.spectrum = FigureLabel(self._draw_spectrum, '', (
            'Power averaged over orientations, of the image in luminance under a Hann window, and the power law fitted '
            'to it. Naturalness is -log|p - 2|; photographs of nature have p near 2.'))
        self.fill(self.picker, self.options.native, self.details, self.show_button, self.spectrum, ExportRow(self))
        self.on_close(self.picker.close_sets)
        self.on_close(self._cache.close)
        self.sheet_layer = SheetLayer(self, 'domain images', self._on_clicked, self.scroll, {
            'PageDown': lambda: self._page(1), 'PageUp': lambda: self._page(-1), 'Left': lambda: self.step(-1),
            'Right': lambda: self.step(1), 'Up': lambda: self.step(-self._columns()),
            'Down': lambda: self.step(self._columns()), 'Home': lambda: self.scroll(-self.sheet.last_row),
            'End': lambda: self.scroll(self.sheet.last_row)})
        self.classes.changed.connect(self._on_class)
        self.row.changed.connect(self._on_row)
        self.show_button.clicked.connect(lambda _: self.show_to_models())
        self.take_canvas()

    def draw_anew(self) -> None:
        self._blank = self._last = message_sheet('Reading images …', SIZE)
        self.sheet = ImageSheet(self.sets, self.sheet.class_name)
        self._cache.forget()
        self.redraw_if_active()

    def has_content(self) -> bool:
        return bool(self.sets)

    def show_sets(self, sets: list[ImageSet]) -> None:
        """Show these sets of images side by side."""
        self.sets, self.chosen = sets, None
        names = sorted({name for images in sets for name in images.index['class_name'].unique()} - {''})
        with self.classes.changed.blocked():
            self.classes.choices = [ALL_CLASSES, *names]
            self.classes.value = ALL_CLASSES
        self._lay_out(None)

    def redraw(self) -> None:
        """Show the sheet on the canvas."""
        self.make_active()
        if not self.sets:
            prepared = any(label.endswith('(domain)') for label in self.picker.labels())
            empty = message_sheet(NO_IMAGES if prepared or self.picker.busy else NO_DOMAIN, SIZE)
            self.sheet_layer.show(empty, np.zeros(SIZE, np.uint16), None)
            return
        self.sheet_layer.show(self._current(), self.sheet.labels(), self.sheet.table(self.row.value))
        self._report_damaged()

    def scroll(self, rows: int) -> None:
        """Scroll by rows, down if positive."""
        self.row.value = min(max(self.row.value + rows, 0), self.sheet.last_row)

    def choose(self, k: int, number: int) -> None:
        """Choose image `number` of set k."""
        self.chosen = k, number
        images = self.sets[k]
        self.show_button.setEnabled(True)
        row = images.index.iloc[number]
        self.details.setText(f'<b>{images.name}</b>, image {number:,}<br>class: {row.class_name or "none"}, '
                             f'split: {row.split}<br>{row.source}')
        self._draw_sheet()
        self.spectrum.show_key((images, number))
        shown = self._images(k)
        if shown is self.state.images:
            self.state.set_image(int(np.flatnonzero(self.sheet.numbers[k] == number)[0]))

    def show_to_models(self) -> None:
        """Show the set of the chosen image to the models."""
        if self.chosen is None:
            return
        k, number = self.chosen
        images = self._images(k)
        self.state.set_images(images, int(np.flatnonzero(self.sheet.numbers[k] == number)[0]))
        from napari.utils.notifications import show_info
        show_info(f"The models are now shown the {len(images):,} images of {images.name}, beginning with the one that "
                  "is chosen: see 'Activations'.")

    def step(self, images: int) -> None:
        """Choose the image so many places on in its set, back if negative, and scroll to it."""
        if self.chosen is None:
            return
        k, number = self.chosen
        numbers = self.sheet.numbers[k]
        place = min(max(int(np.searchsorted(numbers, number)) + images, 0), len(numbers) - 1)
        row = place // self.sheet.columns
        self.scroll(min(row - self.row.value, 0) + max(row - self.row.value - self.sheet.rows + 1, 0))
        self.choose(k, int(numbers[place]))

    def _columns(self) -> int:
        return self.sheet.columns

    def _images(self, k: int) -> ImageSet:
        """The images of set k that are listed, all or those of the class; the same object for the same images."""
        images, class_name = self.sets[k], self.sheet.class_name
        if class_name is None:
            return images
        if (images, class_name) not in self._shown:
            self._shown[images, class_name] = images.subset(self.sheet.numbers[k], f'{images.name}: {class_name}')
        return self._shown[images, class_name]

    def _lay_out(self, class_name: str | None) -> None:
        self.sheet = ImageSheet(self.sets, class_name)
        self._cache.forget()
        with self.row.changed.blocked():
            self.row.max = max(self.sheet.last_row, 1)
            self.row.value = 0
        self._last = self._blank
        self.redraw_if_active()

    def _current(self) -> np.ndarray:
        drawn = self._cache.get((self.sheet, self.row.value, self.chosen))
        if drawn is not None:
            self._last = drawn
        return self._last

    def _draw(self, key) -> np.ndarray:
        sheet, row, chosen = key
        return sheet.draw(row, chosen)

    def _draw_spectrum(self, key) -> np.ndarray:
        from napari_viewer.core.spectrum_figure import spectrum_figure
        images, number = key
        return spectrum_figure(images.square(number, SPECTRUM_SIZE))

    def _on_ready(self, key) -> None:
        if key == (self.sheet, self.row.value, self.chosen):
            self._draw_sheet()
            self._report_damaged()

    def _draw_sheet(self) -> None:
        if self.sheet_layer.on_canvas:
            self.sheet_layer.put(self._current())

    def _report_damaged(self) -> None:
        new = {key: text for key, text in self.sheet.errors.items() if text not in self._reported}
        if new:
            self._reported.update(new.values())
            from napari.utils.notifications import show_warning
            count = f' ({len(new)} of the images shown are damaged.)' if len(new) > 1 else ''
            show_warning(next(iter(new.values())) + count)

    def _on_row(self, row: int) -> None:
        self._draw_sheet()
        self.sheet_layer.set_tiles(self.sheet_layer.labels, self.sheet.table(row))
        self._report_damaged()

    def _on_class(self, name: str) -> None:
        self._lay_out(None if name == ALL_CLASSES else name)

    def _on_clicked(self, label: int) -> None:
        image = self.sheet.image_at(label, self.row.value)
        if image is not None:
            self.choose(*image)

    def _page(self, pages: int) -> None:
        self.scroll(pages * self.sheet.rows)
