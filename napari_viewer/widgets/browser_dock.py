"""The domain browser: sets of images side by side, and what is known about the image that is clicked."""
import contextlib

import numpy as np
from magicgui.widgets import Container, LineEdit, Slider
from qtpy.QtWidgets import QLabel, QPushButton

from napari_viewer.core.image_sets import ImageSet, joined
from napari_viewer.core.image_sheet import SIZE, ImageSheet
from napari_viewer.core.sheet_drawing import message_sheet
from napari_viewer.sheet_layer import SheetLayer
from napari_viewer.widgets.choice import Choice
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
SHOW = 'Show to models'
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
                         'mouse wheel, click an image. Ctrl or Shift with a click, or with a rectangle that is drawn, '
                         'selects several.')
        self.sets, self.sheet, self.chosen = [], ImageSheet([]), None
        self.selected: frozenset[tuple[int, int]] = frozenset()  # (set, image)
        self._selected_before: frozenset[tuple[int, int]] = frozenset()  # the click or rectangle that goes on
        self._recalled: dict = {}  # of the last session, until its sets are open
        self._handed: tuple[list, ImageSet] | None = None  # what the models were shown last, and of which images
        self._blank = message_sheet('Reading images …', SIZE)
        self._last, self._reported = self._blank, set()
        self._cache = background_cache(self._draw, self._on_ready, self, capacity=12)
        self.picker = ImagePicker(self.show_sets, self.make_active)
        self.classes = Choice(label='class', choices=[ALL_CLASSES], tooltip='Show only images of this class.')
        self.search = LineEdit(label='search', tooltip='Show only images whose class or source holds each of these '
                               'words.')
        self.row = Slider(label='row', min=0, max=0, tooltip='First row shown; the mouse wheel over the sheet and the '
                          'keys Page Up and Page Down scroll, too.')
        self.kept |= {'class': self.classes, 'search': self.search}
        self.options = Container(widgets=[self.classes, self.search, self.row])
        self.show_button = QPushButton(SHOW)
        self.show_button.setToolTip('Show the images that are selected to the models or, where none are, all that the '
                                    'class and the search leave; beginning with the chosen one.')
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
            'End': lambda: self.scroll(self.sheet.last_row), 'Escape': lambda: self.select(frozenset())},
            on_select=self._on_selected)
        self.classes.changed.connect(lambda _: self._lay_out())
        self.search.changed.connect(lambda _: self._lay_out())
        self.row.changed.connect(self._on_row)
        self.show_button.clicked.connect(lambda _: self.show_to_models())
        self.take_canvas()

    def draw_anew(self) -> None:
        self._blank = self._last = message_sheet('Reading images …', SIZE)
        self.sheet = ImageSheet(self.sets, self.sheet.class_name, self.sheet.search)
        self._cache.forget()
        self.redraw_if_active()

    def has_content(self) -> bool:
        return bool(self.sets)

    def show_sets(self, sets: list[ImageSet]) -> None:
        """Show these sets of images side by side."""
        self.sets, self.chosen, self.selected = sets, None, frozenset()
        names = sorted({name for images in sets for name in images.index['class_name'].unique()} - {''})
        self.classes.offer([ALL_CLASSES, *names])
        self._lay_out()
        self._recall_choices()

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

    def paint(self) -> np.ndarray:
        """The sheet that is on the canvas, drawn anew."""
        return self.sheet.draw(self.row.value, self.chosen, self.selected)

    def scroll(self, rows: int) -> None:
        """Scroll by rows, down if positive."""
        self.row.value = min(max(self.row.value + rows, 0), self.sheet.last_row)

    def choose(self, k: int, number: int) -> None:
        """Choose image `number` of set k."""
        self.chosen = k, number
        images = self.sets[k]
        row = images.index.iloc[number]
        self.details.setText(f'<b>{images.name}</b>, image {number:,}<br>class: {row.class_name or "none"}, '
                             f'split: {row.split}<br>{row.source}')
        self._draw_sheet()
        self.spectrum.show_key((images, number))
        handed, shown = self._handed or ([], None)
        if shown is not None and shown is self.state.images:
            place = _place(handed, images, number)
            if place is not None:
                self.state.set_image(place)

    def select(self, images: frozenset[tuple[int, int]]) -> None:
        """Select images, as (set, number), in the place of those that are."""
        self.selected = images
        self._say_what_is_shown()
        self._draw_sheet()

    def listed(self) -> list[tuple[ImageSet, np.ndarray]]:
        """The images that models would be shown, those selected or all that are listed: sets with numbers in them."""
        if self.selected:
            numbers = [np.array(sorted(number for j, number in self.selected if j == k), int)
                       for k in range(len(self.sets))]
        else:
            numbers = self.sheet.numbers
        return [(images, own) for images, own in zip(self.sets, numbers) if len(own)]

    def show_to_models(self) -> None:
        """Show the images that are selected, or all that are listed, to the models."""
        if not self.listed():
            return
        images = self._hand_over()
        from napari.utils.notifications import show_info
        show_info(f"The models are now shown {len(images):,} images of {images.name}: see 'Activations'.")

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

    def _lists(self, k: int, number: int) -> bool:
        return number in self.sheet.numbers[k]

    def _columns(self) -> int:
        return self.sheet.columns

    def _hand_over(self) -> ImageSet:
        listed = self.listed()
        images = self._as_set(listed)
        self._handed = listed, images
        chosen = None if self.chosen is None else _place(listed, self.sets[self.chosen[0]], self.chosen[1])
        self.state.set_images(images, chosen or 0)
        return images

    def remember(self) -> dict:
        handed = self._handed is not None and self._handed[1] is self.state.images
        return super().remember() | {
            'sets': self.picker.ticked(), 'row': self.row.value, 'chosen': list(self.chosen or []),
            'selected': sorted(map(list, self.selected)), 'shown to models': handed and _same(self._handed[0],
                                                                                              self.listed())}

    def recall(self, options: dict) -> None:
        super().recall(options)
        self._recalled = options
        self.picker.want([source for source in options.get('sets', []) if isinstance(source, list)])

    def _recall_choices(self) -> None:
        """Choose and show what was chosen and shown, once all sets are open that were."""
        recalled = self._recalled
        if not recalled or self.picker.ticked() != recalled.get('sets'):
            return
        self._recalled = {}
        with contextlib.suppress(KeyError, TypeError, ValueError, IndexError):  # the file was written by hand
            self.row.value = min(int(recalled['row']), self.sheet.last_row)
            self.select(frozenset((k, number) for k, number in recalled['selected'] if self._lists(k, number)))
            if recalled['chosen'] and self._lists(*recalled['chosen']):
                self.choose(*recalled['chosen'])
            if recalled['shown to models'] is True and self.listed():
                self._hand_over()

    def _as_set(self, listed: list[tuple[ImageSet, np.ndarray]]) -> ImageSet:
        """Images as one set; the same object for the same images, of which features are kept."""
        if self._handed is not None and _same(listed, self._handed[0]):
            return self._handed[1]
        if len(listed) == 1 and len(listed[0][1]) == len(listed[0][0]):
            return listed[0][0]
        names = ' + '.join(images.name for images, _ in listed)
        filters = ['selected'] if self.selected else [self.sheet.class_name, self.sheet.search]
        return joined(listed, ': '.join([names, *filter(None, filters)]))

    def _lay_out(self) -> None:
        """List what class and search leave; of the images that are selected, those stay so that are listed."""
        class_name = self.classes.value
        self.sheet = ImageSheet(self.sets, None if class_name == ALL_CLASSES else class_name, self.search.value)
        listed = [set(numbers.tolist()) for numbers in self.sheet.numbers] if self.selected else []
        self.selected = frozenset((k, number) for k, number in self.selected if number in listed[k])
        self._cache.forget()
        with self.row.changed.blocked():
            self.row.max = max(self.sheet.last_row, 1)
            self.row.value = 0
        self._last = self._blank
        self._say_what_is_shown()
        self.redraw_if_active()

    def _say_what_is_shown(self) -> None:
        n = sum(len(numbers) for _, numbers in self.listed())
        selected = 'selected ' if self.selected else ''
        self.show_button.setText(f'Show {n:,} {selected}image{"" if n == 1 else "s"} to models' if n else SHOW)
        self.show_button.setEnabled(n > 0)

    def query(self) -> tuple:
        """What is on the canvas, once it is drawn."""
        return self.sheet, self.row.value, self.chosen, self.selected

    def _current(self) -> np.ndarray:
        drawn = self._cache.get(self.query())
        if drawn is not None:
            self._last = drawn
        return self._last

    def _draw(self, key) -> np.ndarray:
        sheet, row, chosen, selected = key
        return sheet.draw(row, chosen, selected)

    def _draw_spectrum(self, key) -> np.ndarray:
        from napari_viewer.core.spectrum_figure import spectrum_figure
        images, number = key
        return spectrum_figure(images.square(number, SPECTRUM_SIZE))

    def _on_ready(self, key) -> None:
        if key == (self.sheet, self.row.value, self.chosen, self.selected):
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

    def _on_clicked(self, label: int) -> None:
        image = self.sheet.image_at(label, self.row.value)
        if image is not None:
            self._begin_anew()
            self.choose(*image)

    def _begin_anew(self) -> None:
        if self.selected:
            self.select(frozenset())

    def _on_selected(self, labels: list[int], key: str, begins: bool) -> None:
        """Ctrl turns a tile over, Shift selects all from the chosen one on, and a rectangle adds what it covers."""
        if begins:
            self._selected_before = self.selected
            if len(labels) == 1:
                self._on_one_selected(labels[0], key)
            return
        under = (self.sheet.image_at(label, self.row.value) for label in labels)
        self.select(self._selected_before | frozenset(filter(None, under)))

    def _on_one_selected(self, label: int, key: str) -> None:
        image = self.sheet.image_at(label, self.row.value)
        if image is None:
            return
        start = self.chosen if key == 'Shift' and self.chosen is not None and self.chosen[0] == image[0] else image
        numbers = self.sheet.numbers[image[0]]
        first, last = sorted(int(np.searchsorted(numbers, number)) for _, number in (start, image))
        span = frozenset((image[0], int(number)) for number in numbers[first:last + 1])
        before = self.selected
        if not before and self.chosen is not None and self.chosen != image and self._lists(*self.chosen):
            before = frozenset([self.chosen])  # a selection begins with the image that has been clicked before
        selected = before ^ span if key == 'Control' else before | span
        if key == 'Control':
            self.choose(*image)
        self.select(selected)

    def _page(self, pages: int) -> None:
        self.scroll(pages * self.sheet.rows)


def _place(listed: list[tuple[ImageSet, np.ndarray]], images: ImageSet, number: int) -> int | None:
    """The place of an image among those listed, or None."""
    first = 0
    for one, numbers in listed:
        place = int(np.searchsorted(numbers, number))
        if one is images and place < len(numbers) and numbers[place] == number:
            return first + place
        first += len(numbers)
    return None


def _same(listed: list[tuple[ImageSet, np.ndarray]], others: list[tuple[ImageSet, np.ndarray]]) -> bool:
    return len(listed) == len(others) and all(one is other and np.array_equal(numbers, those)
                                              for (one, numbers), (other, those) in zip(listed, others))
