"""The maps of an image in a layer, or in all layers, as one picture."""
import functools
from dataclasses import dataclass

import numpy as np
import pandas as pd
from PIL import Image

from napari_viewer.core.mosaic import (
    BACKGROUND,
    FAINT,
    HIGHLIGHT,
    SECOND,
    Mosaic,
    enlarge,
    fit_cell,
    frame,
    message,
    square_columns,
    write,
)

SIZE = (820, 960)  # px
INPUT = 208  # px, width of the image and of the map drawn onto it
LEFT, TOP, MARGIN, CAPTION = 12, 12, 12, 22
HALF = (SIZE[0] - TOP) // 2  # height of each of two models
ALL_LAYERS = 'all layers'
MOST_LAYERS = 6  # drawn at once
COLOURMAPS = ('magma', 'viridis', 'grey')


@dataclass(frozen=True)
class View:
    """What of an image's features is drawn, and how.

    `layer` is a name or 'all layers'; `on_image` draws each map over the image; `compared` is the number of a second
    model beside the first, or None; `chosen` is (layer, channel).
    """
    layer: str = ALL_LAYERS
    colourmap: str = 'magma'
    on_image: bool = False
    compared: int | None = None
    chosen: tuple | None = None
    top: bool = True


class FeaturePanels:
    """Draws panels of features.

    Parameters
    ----------
    features : list of Features
        One a model, all of the same images.
    """

    def __init__(self, features: list):
        self.features = features

    def draw(self, view: View, model: int, image: int) -> np.ndarray:
        """Panel of a model and an image, uint8 (height, width, 3)."""
        panel = np.empty((*SIZE, 3), np.uint8)
        panel[:] = BACKGROUND
        shown = self.features[model]
        picture = _square(shown.images.read(image), INPUT)
        panel[TOP + CAPTION:TOP + CAPTION + INPUT, LEFT:LEFT + INPUT] = picture
        class_name = shown.images.class_name(image)
        write(panel, f'image {image}' + (f'  {class_name}' if class_name else ''), TOP - 2, LEFT, 15, width=INPUT)
        for k, number in enumerate(self._models(view, model)):
            write(panel, self.features[number].network.name, TOP - 2 + k * HALF, LEFT + INPUT + MARGIN, 16)
        for number, place in self.layout(view, model):
            self._draw_layer(panel, view, number, image, picture, *place)
        self._draw_chosen(panel, view, model, image, picture)
        return panel

    def layout(self, view: View, model: int) -> list:
        """Model and (layer, mosaic) of everything drawn beside the image."""
        models = self._models(view, model)
        left, places = LEFT + INPUT + MARGIN, []
        height = HALF if len(models) == 2 else SIZE[0] - TOP
        for k, number in enumerate(models):
            layers = self._layers(number, view.layer)
            across = 1 if len(layers) == 1 else 3 if len(models) == 2 else 2
            down = -(-len(layers) // across)
            room = (SIZE[1] - left) // across - MARGIN, (height - CAPTION) // down - CAPTION - MARGIN
            for j, (layer, channels) in enumerate(layers.items()):
                columns = square_columns(channels)
                if room[0] > 1.5 * room[1]:
                    columns = int(np.ceil(np.sqrt(channels * room[0] / room[1])))
                cell = fit_cell(channels, columns, room[1], room[0], gap=1 if channels > 100 else 2)
                mosaic = Mosaic(channels, cell, columns, gap=1 if channels > 100 else 2,
                                top=TOP + k * height + 2 * CAPTION + j // across * (room[1] + CAPTION + MARGIN),
                                left=left + j % across * (room[0] + MARGIN))
                places.append((number, (layer, mosaic)))
        return places

    def labels(self, view: View, model: int) -> tuple:
        """Numbers of the tiles, uint16 (height, width), 0 between them, and a table of what they are."""
        labels = np.zeros(SIZE, np.uint16)
        tables, first = [], 1
        for number, (layer, mosaic) in self.layout(view, model):
            mosaic.number(labels, first)
            tables.append(pd.DataFrame({'index': np.arange(first, first + mosaic.n), 'channel': np.arange(mosaic.n),
                                        'layer': layer, 'model': self.features[number].network.name}))
            first += mosaic.n
        return labels, pd.concat(tables, ignore_index=True)

    @staticmethod
    def _models(view: View, model: int) -> list:
        return [model] if view.compared in (None, model) else [model, view.compared]

    def _layers(self, model: int, wanted: str) -> dict:
        channels = self.features[model].channels()
        if wanted in channels:
            return {wanted: channels[wanted]}
        chosen = np.unique(np.linspace(0, len(channels) - 1, MOST_LAYERS).round().astype(int))
        return {layer: channels[layer] for k, layer in enumerate(channels) if k in chosen}

    def _draw_layer(self, panel, view: View, model: int, image: int, picture, layer: str, mosaic: Mosaic) -> None:
        features = self.features[model]
        maps, ceiling = features.maps(image)[layer].astype(np.float32), features.ceilings()[layer]
        levels = np.clip(maps * (255 / ceiling), 0, 255).astype(np.uint8)
        tiles = _colours(view.colourmap)[enlarge(levels, mosaic.cell)]
        if view.on_image:
            small = _square(picture, mosaic.cell).mean(axis=2, keepdims=True).astype(np.uint8)
            tiles = (tiles // 3 * 2 + small // 3).astype(np.uint8)
        mosaic.place(panel, tiles)
        height, width = maps.shape[1:]
        text = f'{layer}: {len(maps)} maps of {width} x {height}, brightest {ceiling:.3g}'
        write(panel, text, mosaic.top - CAPTION + 4, mosaic.left, 12, FAINT, width=max(mosaic.width, 200))
        if view.top and view.layer != ALL_LAYERS:
            for channel in features.top_channels(image, layer):
                mosaic.frame(panel, channel, SECOND)
        if view.chosen is not None and view.chosen[0] == layer and view.chosen[1] < mosaic.n:
            mosaic.frame(panel, view.chosen[1], HIGHLIGHT)

    def _draw_chosen(self, panel, view: View, model: int, image: int, picture) -> None:
        top = TOP + 2 * CAPTION + INPUT + MARGIN
        if view.chosen is None or view.chosen[0] not in self.features[model].channels():
            write(panel, 'Click a map to see it on the image.', top - CAPTION, LEFT, 13, FAINT, width=INPUT)
            return
        layer, channel = view.chosen
        for number in self._models(view, model):
            features = self.features[number]
            if layer not in self.features[number].channels() or channel >= self.features[number].channels()[layer]:
                continue
            values = features.maps(image)[layer][channel].astype(np.float32)
            panel[top:top + INPUT, LEFT:LEFT + INPUT] = overlay(picture, values, features.ceilings()[layer],
                                                               view.colourmap)
            frame(panel, top, LEFT, INPUT, INPUT, 2, HIGHLIGHT)
            write(panel, f'{layer} channel {channel}  {features.network.name}', top - CAPTION + 2, LEFT, 13,
                  HIGHLIGHT, width=INPUT)
            write(panel, f'mean {values.mean():.3g}, max {values.max():.3g}', top + INPUT + 4, LEFT, 12, FAINT)
            top += INPUT + 2 * CAPTION + MARGIN


def overlay(picture: np.ndarray, values: np.ndarray, ceiling: float, colourmap: str) -> np.ndarray:
    """A map, interpolated to the size of its image, over the image in grey; uint8 (size, size, 3)."""
    size = picture.shape[0]
    level = np.clip(values / ceiling, 0, 1).astype(np.float32)
    smooth = np.asarray(Image.fromarray(level).resize((size, size), Image.Resampling.BILINEAR))
    grey = picture.mean(axis=2, keepdims=True) * .8
    weight = .25 + .65 * smooth[..., None]
    return (grey * (1 - weight) + _colours(colourmap)[(smooth * 255).astype(np.uint8)] * weight).astype(np.uint8)


def placeholder(text: str) -> np.ndarray:
    """A panel of the usual size with nothing but text."""
    return message(text, SIZE)


@functools.cache
def _colours(name: str) -> np.ndarray:
    """Colour map as a table, uint8 (256, 3)."""
    if name == 'grey':
        return np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    from matplotlib import colormaps
    return np.rint(colormaps[name](np.arange(256))[:, :3] * 255).astype(np.uint8)


def _square(picture: np.ndarray, size: int) -> np.ndarray:
    smoother = Image.Resampling.NEAREST if size % picture.shape[0] == 0 else Image.Resampling.BILINEAR
    return np.asarray(Image.fromarray(picture).resize((size, size), smoother))
