"""Sheets of feature maps for napari's sliders, drawn in a background thread when napari looks at them."""
import textwrap
from collections.abc import Callable

import numpy as np
import pandas as pd
from qtpy.QtCore import QObject

from napari_viewer.core.feature_maps import FeatureMaps
from napari_viewer.core.map_sheet import SIZE, MapOptions, MapSheet, placeholder
from napari_viewer.core.sheet_stack import SheetStack
from napari_viewer.widgets.main_thread import background_cache


class MapStack:
    """A sheet for each model and image, and the tiles on it.

    Parameters
    ----------
    on_ready : callable
        Called in the main thread with (options, model, image) when a sheet is drawn that napari did not wait for.
    parent : QObject
    """

    def __init__(self, on_ready: Callable[[tuple], None], parent: QObject):
        self.sheet, self.options = MapSheet([]), MapOptions()
        self._layout = None
        self._last = placeholder('Computing …')
        self._cache = background_cache(self._draw, on_ready, parent)
        self.close = self._cache.close

    def set_features(self, features: list[FeatureMaps]) -> None:
        """Draw these models' features from now on."""
        self.sheet = MapSheet(features)
        self._cache.forget()

    def data(self) -> SheetStack:
        """All sheets as one array, (models, images, height, width, 3)."""
        features = self.sheet.features
        return SheetStack(len(features), len(features[0].images), SIZE, self.draw)

    def draw(self, model: int, image: int) -> np.ndarray:
        """The sheet of a model and an image, uint8 (height, width, 3); the one before until it is drawn."""
        drawn = self._cache.get((self.options, model, image))
        if drawn is not None:
            self._last = drawn
        return self._last

    def is_drawn(self, model: int, image: int) -> bool:
        """Whether a sheet is drawn with the options of now."""
        return self._cache.has((self.options, model, image))

    def tiles(self, model: int) -> tuple[np.ndarray, pd.DataFrame]:
        """Numbers of the tiles on a model's sheets, (height, width), and a table of what they are."""
        self._layout = self.sheet.layout(self.options, model)
        return self.sheet.labels(self.options, model)

    def moves_tiles(self, model: int) -> bool:
        """Whether the tiles of a model lie elsewhere than those that :meth:`tiles` returned last."""
        return self.sheet.layout(self.options, model) != self._layout

    def _draw(self, key: tuple[MapOptions, int, int]) -> np.ndarray:
        options, model, image = key
        try:
            return self.sheet.draw(options, model, image)
        except ValueError as error:  # an image that cannot be read: the others are still drawn
            return placeholder('\n'.join(textwrap.wrap(str(error), 90)))
