"""Sheets of feature maps, drawn in a background thread when they are looked at."""
import textwrap
from collections.abc import Callable

import numpy as np
import pandas as pd
from qtpy.QtCore import QObject

from napari_viewer.core.feature_maps import FeatureMaps
from napari_viewer.core.map_sheet import MapOptions, MapSheet, placeholder
from napari_viewer.widgets.main_thread import background_cache


class MapStack:
    """A sheet for each model and image, and the tiles on it.

    Parameters
    ----------
    on_ready : callable
        Called in the main thread when a sheet is drawn that :meth:`draw` did not wait for.
    parent : QObject
    """

    def __init__(self, on_ready: Callable[[], None], parent: QObject):
        self.sheet, self.options = MapSheet([]), MapOptions()
        self._layout = None
        self._last = placeholder('Computing …')
        self._cache = background_cache(_draw, lambda key: on_ready(), parent)
        self.close = self._cache.close

    def set_features(self, features: list[FeatureMaps]) -> None:
        """Draw these models' features from now on."""
        self.sheet = MapSheet(features)
        self._last = placeholder('Computing …')
        self._cache.forget()

    def draw(self, model: int, image: int) -> np.ndarray:
        """The sheet of a model and an image, uint8 (height, width, 3); the one before until it is drawn."""
        drawn = self._cache.get((self.sheet, self.options, model, image))
        if drawn is not None:
            self._last = drawn
        return self._last

    def is_drawn(self, model: int, image: int) -> bool:
        """Whether a sheet is drawn with the options of now."""
        return self._cache.has((self.sheet, self.options, model, image))

    def tiles(self, model: int) -> tuple[np.ndarray, pd.DataFrame]:
        """Numbers of the tiles on a model's sheets, (height, width), and a table of what they are."""
        self._layout = self.sheet, self.options, model
        return self.sheet.labels(self.options, model)

    def moves_tiles(self, model: int) -> bool:
        """Whether the tiles of a model are others than those that :meth:`tiles` returned last."""
        if self._layout is None or self._layout[0] is not self.sheet or self._layout[2] != model:
            return True
        return self.sheet.layout(self.options, model) != self.sheet.layout(*self._layout[1:])


def _draw(key: tuple[MapSheet, MapOptions, int, int]) -> np.ndarray:
    sheet, options, model, image = key
    try:
        return sheet.draw(options, model, image)
    except Exception as error:  # an image that cannot be read, a network that fails: others are still drawn
        return placeholder('\n'.join(textwrap.wrap(str(error), 90)))
