"""The domain browser: contact sheets of sets of images, and what is known of the image that is clicked."""
import numpy as np
from magicgui.widgets import ComboBox, Container, Slider
from qtpy.QtWidgets import QLabel, QPushButton

from napari_viewer.core.image_sheet import SIZE, ImageSheet
from napari_viewer.core.lazy import Lazy
from napari_viewer.core.mosaic import message
from napari_viewer.image_picker import ImagePicker
from napari_viewer.jobs import Relay, tell
from napari_viewer.panel import Panel
from napari_viewer.picture import Picture
from napari_viewer.view import View

ALL_CLASSES = 'all classes'
SPECTRUM_SIZE = 64  # px; images of other sizes are resized, as those of prepared domains are


class SheetArray:
    """What napari reads of a sheet, as far as it is scrolled: (height, width, 3), drawn when it is looked at."""
    dtype, ndim, shape = np.dtype(np.uint8), 3, (*SIZE, 3)

    def __init__(self, draw):
        self._draw = draw

    def __getitem__(self, key) -> np.ndarray:
        return self._draw()[key]


class Browser(View):
    """Dock widget: scroll through sets of images side by side.

    Parameters
    ----------
    napari_viewer : napari.Viewer
    """

    def __init__(self, napari_viewer):
        super().__init__(napari_viewer, 'Images of the domains. Tick sets to see them side by side, scroll with the '
                         'mouse wheel, click an image.')
        self.sets, self.sheet, self.chosen, self._class = [], ImageSheet([]), None, None
        self._blank = message('Reading images …', SIZE)
        self._last, self._told = self._blank, set()
        self._lazy = Lazy(self._draw, Relay(self._on_ready, self).say, Relay(tell, self).say, capacity=12)
        self.picker = ImagePicker(self.show_sets)
        self.classes = ComboBox(label='class', choices=[ALL_CLASSES], tooltip='Show only images of this class.')
        self.row = Slider(label='row', min=0, max=0, tooltip='First row shown; the mouse wheel over the sheet and the '
                          'keys Page Up and Page Down scroll, too.')
        self.options = Container(widgets=[self.classes, self.row])
        self.use_button = QPushButton('Use as stimuli')
        self.use_button.setToolTip('Let the models see the set of the chosen image, beginning with that image.')
        self.use_button.setEnabled(False)
        self.details = QLabel('Click an image to see where it comes from, its class and its power spectrum.')
        self.details.setWordWrap(True)
        self.details.setToolTip('The image that was clicked.')
        self.spectrum = Picture(self._draw_spectrum, '', (
            'Power averaged over orientations, of the image in luminance under a Hann window, and the power law fitted '
            'to it. Naturalness is -log|p - 2|; photographs of nature have p near 2.'))
        self.fill(self.picker, self.options.native, self.details, self.use_button, self.spectrum)
        self.panel = Panel(self, 'domain images', self._on_clicked, self.scroll, self._page)
        for release in (self._lazy.close, self.panel.close, self.picker.close_sets):
            self.hold(release)
        self.classes.changed.connect(self._on_class)
        self.row.changed.connect(self._on_row)
        self.use_button.clicked.connect(lambda _: self.use_as_stimuli())
        self.appear()

    def has_content(self) -> bool:
        return bool(self.sets)

    def show_sets(self, sets: list) -> None:
        """Show these sets of images side by side."""
        self.sets, self.chosen = sets, None
        names = sorted({name for images in sets for name in images.index['class_name'].unique()} - {''})
        with self.classes.changed.blocked():
            self.classes.choices = [ALL_CLASSES, *names]
            self.classes.value = ALL_CLASSES
        self._lay_out(None)

    def redraw(self) -> None:
        """Show the sheet on the canvas."""
        self.claim()
        if not self.sets:
            empty = message('No images chosen.\nTick a set on the right, or open a folder or an archive.', SIZE)
            self.panel.show(empty, np.zeros(SIZE, np.uint16), None)
            return
        self.panel.show(SheetArray(self._current), self.sheet.labels(), self.sheet.table(self.row.value))
        self._tell_damaged()

    def scroll(self, rows: int) -> None:
        """Scroll by rows, down if positive."""
        self.row.value = min(max(self.row.value + rows, 0), self.sheet.last_row)

    def choose(self, k: int, number: int) -> None:
        """Choose image `number` of set k."""
        self.chosen = k, number
        images = self.sets[k]
        self.use_button.setEnabled(True)
        row = images.index.iloc[number]
        self.details.setText(f'<b>{images.name}</b>, image {number:,}<br>class: {row.class_name or "none"}, '
                             f'split: {row.split}<br>{row.source}')
        self.panel.refresh()
        self.spectrum.show_key((k, number))
        if images is self.session.images:
            self.session.set_image(number)

    def use_as_stimuli(self) -> None:
        """Let the models see the set of the chosen image."""
        if self.chosen is not None:
            k, number = self.chosen
            self.session.set_images(self.sets[k], number)
            from napari.utils.notifications import show_info
            show_info(f"The models see {self.sets[k].name} now, beginning with image {number}: see 'Activations'.")

    def _lay_out(self, class_name: str | None) -> None:
        self.sheet, self._class = ImageSheet(self.sets, class_name), class_name
        self._lazy.forget()
        with self.row.changed.blocked():
            self.row.max = max(self.sheet.last_row, 1)
            self.row.value = 0
        self._last = self._blank
        self.redraw()

    def _current(self) -> np.ndarray:
        picture = self._lazy.get((self.sheet, self.row.value, self.chosen))
        if picture is not None:
            self._last = picture
        return self._last

    def _draw(self, key) -> np.ndarray:
        sheet, row, chosen = key
        return sheet.draw(row, chosen)

    def _draw_spectrum(self, key) -> np.ndarray:
        from napari_viewer.core.plots import spectrum_plot
        k, number = key
        return spectrum_plot(self.sets[k].square(number, SPECTRUM_SIZE))

    def _on_ready(self, key) -> None:
        if key == (self.sheet, self.row.value, self.chosen):
            self.panel.refresh()
            self._tell_damaged()

    def _tell_damaged(self) -> None:
        new = {key: text for key, text in self.sheet.errors.items() if text not in self._told}
        if new:
            self._told.update(new.values())
            from napari.utils.notifications import show_warning
            show_warning(next(iter(new.values())) + (f' ({len(new)} damaged images here.)' if len(new) > 1 else ''))

    def _on_row(self, row: int) -> None:
        self.panel.refresh()
        self.panel.retell(self.sheet.table(row))
        self._tell_damaged()

    def _on_class(self, name: str) -> None:
        self._lay_out(None if name == ALL_CLASSES else name)

    def _on_clicked(self, label: int) -> None:
        at = self.sheet.at(label, self.row.value)
        if at is not None:
            self.choose(*at)

    def _page(self, pages: int) -> None:
        self.scroll(pages * self.sheet.rows)
