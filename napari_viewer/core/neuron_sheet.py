"""A neuron on a sheet: its answers to all images, what drives it most and least, and what a model predicts of it."""
from dataclasses import dataclass

import numpy as np
import pandas as pd
from PIL import Image

from napari_viewer.core.model_style import model_style
from napari_viewer.core.neuron_prediction import Prediction
from napari_viewer.core.recording import Recording
from napari_viewer.core.sheet_drawing import blank_sheet, draw_frame, fill, write
from napari_viewer.core.theme import theme
from napari_viewer.core.tile_grid import TileGrid

SIZE = (900, 960)  # px
SHOWN = 11  # images that drive it most, and least
TILE, MARGIN = 72, 16  # px
ANSWERS = (278, 70, 870, 130)  # top, left, width and height of the plot of all answers
SCATTER = (462, 70, 270, 270)
ROWS = {'most': 52, 'least': 148}  # top of the images that drive a neuron most and least
FIELDS = (444, 372)  # top and left of what the regression uses
FIELD = 176  # px


@dataclass(frozen=True)
class NeuronQuery:
    """Which neuron of a recording is drawn, with which predictions, and which image is marked.

    `prediction` and `other`, of a second model, may be None; `image` is a number among the recording's images or None.
    """
    recording: Recording
    neuron: int
    prediction: Prediction | None
    other: Prediction | None
    image: int | None


