"""The view of first-layer filters: several models side by side or one at a time."""
from pathlib import Path

import numpy as np
from magicgui.widgets import CheckBox, ComboBox, Container, PushButton
from qtpy.QtWidgets import QFileDialog

from napari_viewer.core.filter_sheet import CONTRASTS, SORTS, FilterSheet, export
from napari_viewer.core.lazy import PanelStack
from napari_viewer.jobs import Jobs, tell
from napari_viewer.model_picker import ModelPicker
from napari_viewer.panel import Panel
from napari_viewer.picture import Picture
from napari_viewer.view import View

SIDE_BY_SIDE, ONE_AT_A_TIME = 'side by side', 'one at a time'


class Filters(View):
    """Dock widget: the first convolution of the models that are ticked.

    Parameters
    ----------
    napari_viewer : napari.Viewer
    """

    def __init__(self, napari_viewer):
        super().__init__(napari_viewer, 'First-layer filters. Tick models; click a filter to see it in all of them.')
        self.sheet, self.sheets = FilterSheet({}), []
        self._at = None  # model whose filter was clicked
        self.picker = ModelPicker(self)
        self.arrangement = ComboBox(label='models', choices=[SIDE_BY_SIDE, ONE_AT_A_TIME], tooltip=(
            "All models on one sheet, or one model large, with the slider 'mod' under the picture."))
        self.contrast = ComboBox(label='contrast', choices=CONTRASTS, tooltip=(
            'What is stretched to the full range, symmetrically about 0 (mid-grey): each filter, or all filters of a '
            'model or of all models, which shows how strong they are.'))
        self.colour = CheckBox(value=True, text='in colour', tooltip='Colour, or luminance: the mean over channels.')
        self.sort = ComboBox(label='sort by', choices=list(SORTS), tooltip=(
            'Order of the filters in each model. All but number and strength fit Gabors first.'))
        self.fit_button = PushButton(text='Fit Gabors', tooltip='Fit a Gabor to every filter; a click on a filter and '
                                     'sorting do so, too.')
        self.export_button = PushButton(text='Export…', tooltip='Write the sheet as filters.png, and the number, '
                                        'strength and fit of every filter as filters.csv, into a folder.')
        self.options = Container(widgets=[self.arrangement, self.contrast, self.sort, self.colour], labels=True)
        self.buttons = Container(widgets=[self.fit_button, self.export_button], layout='horizontal', labels=False)
        self.jobs = Jobs()
        self.detail = Picture(self._draw_detail, 'Click a filter to see its Gabor fit and its orientation tuning.',
                              'The chosen filter with the outline of its Gabor fit (at 1.5 standard deviations), the '
                              'fit, and the response to gratings of the fitted frequency.')
        self.fill(self.picker, self.options.native, self.buttons.native, self.jobs, self.detail)
        self.panel = Panel(self, 'conv1 filters', self._on_clicked)
        self.hold(self.panel.close)
        for option in (self.arrangement, self.contrast, self.colour):
            option.changed.connect(self.redraw)
        self.sort.changed.connect(self._on_sort)
        self.fit_button.changed.connect(lambda: self.fit())
        self.export_button.changed.connect(self._choose_folder)
        self.listen(self.session.networks_changed, self.follow)
        self.listen(self.session.chosen_changed, self._on_chosen)
        self.appear()

    @property
    def chosen(self) -> int | None:
        """Number of the chosen filter."""
        chosen = self.session.chosen
        return chosen[1] if chosen is not None and chosen[0] == self._first_layer else None

    @property
    def fits(self) -> dict:
        """Name of the model -> Gabor fits, of those that have been fitted."""
        return {network.name: network.gabors for network in self.session.networks if network.gabors is not None}

    def redraw(self) -> None:
        """Show the filters of the session's models."""
        self.claim()
        try:
            filters = {network.name: network.filters for network in self.session.networks}
            options = {'contrast': self.contrast.value, 'colour': self.colour.value, 'sort': self.sort.value,
                       'fits': self.fits}
            self.sheet = FilterSheet(filters, **options)
            self.sheet.base  # noqa: B018  errors are told here
        except (ValueError, OSError, MemoryError) as error:
            tell(error)
            return
        if self.arrangement.value == ONE_AT_A_TIME and filters:
            self.sheets = [FilterSheet({name: weights}, **options) for name, weights in filters.items()]
            size = tuple(np.max([sheet.size for sheet in self.sheets], axis=0))
            data = PanelStack(len(filters), 1, size,
                              lambda model, _: _padded(self.sheets[model].panel(self.chosen), size))
            labels, table = self.sheets[0].labels()
            labels = _padded(labels, size)
            axes = ('mod', 'img', 'y', 'x')
            if len({sheet.mosaics[name] for sheet, name in zip(self.sheets, filters)}) > 1:
                labels = np.stack([_padded(sheet.labels()[0], size) for sheet in self.sheets])[:, None]
            table['model'] = 'the one shown'
        else:
            self.sheets, data, axes = [], self.sheet.panel(self.chosen), ('y', 'x')
            labels, table = self.sheet.labels() if filters else (np.zeros(data.shape[:2], np.uint16), None)
        self.panel.show(data, labels, table, axes)

    def choose(self, number: int, model: str | None = None) -> None:
        """Choose a filter by its number; the drawing below shows that of `model`."""
        self._at = model or self._at
        if self.chosen == number:
            self._on_chosen()
        else:
            self.session.choose(self._first_layer, number)

    def fit(self, done=lambda: None) -> None:
        """Fit Gabors to all filters that have none, in the background."""
        missing = [network for network in self.session.networks if network.gabors is None]
        if not missing:
            done()
            return

        def work():
            for network in missing:
                network.fit_gabors()
                yield

        def finished():
            self.redraw_fits()
            done()

        self.jobs.run('Fitting Gabors', work, len(missing), done=finished)

    def redraw_fits(self) -> None:
        self.redraw()
        self._show_detail()

    def export(self, directory: Path) -> list:
        """Write filters.png and filters.csv into a folder."""
        return export(directory, self.sheet.panel(self.chosen), self.sheet.table())

    @property
    def _first_layer(self) -> str:
        return 'conv1'

    def _on_clicked(self, label: int) -> None:
        if not label:
            return
        row = self.panel.tiles.features.iloc[label - 1]
        name = row['model']
        if self.sheets:
            name = list(self.sheet.filters)[int(self.viewer.dims.current_step[0])]
            number = self.sheets[list(self.sheet.filters).index(name)].orders[name][label - 1]
        else:
            number = row['filter']
        self.choose(int(number), name)
        self.fit()

    def _on_chosen(self) -> None:
        if self.panel.on_canvas and self.session.networks:
            if self.sheets:
                self.panel.refresh()
            else:
                self.panel.picture.data = self.sheet.panel(self.chosen)
        self._show_detail()

    def _show_detail(self) -> None:
        shown = [network.name for network in self.session.networks]
        at = self._at if self._at in shown else next(iter(shown), None)
        ready = self.chosen is not None and at in self.fits and self.chosen < len(self.fits[at])
        self.detail.show_key((at, self.chosen) if ready else None)

    def _draw_detail(self, key) -> np.ndarray:
        from napari_viewer.core.plots import filter_plot
        name, number = key
        weights = next(network.filters for network in self.session.networks if network.name == name)
        return filter_plot(weights[number], self.fits[name].iloc[number], name)

    def _on_sort(self, sort: str) -> None:
        if SORTS[sort] not in (None, 'strength') and self.session.networks:
            self.fit(self.redraw)
        else:
            self.redraw()

    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, 'Folder for filters.png and filters.csv')
        if not folder:
            return
        try:
            written = self.export(Path(folder))
        except OSError as error:
            tell(error)
            return
        from napari.utils.notifications import show_info
        show_info(f"Written: {', '.join(map(str, written))}")


def _padded(panel: np.ndarray, size: tuple) -> np.ndarray:
    padding = [(0, size[0] - panel.shape[0]), (0, size[1] - panel.shape[1])] + [(0, 0)] * (panel.ndim - 2)
    return np.pad(panel, padding) if any(after for _, after in padding) else panel
