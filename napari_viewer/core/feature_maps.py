"""How the layers of a network respond to a set of images: maps of one image, and a summary of all."""
import threading
from collections import OrderedDict
from collections.abc import Iterator

import numpy as np

from napari_viewer.core.image_sets import ImageSet
from napari_viewer.core.networks import Network
from study.norms import activation_norms

PERCENTILE = 99.5  # of a layer's values that is drawn brightest; its maximum would leave deep layers black
CALIBRATION = 16  # images, spread evenly over the set, that this is measured on
BATCH = 32
KEPT = 192 * 2**20  # bytes of maps of single images, in memory


class FeatureMaps:
    """Feature maps of a network's layers for a set of images, computed when they are asked for.

    Parameters
    ----------
    network : Network
    images : ImageSet
    """

    def __init__(self, network: Network, images: ImageSet):
        self.network, self.images = network, images
        self.means, self.norms = {}, {}  # of the images summarised so far
        self.skipped = {}  # number of an image -> why it has no features
        self.done = 0
        self._maps, self._size = OrderedDict(), 0
        self._lock = threading.Lock()
        self._calibration = None

    def maps(self, i: int) -> dict[str, np.ndarray]:
        """Layer -> maps (channels, height, width) of image i, float16."""
        with self._lock:
            if i in self._maps:
                self._maps.move_to_end(i)
                return self._maps[i]
        image = self.images.square(i, self.network.input_size)
        maps = {layer: values[0].astype(np.float16) for layer, values in self.network.maps(image[None]).items()}
        with self._lock:
            self._maps[i] = maps
            size = sum(values.nbytes for values in maps.values())
            while len(self._maps) > max(KEPT // size, 1):
                self._maps.popitem(last=False)
        return maps

    def ceilings(self) -> dict[str, float]:
        """Layer -> the value drawn brightest, the same for every image of the set."""
        return self._calibrated()[0]

    def channels(self) -> dict[str, int]:
        """Layer -> number of its channels."""
        return self._calibrated()[1]

    def _calibrated(self) -> tuple[dict[str, float], dict[str, int]]:
        if self._calibration is None:
            numbers = np.unique(np.linspace(0, len(self.images) - 1, CALIBRATION).astype(int))
            readable = [image for image in map(self._square, numbers) if image is not None]
            if not readable:
                raise ValueError(f'None of {len(numbers)} images of {self.images.name} that were tried can be read. '
                                 f'The first: {next(iter(self.skipped.values()))}')
            maps = self.network.maps(np.stack(readable))
            self._calibration = ({layer: _brightest(values)
                                  for layer, values in maps.items()},
                                 {layer: values.shape[1] for layer, values in maps.items()})
        return self._calibration

    def summarise(self) -> Iterator[int]:
        """Go through all images, yielding how many are done: fills `means` and `norms`.

        `means` is layer -> (images, channels), the mean over a map; `norms` layer -> (images,), the Euclidean norm of
        all of a layer's activations. Images that cannot be read are NaN and noted in `skipped`. A summary
        that was stopped continues where it left off.
        """
        while self.done < len(self.images):
            numbers = np.arange(self.done, min(self.done + BATCH, len(self.images)))
            images = [self._square(i) for i in numbers]
            readable = np.array([image is not None for image in images])
            if readable.any():
                maps = self.network.maps(np.stack([image for image in images if image is not None]))
                for layer, values in maps.items():
                    self._table(self.means, layer, values.shape[1])[numbers[readable]] = values.mean(axis=(2, 3))
                norms = activation_norms({self.network.name: {layer: values.reshape(len(values), -1)
                                                              for layer, values in maps.items()}})
                for layer, of_layer in norms.groupby('layer', sort=False):
                    self._table(self.norms, layer)[numbers[readable]] = of_layer.norm
            self.done = int(numbers[-1]) + 1
            yield self.done

    def top_channels(self, i: int, layer: str, n: int = 10) -> np.ndarray:
        """The channels that respond most to image i, by the mean of their map, strongest first."""
        return np.argsort(-self.maps(i)[layer].astype(np.float32).mean(axis=(1, 2)), kind='stable')[:n]

    def top_images(self, layer: str, channel: int, n: int = 12) -> np.ndarray:
        """The images, of those summarised, that a channel responds most to, strongest first."""
        if layer not in self.means:
            return np.array([], int)
        means = self.means[layer][:self.done, channel]
        order = np.argsort(-means, kind='stable')
        return order[np.isfinite(means[order])][:n]

    def _table(self, tables: dict, layer: str, *columns: int) -> np.ndarray:
        if layer not in tables:
            tables[layer] = np.full((len(self.images), *columns), np.nan, np.float32)
        return tables[layer]

    def _square(self, i: int) -> np.ndarray | None:
        try:
            return self.images.square(i, self.network.input_size)
        except ValueError as error:
            self.skipped[int(i)] = str(error)
            return None


def _brightest(values: np.ndarray) -> float:
    """The value of a layer that is drawn brightest; values that are not finite, of a broken unit, do not count."""
    finite = np.abs(values[np.isfinite(values)])
    return (float(np.percentile(finite, PERCENTILE)) if finite.size else 0) or 1.