class NeuronSheet:
    """The sheet of a query, and where its images lie.

    Parameters
    ----------
    query : NeuronQuery
    """

    def __init__(self, query: NeuronQuery):
        self.query = query
        responses = query.recording.averages[query.neuron]
        self.shown = np.flatnonzero(np.isfinite(responses))
        self.order = self.shown[np.argsort(-responses[self.shown], kind='stable')]
        n = min(SHOWN, len(self.order) // 2)
        self.most, self.least = self.order[:n], self.order[::-1][:n]

    def draw(self) -> np.ndarray:
        """The sheet, uint8 (height, width, 3)."""
        query, sheet = self.query, blank_sheet(SIZE)
        recording, k = query.recording, query.neuron
        title = (f'{recording.facts["neuroid_id"][k]}, {recording.kind} ({recording.images.name}): '
                 f'reliability {recording.reliability[k]:.2f}')
        write(sheet, title, 8, MARGIN, 17, theme().text, width=SIZE[1] - 2 * MARGIN)
        write(sheet, recording.describe(k), 30, MARGIN, 14, theme().faint, width=SIZE[1] - 2 * MARGIN)
        for name, numbers in (('most', self.most), ('least', self.least)):
            self._draw_images(sheet, numbers, ROWS[name], f'drives\nit {name}')
        self._draw_answers(sheet)
        if query.prediction is not None:
            self._draw_prediction(sheet)
        else:
            write(sheet, 'Tick a model to see what it predicts on images that were held out.', SCATTER[0], MARGIN, 14,
                  theme().faint)
        return sheet

    def tiles(self) -> tuple[np.ndarray, pd.DataFrame]:
        """Numbers of the images on the sheet, (height, width), and a table: image, its mean response and error."""
        labels = np.zeros(SIZE, np.uint16)
        for name, numbers, first in (('most', self.most, 1), ('least', self.least, 1 + len(self.most))):
            self._grid(len(numbers), ROWS[name]).number(labels, first)
        images = np.concatenate([self.most, self.least, self.order])
        top, left, width, height = ANSWERS
        places = np.minimum(np.arange(width) * len(self.order) // width, len(self.order) - 1)
        labels[top:top + height, left:left + width] = 1 + len(self.most) + len(self.least) + places
        neuron, recording = self.query.neuron, self.query.recording
        table = pd.DataFrame({'image': images, 'response': recording.averages[neuron, images].round(3),
                              'error': recording.errors[neuron, images].round(3)})
        if self.query.prediction is not None:
            table['predicted'] = self.query.prediction.predicted[neuron, images].round(3)
        return labels, table

    def _grid(self, n: int, top: int) -> TileGrid:
        return TileGrid(n, TILE, max(n, 1), top=top, left=70, gap=4)

    def _draw_images(self, sheet: np.ndarray, numbers: np.ndarray, top: int, title: str) -> None:
        grid = self._grid(len(numbers), top)
        for line, text in enumerate(title.splitlines()):
            write(sheet, text, top + 22 + 16 * line, MARGIN, 13, theme().faint)
        thumbnails = np.stack([self.query.recording.thumbnail(int(number), TILE) for number in numbers])
        grid.draw(sheet, thumbnails, theme().ground)
        for place, number in enumerate(numbers):
            row, column = grid.corner(place)
            response = self.query.recording.averages[self.query.neuron, number]
            write(sheet, f'{response:.2g}', row + TILE + 1, column, 13, theme().faint)
            if number == self.query.image:
                grid.frame(sheet, place)

    def _draw_answers(self, sheet: np.ndarray) -> None:
        """Mean and standard error over trials for every image, strongest first, and the prediction's place."""
        recording, k, query = self.query.recording, self.query.neuron, self.query
        responses, errors = recording.averages[k, self.order], recording.errors[k, self.order]
        spread = np.nan_to_num(errors)
        shown = np.concatenate([responses - spread, responses + spread, [0.], *(
            _rescaled(one, k)[self.order] for one in (query.other, query.prediction) if one is not None)])
        low, high = float(np.nanmin(shown)), float(np.nanmax(shown)) or 1.
        plot = Plot(sheet, ANSWERS, (-.5, len(self.order) - .5), (low, high))
        plot.axes('', f'response to {len(self.order)} images, strongest first: mean and error over trials'
                  + ('; dots: predicted when held out' if query.prediction is not None else ''))
        for prediction in (query.other, query.prediction):
            if prediction is not None:
                plot.dots(range(len(self.order)), _rescaled(prediction, k)[self.order], _colour(prediction), 3)
        plot.bars(range(len(self.order)), responses, errors, theme().second)
        if query.image in self.order:
            plot.vertical(int(np.flatnonzero(self.order == query.image)[0]))

    def _draw_prediction(self, sheet: np.ndarray) -> None:
        query, k = self.query, self.query.neuron
        prediction, responses = query.prediction, query.recording.averages[k]
        predicted = _rescaled(prediction, k)
        images = self.shown[np.isfinite(predicted[self.shown])]
        values = np.concatenate([predicted[images], responses[images]])
        limits = float(values.min()), float(values.max())
        plot = Plot(sheet, SCATTER, limits, limits)
        plot.axes('predicted', 'measured, of images that were held out')
        plot.diagonal()
        plot.dots(predicted[images], responses[images], _colour(prediction), 4)
        if query.image in images:
            plot.dots([predicted[query.image]], [responses[query.image]], theme().text, 8)
        lines = []
        for one in filter(None, (prediction, query.other)):
            lines += [f'{one.network.name} {one.layer}: r = {one.raw[k]:.2f}, corrected {one.corrected[k]:.2f}',
                      f'   all neurons: score {one.score:.3f} ± {one.error:.3f}']
        top, left = SCATTER[0] + SCATTER[3] + 46, MARGIN
        for line, text in enumerate(lines):
            one = (prediction, query.other)[line // 2]
            write(sheet, text, top + 17 * line, left, 13, _colour(one) if line % 2 == 0 else theme().faint)
        write(sheet, 'r: mean over splits, as the benchmark scores it', top + 17 * len(lines), left, 13, theme().faint)
        for row, one in enumerate(filter(None, (prediction, query.other))):
            self._draw_fields(sheet, one, FIELDS[0] + row * (FIELD + 36))

    def _draw_fields(self, sheet: np.ndarray, prediction: Prediction, top: int) -> None:
        """What the regression uses: where in the layer, and which pattern in the image."""
        weights = prediction.weights(self.query.neuron)
        where = np.sqrt((weights ** 2).sum(axis=0))
        # these neurons saw grey images, or few colours
        pattern = prediction.pattern(self.query.neuron, weights).mean(axis=2)
        strongest = np.argsort(-np.sqrt((weights ** 2).sum(axis=(1, 2))))[:6]
        left = FIELDS[1]
        for title, picture in ((f'where in {prediction.layer} its weights lie', _heat(where)),
                               ('in the image: lighter drives it', _signed(pattern)),
                               ('that place in its best image', _signed_over(prediction, pattern, int(self.order[0])))):
            sheet[top + 18:top + 18 + FIELD, left:left + FIELD] = _fitted(picture)
            draw_frame(sheet, top + 18, left, FIELD, FIELD, 1, theme().faint)
            write(sheet, title, top, left, 13, theme().faint, width=FIELD + 16)
            left += FIELD + 18
        write(sheet, f'{prediction.network.name}: strongest channels ' + ', '.join(map(str, strongest)),
              top + FIELD + 20, FIELDS[1], 13, theme().faint)


class Plot:
    """A plot that is drawn onto a sheet pixel by pixel: matplotlib takes longer than a step may.

    Parameters
    ----------
    sheet : numpy.ndarray, uint8 (height, width, 3)
    place : tuple of int
        Top, left, width and height.
    x, y : tuple of float
        Limits.
    """

    def __init__(self, sheet: np.ndarray, place: tuple, x: tuple[float, float], y: tuple[float, float]):
        self.sheet, (self.top, self.left, self.width, self.height) = sheet, place
        (self._x0, self._x1), (self._y0, self._y1) = _widened(*x), _widened(*y)

    def axes(self, x: str, title: str) -> None:
        """Lines, limits and titles."""
        fill(self.sheet, self.top, self.left - 1, self.height, 1, theme().faint)
        fill(self.sheet, self.top + self.height, self.left, 1, self.width, theme().faint)
        write(self.sheet, title, self.top - 20, self.left, 14, theme().faint, width=self.width)
        for value in _ticks(self._y0, self._y1):
            row = int(self._row(value))
            fill(self.sheet, row, self.left - 5, 1, 5, theme().faint)
            write(self.sheet, f'{value + 0:.3g}', row - 8, self.left - 40, 13, theme().faint, width=34)
        if x:
            for value in _ticks(self._x0, self._x1):
                column = int(self._column(value))
                fill(self.sheet, self.top + self.height, column, 5, 1, theme().faint)
                write(self.sheet, f'{value:.3g}', self.top + self.height + 6, column - 10, 13, theme().faint)
            write(self.sheet, x, self.top + self.height + 22, self.left + self.width // 2 - 26, 14, theme().faint)

    def dots(self, x, y, colour: tuple[int, int, int], size: int) -> None:
        """Square dots of `size` pixels."""
        for column, row in zip(self._column(np.asarray(x, float)), self._row(np.asarray(y, float))):
            if np.isfinite(column + row):
                top, left = int(row) - size // 2, int(column) - size // 2
                inner = max(top, self.top), max(left, self.left)
                fill(self.sheet, *inner, top + size - inner[0], left + size - inner[1], colour)

    def bars(self, x, y: np.ndarray, errors: np.ndarray, colour: tuple[int, int, int]) -> None:
        """Dots with vertical error bars."""
        for column, low, high in zip(self._column(np.asarray(x, float)), self._row(y - errors), self._row(y + errors)):
            if np.isfinite(low + high):
                end = max(int(high), self.top)
                fill(self.sheet, end, int(column), int(low) + 1 - end, 1, [part * 2 // 3 for part in colour])
        self.dots(x, y, colour, 4)

    def vertical(self, x: float) -> None:
        for row in range(self.top, self.top + self.height, 2):
            fill(self.sheet, row, int(self._column(x)), 1, 1, theme().highlight)

    def diagonal(self) -> None:
        """Where x equals y."""
        for step in range(0, self.width, 3):
            fill(self.sheet, self.top + self.height - 1 - step * self.height // self.width, self.left + step, 1, 1,
                 theme().faint)

    def _column(self, x):
        return self.left + (x - self._x0) / (self._x1 - self._x0) * (self.width - 1)

    def _row(self, y):
        return self.top + (self._y1 - y) / (self._y1 - self._y0) * (self.height - 1)


def _colour(prediction: Prediction) -> tuple[int, int, int]:
    colour = model_style(prediction.network.identifier)[0]
    return tuple(int(colour[k:k + 2], 16) for k in (1, 3, 5))


def _rescaled(prediction: Prediction, neuron: int) -> np.ndarray:
    """Predictions around the neuron's mean response, (n_images,)."""
    return prediction.predicted[neuron] + np.nanmean(prediction.recording.averages[neuron])


def _widened(low: float, high: float) -> tuple[float, float]:
    room = (high - low) * .04 or 1.
    return low - room, high + room


def _ticks(low: float, high: float) -> list[float]:
    """Two or three round numbers between limits."""
    step = 10 ** np.floor(np.log10((high - low) / 2))
    step *= next(factor for factor in (10, 5, 2, 1) if factor * step <= (high - low) / 2 or factor == 1)
    return [round(value, 12) + 0. for value in np.arange(np.ceil(low / step) * step, high, step)]


def _heat(values: np.ndarray) -> np.ndarray:
    from matplotlib import colormaps
    return np.rint(255 * colormaps['magma'](values / (values.max() or 1))[..., :3]).astype(np.uint8)


def _signed(values: np.ndarray) -> np.ndarray:
    return np.rint(127.5 + 127.5 * values / (np.abs(values).max() or 1)).astype(np.uint8)


def _signed_over(prediction: Prediction, pattern: np.ndarray, image: int) -> np.ndarray:
    """An image, bright where the pattern has weight."""
    pixels = prediction.recording.images.square(image, pattern.shape[0]).astype(float)
    weight = np.abs(pattern)
    weight = np.asarray(Image.fromarray((weight / (weight.max() or 1)).astype(np.float32)).resize(
        pattern.shape[1::-1], Image.Resampling.BILINEAR))[..., None]
    return (pixels * (.25 + .75 * np.sqrt(weight))).astype(np.uint8)


def _fitted(picture: np.ndarray) -> np.ndarray:
    return np.asarray(Image.fromarray(picture).convert('RGB').resize((FIELD, FIELD), Image.Resampling.NEAREST))

