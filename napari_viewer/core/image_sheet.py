"""Images of one or several sets as a sheet of tiles that is scrolled row by row."""
import threading
from collections import OrderedDict

import numpy as np
import pandas as pd

from napari_viewer.core.image_sets import ImageSet
from napari_viewer.core.sheet_drawing import blank_sheet, write
from napari_viewer.core.theme import theme
from napari_viewer.core.tile_grid import TileGrid

SIZE = (940, 960)  # px
TILE, GAP, TITLE, MARGIN = 64, 4, 26, 14
KEPT = 4096  # thumbnails, 12 kB each
DAMAGED = (90, 20, 20)  # colour of a tile whose image cannot be read


class ImageSheet:
    """Sets of images side by side, which scroll together.

    Parameters
    ----------
    sets : list of ImageSet
    class_name : str, optional
        Show only images of this class.
    search : str
        Show only images whose class or source holds each of these words.
    """

    def __init__(self, sets: list[ImageSet], class_name: str | None = None, search: str = ''):
        self.sets, self.class_name, self.search = sets, class_name, ' '.join(search.split())
        self.numbers = [self._listed(images) for images in sets]
        room = (SIZE[1] - MARGIN) // max(len(sets), 1) - MARGIN
        self.columns = max((room - GAP) // (TILE + GAP), 1)
        self.rows = (SIZE[0] - TITLE - MARGIN) // (TILE + GAP)
        self.errors = {}
        self._left = [MARGIN + k * (room + MARGIN) for k in range(len(sets))]
        self._kept, self._lock = OrderedDict(), threading.Lock()

    @property
    def last_row(self) -> int:
        """The first row of the sheet when it is scrolled to its end."""
        longest = max((len(numbers) for numbers in self.numbers), default=0)
        return max(-(-longest // self.columns) - self.rows, 0)

    def draw(self, row: int, chosen: tuple[int, int] | None = None,
             selected: frozenset[tuple[int, int]] = frozenset()) -> np.ndarray:
        """The sheet from a row on, uint8 (height, width, 3), with the selected and the chosen (set, image) framed."""
        sheet = blank_sheet(SIZE)
        for k, (images, numbers) in enumerate(zip(self.sets, self.numbers)):
            grid, shown = self.grid(k), self._shown(k, row)
            write(sheet, self._title(images, numbers, shown), MARGIN // 2, grid.left + GAP, 15, width=grid.width)
            if not shown.size:
                write(sheet, 'no more images', grid.top + GAP, grid.left + GAP, 13, theme().faint)
                continue
            tiles = np.empty((grid.n, TILE, TILE, 3), np.uint8)
            tiles[:] = theme().ground
            for place, number in enumerate(shown):
                tiles[place] = self._thumbnail(k, int(number))
            grid.draw(sheet, tiles)
            for place, number in enumerate(shown if selected else ()):
                if (k, int(number)) in selected:
                    grid.frame(sheet, place, theme().second)
            if chosen is not None and chosen[0] == k:
                place = np.flatnonzero(shown == chosen[1])
                if place.size:
                    grid.frame(sheet, place[0])
        return sheet

    def grid(self, k: int) -> TileGrid:
        """The tiles of a set."""
        return TileGrid(self.rows * self.columns, TILE, self.columns, top=TITLE + 4, left=self._left[k], gap=GAP)

    def labels(self) -> np.ndarray:
        """Numbers of the tiles, uint16 (height, width), 0 between them; they stay when the sheet is scrolled."""
        labels = np.zeros(SIZE, np.uint16)
        for k in range(len(self.sets)):
            self.grid(k).number(labels, 1 + k * self.rows * self.columns)
        return labels

    def table(self, row: int) -> pd.DataFrame:
        """What the tiles show when the sheet begins at a row."""
        tables = []
        for k, images in enumerate(self.sets):
            shown = self._shown(k, row)
            first = 1 + k * self.rows * self.columns
            tables.append(pd.DataFrame({'index': np.arange(first, first + len(shown)), 'image': shown,
                                        'class': images.index['class_name'].to_numpy()[shown], 'set': images.name}))
        return pd.concat(tables, ignore_index=True)

    def image_at(self, label: int, row: int) -> tuple[int, int] | None:
        """(set, image) of a tile, or None where it is empty."""
        if label < 1:
            return None
        k, place = divmod(label - 1, self.rows * self.columns)
        shown = self._shown(k, row)
        return (k, int(shown[place])) if place < len(shown) else None

    def _listed(self, images: ImageSet) -> np.ndarray:
        listed = images.matching(self.search) if self.search else np.arange(len(images))
        if self.class_name:
            listed = listed[images.index['class_name'].to_numpy()[listed] == self.class_name]
        return listed

    def _shown(self, k: int, row: int) -> np.ndarray:
        return self.numbers[k][row * self.columns:(row + self.rows) * self.columns]

    def _title(self, images: ImageSet, numbers: np.ndarray, shown: np.ndarray) -> str:
        if not shown.size:
            return f'{images.name}  ({len(numbers):,} images)'
        first = int(np.searchsorted(numbers, shown[0]))
        return f'{images.name}  {first + 1:,} to {first + len(shown):,} of {len(numbers):,}'

    def _thumbnail(self, k: int, number: int) -> np.ndarray:
        with self._lock:
            if (k, number) in self._kept:
                self._kept.move_to_end((k, number))
                return self._kept[k, number]
        try:
            thumbnail = self.sets[k].thumbnail(number, TILE, theme().ground)
        except ValueError as error:
            self.errors[k, number] = str(error)
            thumbnail = np.full((TILE, TILE, 3), DAMAGED, np.uint8)
            write(thumbnail, 'damaged', 24, 7, 12)
        with self._lock:
            self._kept[k, number] = thumbnail
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return thumbnail
