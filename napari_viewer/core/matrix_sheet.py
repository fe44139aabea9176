"""Two dissimilarity matrices side by side, sorted alike, with the images of a pair below them."""
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from PIL import Image

from napari_viewer.core.matrix_comparison import Comparison, MeasuredMatrices
from napari_viewer.core.sheet_drawing import blank_sheet, draw_frame, write
from napari_viewer.core.theme import theme

SIZE = (800, 1000)  # px
SIDE, TOP, LEFT = 472, 64, 16  # px a matrix, and where the first one lies
PAIR = 180  # px of each image of a pair


@dataclass(frozen=True)
class MatrixQuery:
    """Which matrix of a recording is drawn beside which comparison, in which order of the images.

    `comparison` may be None; `clustered` sorts by the recording's matrix, else images stand by number.
    """
    measured: MeasuredMatrices
    name: str
    comparison: Comparison | None
    clustered: bool


class MatrixSheet:
    """The sheet of a query; a pair of images is added to it when it is pointed at.

    Parameters
    ----------
    query : MatrixQuery
    """

    def __init__(self, query: MatrixQuery):
        self.query = query
        self.measured = query.measured.by_name[query.name]
        n = len(self.measured.matrix)
        self.order = self.measured.clustered() if query.clustered else np.arange(n)
        self.place = np.arange(SIDE) * n // SIDE  # place of the image at each row or column of pixels

    @cached_property
    def base(self) -> np.ndarray:
        """The sheet without a pair, uint8 (height, width, 3)."""
        return self._draw_base()

    def _draw_base(self) -> np.ndarray:
        query, sheet = self.query, blank_sheet(SIZE)
        write(sheet, f'{query.name}, {query.measured.kind} ({query.measured.identifier})', 10, LEFT, 16, width=SIDE)
        write(sheet, f'{len(self.order)} images, 1 - r over neurons', 34, LEFT, 14, theme().faint, width=SIDE)
        self._draw_matrix(sheet, self.measured.matrix, LEFT)
        left, comparison = LEFT * 2 + SIDE + 8, query.comparison
        if comparison is None:
            write(sheet, 'Tick a model to see its matrix here.', TOP + SIDE // 2, left + 110, 14, theme().faint)
            return sheet
        write(sheet, f'{comparison.network.name} {comparison.layer}', 10, left, 16, width=SIDE)
        raw, corrected, ceiling = (values[query.name] for values in (comparison.raw, comparison.corrected,
                                                                     comparison.ceiling))
        write(sheet, f'correlation {raw:.3f}, corrected for noise {corrected:.3f}; ceiling {ceiling:.3f}', 34,
              left, 14, theme().faint, width=SIDE)
        self._draw_matrix(sheet, comparison.matrices[query.name], left)
        return sheet

    def draw(self, pair: tuple[int, int] | None) -> np.ndarray:
        """The sheet with a pair of places in the order, and both their images."""
        return self._draw_pair(self.base.copy(), pair)

    def draw_anew(self, pair: tuple[int, int] | None) -> np.ndarray:
        """The same, with all letters and frames drawn anew, see :func:`.sheet_drawing.as_marks`."""
        return self._draw_pair(self._draw_base(), pair)

    def _draw_pair(self, sheet: np.ndarray, pair: tuple[int, int] | None) -> np.ndarray:
        top = TOP + SIDE + 30
        if pair is None:
            write(sheet, 'Move the mouse over a matrix to see the two images; a click chooses the first of them.', top,
                  LEFT, 14, theme().faint)
            return sheet
        first, second = self.order[list(pair)]
        for k, image in enumerate((first, second)):
            number, left = self.measured.numbers[image], LEFT + k * (PAIR + 20)
            sheet[top:top + PAIR, left:left + PAIR] = np.asarray(Image.fromarray(
                self.query.measured.images.read(int(number))).resize((PAIR, PAIR), Image.Resampling.BILINEAR))
            write(sheet, f'image {number}', top + PAIR + 4, left, 14, theme().faint)
        lines = [f'measured {self.measured.matrix[first, second]:.3f}']
        if self.query.comparison is not None:
            lines += [f'{self.query.comparison.network.name} '
                      f'{self.query.comparison.matrices[self.query.name][first, second]:.3f}']
        for line, text in enumerate(['dissimilarity', *lines]):
            write(sheet, text, top + 22 * line, LEFT + 2 * (PAIR + 20), 15)
        for left in (LEFT, LEFT * 2 + SIDE + 8):
            if left == LEFT or self.query.comparison is not None:
                self._mark(sheet, pair, left)
        return sheet

    @cached_property
    def labels(self) -> np.ndarray:
        """Number of the pair at each pixel, row by row from 1 on, the same in both matrices; uint32 (height, width)."""
        labels = np.zeros(SIZE, np.uint32)
        pairs = 1 + self.place[:, None] * len(self.order) + self.place[None, :]
        for left in (LEFT, LEFT * 2 + SIDE + 8):
            labels[TOP:TOP + SIDE, left:left + SIDE] = pairs
        return labels

    @cached_property
    def table(self) -> pd.DataFrame:
        """What the pairs are."""
        numbers = self.measured.numbers[self.order]
        ordered = np.ix_(self.order, self.order)
        table = {'image': np.repeat(numbers, len(numbers)), 'with': np.tile(numbers, len(numbers)),
                 'measured': self.measured.matrix[ordered].ravel().round(3)}
        if self.query.comparison is not None:
            table['model'] = self.query.comparison.matrices[self.query.name][ordered].ravel().round(3)
        return pd.DataFrame(table)

    def pair(self, label: int) -> tuple[int, int] | None:
        """The places of the images of a label."""
        return divmod(label - 1, len(self.order)) if label else None

    def _draw_matrix(self, sheet: np.ndarray, matrix: np.ndarray, left: int) -> None:
        """Colours are ranks, so that matrices of any scale compare; the diagonal is left out."""
        from scipy.stats import rankdata
        n = len(matrix)
        upper = np.triu_indices(n, 1)
        ranks = np.zeros((n, n))
        ranks[upper] = rankdata(np.nan_to_num(matrix[upper], nan=1.)) / len(upper[0])
        ranks = (ranks + ranks.T)[np.ix_(self.order, self.order)]
        sheet[TOP:TOP + SIDE, left:left + SIDE] = _viridis()[np.rint(255 * ranks).astype(int)][
            self.place[:, None], self.place[None, :]]
        write(sheet, 'dark: alike; light: unlike (ranks of all pairs)', TOP + SIDE + 6, left, 14, theme().faint)

    def _mark(self, sheet: np.ndarray, pair: tuple[int, int], left: int) -> None:
        (top, bottom), (first, last) = ((np.flatnonzero(self.place == place)[[0, -1]]) for place in pair)
        draw_frame(sheet, TOP + top, left + first, bottom - top + 1, last - first + 1, 2, theme().highlight)


def _viridis() -> np.ndarray:
    from matplotlib import colormaps
    return np.rint(colormaps['viridis'](np.arange(256))[:, :3] * 255).astype(np.uint8)
