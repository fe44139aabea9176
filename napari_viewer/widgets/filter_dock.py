"""First-layer filters: those of several models side by side, or of one model at a time."""
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from magicgui.widgets import CheckBox, ComboBox, Container, PushButton
from qtpy.QtWidgets import QFileDialog, QLabel

from napari_viewer.core.filter_match import Matching, match_filters, nearest_filters
from napari_viewer.core.filter_sheet import CONTRASTS, FITTED, MATCHED, SORTS, FilterSheet, export
from napari_viewer.sheet_layer import SheetLayer
from napari_viewer.widgets.choice import NONE, Choice
from napari_viewer.widgets.dock_widget import DockWidget
from napari_viewer.widgets.export_row import ExportRow
from napari_viewer.widgets.figure_label import FigureLabel
from napari_viewer.widgets.model_picker import ModelPicker
from napari_viewer.widgets.notifications import notify_error
from napari_viewer.widgets.worker_bar import WorkerBar

SIDE_BY_SIDE, ONE_AT_A_TIME = 'side by side', 'one at a time'
NEAREST, SAME = 'the nearest filter', 'the same number'
FIRST_LAYER = 'conv1'


class FilterDock(DockWidget):
    """Shows the first convolution of the models that are ticked.

    Parameters
    ----------
    napari_viewer : napari.Viewer
    """
    tab = 'Filters'

    def __init__(self, napari_viewer):
        super().__init__(napari_viewer, 'First-layer filters. Tick models; click a filter to see it in all of them.')
        self.sheet = FilterSheet({})
        self._clicked_model = None
        self._matched: tuple[tuple, Matching | None] = ((), None)  # the models, and their filters' matching
        self._found: tuple[tuple, dict[str, tuple[int, float]] | None] = ((), None)  # of what, and what is framed
        self._make_controls()
        self.sheet_layer = SheetLayer(self, 'conv1 filters', self._on_clicked, keys={
            'Left': lambda: self.step(-1), 'Right': lambda: self.step(1), 'Up': lambda: self.step_model(-1),
            'Down': lambda: self.step_model(1)})
        for option in (self.arrangement, self.model, self.match, self.contrast, self.colour):
            option.changed.connect(lambda _: self.redraw())
        self.sort.changed.connect(self._on_sort)
        self.fit_button.changed.connect(lambda: self.fit())
        self.export_button.changed.connect(self._choose_folder)
        self.follow(self.state.networks_changed, self._on_networks)
        self.follow(self.state.chosen_changed, self._on_chosen)
        self.take_canvas()

    def _make_controls(self) -> None:
        self.picker = ModelPicker(self)
        self.arrangement = ComboBox(label='models', choices=[SIDE_BY_SIDE, ONE_AT_A_TIME], tooltip=(
            'All models on one sheet, or one model large.'))
        self.model = Choice(label='model', choices=[NONE], tooltip=(
            'The model that is shown large; the keys Up and Down over the canvas change it.'))
        self.contrast = ComboBox(label='contrast', choices=CONTRASTS, tooltip=(
            'What is stretched to the full range, symmetrically about 0 (mid-grey): each filter, or all filters of a '
            'model or of all models, which shows how strong they are.'))
        self.match = ComboBox(label='in others', choices=[NEAREST, SAME], tooltip=(
            'What is framed in the other models when a filter is clicked: the one most like it (largest correlation of '
            'the weights over shifts, of either sign), or that of the same number, which began alike if the models '
            'did. Sorted by match, the filters that are matched are framed.'))
        self.colour = CheckBox(value=True, text='in colour', tooltip='Colour, or luminance: the mean over channels.')
        self.sort = ComboBox(label='sort by', choices=list(SORTS), tooltip=(
            'Order of the filters in each model. Orientation, frequency, bandwidth and R² fit Gabors first. By match, '
            "each filter stands where that of the first model does that it is matched to, one to one, so that they "
            'are most alike in sum; the most alike come first.'))
        self.fit_button = PushButton(text='Fit Gabors', tooltip='Fit a Gabor to every filter; a click on a filter and '
                                     'sorting do so, too.')
        self.export_button = PushButton(text='Export…', tooltip='Write the sheet as filters.png, and the number, '
                                        'strength and fit of every filter as filters.csv, into a folder.')
        self.options = Container(widgets=[self.arrangement, self.model, self.match, self.contrast, self.sort,
                                          self.colour])
        self.kept |= {'arrangement': self.arrangement, 'model': self.model, 'match': self.match,
                      'contrast': self.contrast, 'sort': self.sort, 'colour': self.colour}
        self.buttons = Container(widgets=[self.fit_button, self.export_button], layout='horizontal', labels=False)
        self.worker_bar = WorkerBar()
        self.alike = QLabel()
        self.alike.setWordWrap(True)
        self.alike.setToolTip('The filters that are framed, and how alike they are to the chosen one: their largest '
                              'correlation over shifts, of either sign. Those of an untrained model tell what noise '
                              'reaches.')
        self.detail = FigureLabel(self._draw_detail, 'Click a filter to see its Gabor fit and its orientation tuning.',
                                  'The chosen filter with the outline of its Gabor fit (at 1.5 standard deviations), '
                                  'the fit, and the response to gratings of the fitted frequency.')
        self.fill(self.picker, self.options.native, self.buttons.native, self.worker_bar, self.alike, self.detail,
                  ExportRow(self))

    @property
    def chosen(self) -> int | None:
        """Number of the chosen filter."""
        chosen = self.state.chosen
        return chosen[1] if chosen is not None and chosen[0] == FIRST_LAYER else None

    @property
    def fits(self) -> dict[str, pd.DataFrame]:
        """Name of the model -> its Gabor fits, where they have been computed."""
        return {network.name: network.gabors for network in self.state.networks if network.gabors is not None}

    def redraw(self) -> None:
        """Show the filters of the models that are ticked."""
        self.make_active()
        self._offer_models()
        try:
            self.sheet = self._make_sheet()
            sheet = self.sheet.draw(self.marked())
        except (ValueError, OSError, MemoryError) as error:
            notify_error(error)
            return
        labels, table = self.sheet.labels() if self.sheet.filters else (np.zeros(sheet.shape[:2], np.uint16), None)
        self.sheet_layer.show(sheet, labels, table)
        self._say_alike()

    def paint(self) -> np.ndarray:
        """The sheet that is on the canvas, drawn anew."""
        return self.sheet.draw_anew(self.marked())

    def _make_sheet(self) -> FilterSheet:
        filters = {network.name: network.filters for network in self.state.networks}
        if self.arrangement.value == ONE_AT_A_TIME and filters:
            filters = {self.model.value: filters[self.model.value]}
        better = {network.name: network.better_than_noise for network in self.state.networks}
        return FilterSheet(filters, contrast=self.contrast.value, colour=self.colour.value, sort=self.sort.value,
                           fits=self.fits, better=better, matching=self.matching)

    def step(self, filters: int) -> None:
        """Choose the filter so many places on in the order of the model clicked last, back if negative."""
        if self.sheet.filters:
            orders = self.sheet.orders
            model = self._clicked_model if self._clicked_model in orders else next(iter(orders))
            order = list(orders[model])
            place = order.index(self.chosen) + filters if self.chosen in order else 0
            self.choose(int(order[place % len(order)]), model)

    def step_model(self, models: int) -> None:
        """Show the model so many places on large, where one is shown at a time."""
        names = list(self.model.choices)
        self.model.value = names[(names.index(self.model.value) + models) % len(names)]

    def _offer_models(self) -> None:
        self.model.visible = self.arrangement.value == ONE_AT_A_TIME
        self.model.offer([network.name for network in self.state.networks] or [NONE])

    def choose(self, number: int, model: str | None = None) -> None:
        """Choose a filter by its number; the figure shows that of `model`."""
        self._clicked_model = model or self._clicked_model
        if self.chosen == number:
            self._on_chosen()
        else:
            self.state.choose(FIRST_LAYER, number)

    def marked(self) -> int | dict[str, int] | None:
        """The filters that are framed: the chosen one, or the nearest of each model to it."""
        found = self._alike()
        return self.chosen if found is None else {name: number for name, (number, _) in found.items()}

    @property
    def matching(self) -> Matching | None:
        """The filters of the models that are ticked matched one to one, if they are sorted so and that is computed."""
        models, matching = self._matched
        return matching if self.sort.value == MATCHED and models == tuple(self.state.networks) else None

    def _alike(self) -> dict[str, tuple[int, float]] | None:
        """The filter of each model that is framed with the chosen one, and how alike it is; None by number."""
        key = (tuple(self.state.networks), self._clicked_model, self.chosen, self.match.value, self.matching)
        if self._found[0] != key:  # each model takes milliseconds
            self._found = key, self._find_alike()
        return self._found[1]

    def _find_alike(self) -> dict[str, tuple[int, float]] | None:
        filters = {network.name: network.filters for network in self.state.networks}
        model = self._clicked_model if self._clicked_model in filters else next(iter(filters), '')
        own, chosen = filters.get(model), self.chosen
        if chosen is None or own is None or chosen >= len(own):
            return None
        if self.matching is not None:
            framed = self.matching.belonging(model, chosen)
            return {name: (number, nearest_filters(own[chosen], {name: filters[name][[number]]})[name][1])
                    for name, number in framed.items()}
        if self.match.value == SAME:
            return None
        return nearest_filters(own[chosen], filters) | {model: (chosen, 1.)}

    def _say_alike(self) -> None:
        found = self._alike() or {}
        others = [f'{name} {number} ({alike:.2f})' for name, (number, alike) in found.items()
                  if name != (self._clicked_model or next(iter(found)))]
        self.alike.setText(f'Framed with filter {self.chosen}: {", ".join(others)}' if others else '')
        self.alike.setVisible(bool(others))

    def match_all(self) -> None:
        """Match the filters of the models that are ticked one to one, in the background, then sort by it."""
        networks = tuple(self.state.networks)

        def work():
            yield networks, match_filters({network.name: network.filters for network in networks})

        self.worker_bar.run('Matching filters', work, 1, self._on_matched)

    def _on_matched(self, matched: tuple) -> None:
        self._matched = matched
        self.redraw_if_active()

    def remember(self) -> dict:
        return super().remember() | {'clicked': self._clicked_model or ''}

    def recall(self, options: dict) -> None:
        super().recall(options)
        self._clicked_model = str(options.get('clicked') or '') or None

    def fit(self, on_fitted: Callable[[], None] = lambda: None) -> None:
        """Fit Gabors to all filters that have none, in the background."""
        missing = [network for network in self.state.networks if network.gabors is None]
        if not missing:
            on_fitted()
            return

        def work():
            for network in missing:
                network.fit_gabors()
                yield

        def finish():
            self.redraw_if_active()
            self._show_detail()
            on_fitted()

        self.worker_bar.run('Fitting Gabors', work, len(missing), on_returned=finish)

    def export(self, directory: Path) -> list[Path]:
        """Write filters.png and filters.csv into a folder."""
        return export(directory, self.sheet.draw(self.marked()), self.sheet.table())

    def _on_clicked(self, label: int) -> None:
        if not label:
            return
        row = self.sheet_layer.tile(label)
        self.choose(int(row['filter']), row['model'])
        self.fit()

    def _on_chosen(self) -> None:
        if self.sheet_layer.on_canvas and self.state.networks:
            self.sheet_layer.put(self.sheet.draw(self.marked()))
        self._say_alike()
        self._show_detail()

    def _show_detail(self) -> None:
        shown = [network.name for network in self.state.networks]
        at = self._clicked_model if self._clicked_model in shown else next(iter(shown), None)
        ready = self.chosen is not None and at in self.fits and self.chosen < len(self.fits[at])
        network = next((network for network in self.state.networks if network.name == at), None)
        self.detail.show_key((network, self.chosen) if ready else None)

    def _draw_detail(self, key) -> np.ndarray:
        from napari_viewer.core.filter_figure import filter_figure
        network, number = key
        return filter_figure(network.filters[number], network.gabors.iloc[number], network.name)

    def _on_networks(self) -> None:
        self.redraw_if_active()
        if self.state.active_dock in (self, None):
            if self.sort.value in FITTED:
                self.fit()
            elif self.sort.value == MATCHED and self.matching is None:
                self.match_all()

    def _on_sort(self, sort: str) -> None:
        if sort in FITTED and self.state.networks:
            self.fit(self.redraw_if_active)
        elif sort == MATCHED and self.matching is None:
            self.match_all()
        else:
            self.redraw()

    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, 'Folder for filters.png and filters.csv')
        if not folder:
            return
        try:
            written = self.export(Path(folder))
        except OSError as error:
            notify_error(error)
            return
        from napari.utils.notifications import show_info
        show_info(f"Written: {', '.join(map(str, written))}")

