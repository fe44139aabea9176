"""The feature maps of an image in a layer, or in all layers, as one sheet."""
import functools
from dataclasses import dataclass

import numpy as np
import pandas as pd
from PIL import Image

from napari_viewer.core.feature_maps import CALIBRATION, PERCENTILE, FeatureMaps
from napari_viewer.core.sheet_drawing import blank_sheet, draw_frame, message_sheet, write
from napari_viewer.core.theme import theme
from napari_viewer.core.tile_grid import TileGrid, enlarge, fit_tile, square_columns

SIZE = (820, 960)  # px
INPUT = 196  # px, width of the image and of the map drawn onto it
LEFT, TOP, MARGIN, CAPTION = 12, 12, 12, 22
HALF = (SIZE[0] - TOP) // 2  # height of each of two models
ALL_LAYERS = 'all layers'
MOST_LAYERS = 6  # drawn at once
COLOURMAPS = ('magma', 'viridis', 'grey')


@dataclass(frozen=True)
class MapOptions:
    """Which of an image's feature maps are drawn, and how.

    `layer` is a name or 'all layers'; `on_image` draws each map over the image; `compared` is the number of a second
    model beside the first, or None; `chosen` is (layer, channel); `top` frames the channels
    that respond most to the image, where one layer is shown.
    """
    layer: str = ALL_LAYERS
    colourmap: str = 'magma'
    on_image: bool = False
    compared: int | None = None
    chosen: tuple[str, int] | None = None
    top: bool = True


