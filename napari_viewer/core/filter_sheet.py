"""First-layer filters of networks beside each other on one sheet."""
import functools
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from napari_viewer.core.filter_match import Matching
from napari_viewer.core.sheet_drawing import blank_sheet, draw_line, fill, message_sheet, text_width, write
from napari_viewer.core.theme import DARK, theme
from napari_viewer.core.tile_grid import TileGrid, enlarge, fit_tile, square_columns
from training.atomic import replacing

CONTRASTS = ('each filter', 'each model', 'all models')
FITTED = {'orientation': 'orientation_deg', 'frequency': 'frequency_cycles_per_pixel',
          'bandwidth': 'bandwidth_octaves', 'Gabor fit (R²)': 'r2'}  # order -> column of the fits
NUMBER, STRENGTH, MATCHED = 'number', 'strength', 'match, one to one'
SORTS = (NUMBER, *FITTED, STRENGTH, MATCHED)
SIZE = (980, 980)  # px; about the canvas of a napari window, so that captions are drawn pixel by pixel
TITLE, MARGIN, LEFT, NUMBERED = 24, 10, 22, 40  # px; tiles of NUMBERED and more have their numbers written in
MARK = 3  # px of the line under filters that are fitted better than noise
NO_MODEL = 'No model chosen.\nTick models in the dock widget on the right, or open a file of weights.'
OUTLINE = 1.5  # standard deviations of the envelope at which a fit is outlined


class FilterSheet:
    """The filters of several networks, each a grid of tiles.

    Parameters
    ----------
    filters : dict of str to numpy.ndarray
        Name of the model -> weights (n, channels, height, width).
    contrast : str
        What is scaled to the full range of brightness, symmetrically about 0: one of :data:`CONTRASTS`.
    colour : bool
        Whether filters are drawn in colour (those of three channels) or in luminance, the mean over channels.
    sort : str
        One of :data:`SORTS`; those of :data:`FITTED` need `fits`, :data:`MATCHED` needs `matching`.
    fits : dict of str to pandas.DataFrame, optional
        Name of the model -> what :func:`study.gabor_fit.fit_gabors` returns; outlined on the chosen filter.
    better : dict of str to numpy.ndarray or None, optional
        Name of the model -> whether each filter is fitted better than noise is, which is marked.
    matching : Matching, optional
        Of the filters of all models.
    """

    def __init__(self, filters: dict[str, np.ndarray], contrast: str = 'each filter', colour: bool = True,
                 sort: str = NUMBER, fits: dict[str, pd.DataFrame] | None = None,
                 better: dict[str, np.ndarray | None] | None = None, matching: Matching | None = None):
        self.filters, self.contrast, self.colour, self.sort = filters, contrast, colour, sort
        self.fits, self.matching = fits or {}, matching
        self.better = {name: passed for name, passed in (better or {}).items() if passed is not None}
        self.orders = {name: self._order(name) for name in filters}
        self.grids = self._lay_out()

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the sheet in pixels."""
        if not self.grids:
            return SIZE
        last = self.grids.values()
        return (max(grid.top + grid.height for grid in last) + MARGIN,
                max(grid.left + grid.width for grid in last) + MARGIN)

    @functools.cached_property
    def base(self) -> np.ndarray:
        """The sheet without a filter chosen, uint8 (height, width, 3)."""
        return self._draw_base()

    def _draw_base(self) -> np.ndarray:
        if not self.filters:
            return message_sheet(NO_MODEL)
        sheet = blank_sheet(self.size)
        for name, grid in self.grids.items():
            write(sheet, self._title(name, grid.width - grid.gap), grid.top - TITLE, grid.left + grid.gap, 16,
                  width=grid.width - grid.gap)
            order = self.orders[name]
            grid.draw(sheet, enlarge(self._tiles[name][order], grid.tile))
            self._write_numbers(sheet, grid, order)
            for place in np.flatnonzero(self.better[name][order]) if name in self.better else ():
                row, column = grid.corner(place)
                fill(sheet, row + grid.tile - MARK, column, MARK, grid.tile, theme().second)
        return sheet

    def _title(self, name: str, width: int) -> str:
        """The model's name and, once they are fitted, how many of its filters are marked."""
        if name not in self.better:
            return name
        marked = f'{name}: {self.better[name].sum()} fitted better than noise'
        short = f'{name}: {self.better[name].sum()} of {len(self.better[name])}'
        return marked if text_width(marked, 16) <= width else short

    def draw(self, chosen: int | dict[str, int] | None = None) -> np.ndarray:
        """The sheet with a filter framed and its Gabor fit outlined: one number for all models, or one for each."""
        return self._frame(self.base.copy(), chosen)

    def draw_anew(self, chosen: int | dict[str, int] | None = None) -> np.ndarray:
        """The same, with all letters and lines drawn anew, see :func:`.sheet_drawing.as_marks`."""
        return self._frame(self._draw_base(), chosen)

    def _frame(self, sheet: np.ndarray, chosen: int | dict[str, int] | None) -> np.ndarray:
        if chosen is None:
            return sheet
        for name, grid in self.grids.items():
            number = chosen.get(name, -1) if isinstance(chosen, dict) else chosen
            place = np.flatnonzero(self.orders[name] == number)
            if place.size:
                grid.frame(sheet, place[0])
                if name in self.fits:
                    self._outline(sheet, grid, place[0], name, number)
        return sheet

    def labels(self) -> tuple[np.ndarray, pd.DataFrame]:
        """Numbers of the tiles, uint16 (height, width), 0 between them, and a table of what they are."""
        labels = np.zeros(self.base.shape[:2], np.uint16)
        tables, first = [], 1
        for name, grid in self.grids.items():
            grid.number(labels, first)
            tables.append(pd.DataFrame({'index': np.arange(first, first + grid.n), 'filter': self.orders[name],
                                        'model': name}))
            if name in self.fits:
                fits = self.fits[name].iloc[self.orders[name]]
                for column, head in (('orientation_deg', 'orientation (°)'), ('r2', 'R²'),
                                     ('frequency_cycles_per_pixel', 'cycles/pixel')):
                    tables[-1][head] = fits[column].round(2).to_numpy()
            if self.sort == MATCHED and self.matching is not None:
                tables[-1]['similarity'] = self.matching.alike[name][self.orders[name]].round(2)
            first += grid.n
        return labels, pd.concat(tables, ignore_index=True)

    def table(self) -> pd.DataFrame:
        """Every filter of every model with its strength (root mean square of its weights), fit and match."""
        tables = []
        for name, weights in self.filters.items():
            table = self.fits.get(name, pd.DataFrame({'filter': np.arange(len(weights))}))
            tables.append(table.assign(strength=_strength(weights)))
            if self.matching is not None:
                tables[-1]['match'], tables[-1]['similarity'] = self.matching.partners[name], self.matching.alike[name]
            tables[-1].insert(0, 'model', name)
        return pd.concat(tables, ignore_index=True)

    def _order(self, name: str) -> np.ndarray:
        weights = self.filters[name]
        if self.sort == STRENGTH:
            return np.argsort(-_strength(weights), kind='stable')
        if self.sort == MATCHED and self.matching is not None:
            return self.matching.orders[name]
        if self.sort not in FITTED or name not in self.fits:
            return np.arange(len(weights))
        column = FITTED[self.sort]
        values = self.fits[name][column].to_numpy()
        return np.argsort(-values if column == 'r2' else values, kind='stable')  # NaN come last

    def _lay_out(self) -> dict[str, TileGrid]:
        n = len(self.filters)
        across = square_columns(n)
        down = max(-(-n // across), 1)
        height, width = SIZE[0] // down - TITLE - 2 * MARGIN, SIZE[1] // across - MARGIN - LEFT
        grids = {}
        for name, weights in self.filters.items():
            columns = square_columns(len(weights))
            tile = fit_tile(len(weights), columns, height, width)
            kernel = weights.shape[-1]
            tile = tile // kernel * kernel if tile >= kernel else tile  # every pixel of a filter equally large
            grids[name] = TileGrid(len(weights), tile, columns)
        # all models have the room of the largest grid
        pitch = [max((getattr(grid, side) for grid in grids.values()), default=0) for side in ('height', 'width')]
        return {name: TileGrid(grid.n, grid.tile, grid.columns,
                               top=MARGIN + TITLE + k // across * (pitch[0] + TITLE + MARGIN),
                               left=LEFT + k % across * (pitch[1] + LEFT))
                for k, (name, grid) in enumerate(grids.items())}

    @functools.cached_property
    def _tiles(self) -> dict[str, np.ndarray]:
        values = {name: _pattern(weights, self.colour) for name, weights in self.filters.items()}
        largest = max(np.nanmax(np.abs(pattern), initial=0) for pattern in values.values())
        tiles = {}
        for name, pattern in values.items():
            scale = {'each filter': np.nanmax(np.abs(pattern), axis=(1, 2, 3), keepdims=True, initial=0),
                     'each model': np.nanmax(np.abs(pattern), initial=0), 'all models': largest}[self.contrast]
            scaled = np.divide(pattern, scale, out=np.zeros_like(pattern), where=np.asarray(scale) > 0)
            scaled = np.nan_to_num(scaled)  # a weight that is not a number is mid-grey
            tiles[name] = np.rint(127.5 + 127.5 * scaled).astype(np.uint8)
        return tiles

    def _write_numbers(self, sheet: np.ndarray, grid: TileGrid, order: np.ndarray) -> None:
        if grid.tile < NUMBERED:  # no room in the tiles: the number of each row's first filter, where they follow on
            for k in range(0, grid.n if self.sort == NUMBER else 0, grid.columns):
                row = grid.corner(k)[0] + grid.tile // 2 - 7
                write(sheet, f'{k:>2}', row, grid.left - 16, 11, theme().faint)
            return
        for k, number in enumerate(order):
            row, column = grid.corner(k)
            # a dark ground, as a filter may be light or dark there
            text = str(number)
            sheet[row:row + 13, column:column + 7 * len(text) + 3] //= 3
            write(sheet, text, row, column + 2, 10, DARK.text)

    def _outline(self, sheet: np.ndarray, grid: TileGrid, place: int, name: str, chosen: int) -> None:
        """Draw the fitted envelope as an ellipse and its bars' orientation as a line."""
        fit = self.fits[name].iloc[chosen]
        if not np.isfinite(fit.r2):
            return
        row, column = grid.corner(place)
        size, scale = self.filters[name].shape[-1], grid.tile / self.filters[name].shape[-1]
        for colour, width in ((theme().ground, 3), (theme().highlight, 1)):  # seen on light and dark alike
            for line in outline(fit, size):
                for part in _within((line + .5) * scale, grid.tile):
                    draw_line(sheet, part + np.array([column, row]), colour, width)


def outline(fit: pd.Series, size: int) -> list[np.ndarray]:
    """A fitted Gabor as lines to draw on its filter.

    Parameters
    ----------
    fit : pandas.Series
        A row of :func:`study.gabor_fit.fit_gabors`.
    size : int
        Of the filter in pixels.

    Returns
    -------
    list of numpy.ndarray, shape (points, 2)
        The envelope at :data:`OUTLINE` standard deviations and the bar through its centre; (column, row) in pixels of
        the filter, whole numbers at the pixels' centres.
    """
    angle = np.deg2rad(fit.orientation_deg)
    along, across = np.array([np.cos(angle), -np.sin(angle)]), np.array([np.sin(angle), np.cos(angle)])
    centre = (size - 1) / 2 + np.array([fit.x, -fit.y])
    length, width = OUTLINE * fit.sigma * fit.aspect, OUTLINE * fit.sigma
    turn = np.linspace(0, 2 * np.pi, 49)[:, None]
    return [centre + length * np.cos(turn) * along + width * np.sin(turn) * across,
            np.array([centre - length * along, centre + length * along])]


def _within(line: np.ndarray, tile: int) -> list[np.ndarray]:
    """The parts of a line of points (n, 2) that lie in a tile of so many pixels."""
    ends = np.linspace(0, len(line) - 1, max(len(line), 50))
    points = np.stack([np.interp(ends, np.arange(len(line)), line[:, axis]) for axis in (0, 1)], axis=1)
    inside = ((points >= 0) & (points <= tile - 1)).all(axis=1)
    parts = np.split(np.arange(len(points)), np.flatnonzero(np.diff(inside)) + 1)
    return [points[part] for part in parts if inside[part[0]] and len(part) > 1]


def export(directory: Path, sheet: np.ndarray, table: pd.DataFrame) -> list[Path]:
    """Write filters.png and filters.csv into a folder, each complete or not at all; returns their paths."""
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    with replacing(directory / 'filters.png') as temporary:
        Image.fromarray(sheet).save(temporary, format='PNG')
    with replacing(directory / 'filters.csv') as temporary:
        table.to_csv(temporary, index=False)
    return [directory / 'filters.png', directory / 'filters.csv']


def _pattern(weights: np.ndarray, colour: bool) -> np.ndarray:
    """Weights (n, channels, h, w) as (n, h, w, 3)."""
    if not colour or weights.shape[1] != 3:
        weights = np.repeat(weights.mean(axis=1, keepdims=True), 3, axis=1)
    return weights.transpose(0, 2, 3, 1)


def _strength(weights: np.ndarray) -> np.ndarray:
    return np.sqrt((weights ** 2).mean(axis=(1, 2, 3)))