class MapSheet:
    """Draws sheets of feature maps.

    Parameters
    ----------
    features : list of FeatureMaps
        One a model, all of the same images.
    """

    def __init__(self, features: list[FeatureMaps]):
        self.features = features

    def draw(self, options: MapOptions, model: int, image: int) -> np.ndarray:
        """The sheet of a model and an image, uint8 (height, width, 3)."""
        sheet = blank_sheet(SIZE)
        shown = self.features[model]
        own = shown.images.read(image)
        pixels = _square(own, INPUT)
        sheet[TOP + CAPTION:TOP + CAPTION + INPUT, LEFT:LEFT + INPUT] = pixels
        class_name = shown.images.class_name(image)
        write(sheet, f'image {image}' + (f'  {class_name}' if class_name else ''), TOP - 2, LEFT, 15, width=INPUT)
        if own.shape[0] != own.shape[1]:
            write(sheet, f'{own.shape[1]} x {own.shape[0]} pixels, squeezed as models see it',
                  TOP + CAPTION + INPUT + 2, LEFT, 13, theme().faint, width=INPUT)
        for k, number in enumerate(self._models(options, model)):
            write(sheet, self.features[number].network.name, TOP - 2 + k * HALF, LEFT + INPUT + MARGIN, 16)
        for number, place in self.layout(options, model):
            self._draw_layer(sheet, options, number, image, pixels, *place)
        self._draw_chosen(sheet, options, model, image, pixels)
        legend = [f'Brightest: {PERCENTILE:g}th percentile', f'of the layer over {CALIBRATION} images.']
        if options.top and options.layer != ALL_LAYERS:
            legend += ['Blue frames: the ten channels', 'with the highest mean here.']
        for line, text in enumerate(legend):
            write(sheet, text, SIZE[0] - 18 * (len(legend) - line) - 4, LEFT, 14, theme().faint, width=INPUT)
        return sheet

    def layout(self, options: MapOptions, model: int) -> list[tuple[int, tuple[str, TileGrid]]]:
        """Model and (layer, grid of its maps) of everything drawn beside the image."""
        models = self._models(options, model)
        left, places = LEFT + INPUT + MARGIN, []
        height = HALF if len(models) == 2 else SIZE[0] - TOP
        for k, number in enumerate(models):
            layers = self._layers(number, options.layer)
            across = 1 if len(layers) == 1 else 3 if len(models) == 2 else 2
            down = -(-len(layers) // across)
            room = (SIZE[1] - left) // across - MARGIN, (height - CAPTION) // down - CAPTION - MARGIN
            for j, (layer, channels) in enumerate(layers.items()):
                columns = square_columns(channels)
                if room[0] > 1.5 * room[1]:
                    columns = int(np.ceil(np.sqrt(channels * room[0] / room[1])))
                tile = fit_tile(channels, columns, room[1], room[0], gap=1 if channels > 100 else 2)
                grid = TileGrid(channels, tile, columns, gap=1 if channels > 100 else 2,
                                top=TOP + k * height + 2 * CAPTION + j // across * (room[1] + CAPTION + MARGIN),
                                left=left + j % across * (room[0] + MARGIN))
                places.append((number, (layer, grid)))
        return places

    def labels(self, options: MapOptions, model: int) -> tuple[np.ndarray, pd.DataFrame]:
        """Numbers of the tiles, uint16 (height, width), 0 between them, and a table of what they are."""
        labels = np.zeros(SIZE, np.uint16)
        tables, first = [], 1
        for number, (layer, grid) in self.layout(options, model):
            grid.number(labels, first)
            tables.append(pd.DataFrame({'index': np.arange(first, first + grid.n), 'channel': np.arange(grid.n),
                                        'layer': layer, 'model': self.features[number].network.name}))
            first += grid.n
        return labels, pd.concat(tables, ignore_index=True)

    @staticmethod
    def _models(options: MapOptions, model: int) -> list[int]:
        return [model] if options.compared in (None, model) else [model, options.compared]

    def _layers(self, model: int, wanted: str) -> dict[str, int]:
        channels = self.features[model].channels()
        if wanted in channels:
            return {wanted: channels[wanted]}
        chosen = np.unique(np.linspace(0, len(channels) - 1, MOST_LAYERS).round().astype(int))
        return {layer: channels[layer] for k, layer in enumerate(channels) if k in chosen}

    def _draw_layer(self, sheet, options: MapOptions, model: int, image: int, pixels, layer: str,
                    grid: TileGrid) -> None:
        features = self.features[model]
        maps, ceiling = features.maps(image)[layer].astype(np.float32), features.ceilings()[layer]
        levels = np.clip(np.nan_to_num(maps, posinf=ceiling) * (255 / ceiling), 0, 255).astype(np.uint8)
        tiles = _colours(options.colourmap)[enlarge(levels, grid.tile)]
        if options.on_image:
            small = _square(pixels, grid.tile).mean(axis=2, keepdims=True).astype(np.uint8)
            tiles = (tiles // 3 * 2 + small // 3).astype(np.uint8)
        grid.draw(sheet, tiles)
        height, width = maps.shape[1:]
        text = f'{layer}: {len(maps)} maps of {width} x {height}, brightest {ceiling:.3g}'
        write(sheet, text, grid.top - CAPTION + 3, grid.left, 14, theme().faint, width=max(grid.width, 200))
        if options.top and options.layer != ALL_LAYERS:
            for channel in features.top_channels(image, layer):
                grid.frame(sheet, channel, theme().second)
        if options.chosen is not None and options.chosen[0] == layer and options.chosen[1] < grid.n:
            grid.frame(sheet, options.chosen[1], theme().highlight)

    def _draw_chosen(self, sheet, options: MapOptions, model: int, image: int, pixels) -> None:
        top = TOP + 2 * CAPTION + INPUT + MARGIN
        if options.chosen is None or options.chosen[0] not in self.features[model].channels():
            write(sheet, 'Click a map to see it on the image.', top - CAPTION + 4, LEFT, 13, theme().faint, width=INPUT)
            return
        layer, channel = options.chosen
        for number in self._models(options, model):
            features = self.features[number]
            if layer not in self.features[number].channels() or channel >= self.features[number].channels()[layer]:
                continue
            values = features.maps(image)[layer][channel].astype(np.float32)
            sheet[top:top + INPUT, LEFT:LEFT + INPUT] = overlay(pixels, values, features.ceilings()[layer],
                                                               options.colourmap)
            draw_frame(sheet, top, LEFT, INPUT, INPUT, 2, theme().highlight)
            write(sheet, f'{layer} channel {channel}  {features.network.name}', top - CAPTION + 2, LEFT, 13,
                  theme().highlight, width=INPUT)
            write(sheet, f'mean {values.mean():.3g}, max {values.max():.3g}', top + INPUT + 4, LEFT, 14, theme().faint)
            top += INPUT + 2 * CAPTION + MARGIN


def overlay(pixels: np.ndarray, values: np.ndarray, ceiling: float, colourmap: str) -> np.ndarray:
    """A map, interpolated to the size of its image, over the image in grey; uint8 (size, size, 3)."""
    size = pixels.shape[0]
    level = np.clip(np.nan_to_num(values, posinf=ceiling) / ceiling, 0, 1).astype(np.float32)
    smooth = np.asarray(Image.fromarray(level).resize((size, size), Image.Resampling.BILINEAR))
    grey = pixels.mean(axis=2, keepdims=True) * .8
    weight = .25 + .65 * smooth[..., None]
    return (grey * (1 - weight) + _colours(colourmap)[(smooth * 255).astype(np.uint8)] * weight).astype(np.uint8)


def placeholder(text: str) -> np.ndarray:
    """A sheet of the same size with nothing but text."""
    return message_sheet(text, SIZE)


@functools.cache
def _colours(name: str) -> np.ndarray:
    """Colour map as a table, uint8 (256, 3)."""
    if name == 'grey':
        return np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    from matplotlib import colormaps
    return np.rint(colormaps[name](np.arange(256))[:, :3] * 255).astype(np.uint8)


def _square(pixels: np.ndarray, size: int) -> np.ndarray:
    smoother = Image.Resampling.NEAREST if size % pixels.shape[0] == 0 else Image.Resampling.BILINEAR
    return np.asarray(Image.fromarray(pixels).resize((size, size), smoother))
