"""What the layers of a network do with a set of images: maps of one image, and a summary of all."""
import threading
from collections import OrderedDict

import numpy as np

from napari_viewer.core.images import Images
from napari_viewer.core.networks import Network
from study.norms import activation_norms

PERCENTILE = 99.5  # of a layer's values that is drawn brightest; its maximum would leave deep layers black
CALIBRATION = 16  # images, spread evenly over the set, that this is measured on
BATCH = 32
KEPT = 192 * 2**20  # bytes of maps of single images


class Features:
    """Feature maps of a network's layers for images, computed when they are wanted.

    Parameters
    ----------
    network : Network
    images : Images
    """

    def __init__(self, network: Network, images: Images):
        self.network, self.images = network, images
        self.means, self.norms = {}, {}  # of the images summarised so far
        self.skipped = {}  # number of an image -> why it has no features
        self.done = 0
        self._maps, self._size = OrderedDict(), 0
        self._lock = threading.Lock()
        self._calibration = None

    def maps(self, i: int) -> dict:
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

    def ceilings(self) -> dict:
        """Layer -> the value drawn brightest, the same for every image of the set."""
        return self._calibrated()[0]

    def channels(self) -> dict:
        """Layer -> number of its channels."""
        return self._calibrated()[1]

    def _calibrated(self) -> tuple:
        if self._calibration is None:
            numbers = np.unique(np.linspace(0, len(self.images) - 1, CALIBRATION).astype(int))
            pictures = [picture for picture in map(self._square, numbers) if picture is not None]
            if not pictures:
                raise ValueError(f'None of {len(numbers)} images of {self.images.name} can be read, among them: '
                                 f'{next(iter(self.skipped.values()))}')
            maps = self.network.maps(np.stack(pictures))
            self._calibration = ({layer: float(np.percentile(np.abs(values), PERCENTILE)) or 1.
                                  for layer, values in maps.items()},
                                 {layer: values.shape[1] for layer, values in maps.items()})
        return self._calibration

    def summarise(self):
        """Go through all images, yielding how many are done: fills `means` and `norms`.

        `means` is layer -> (images, channels), the mean over a map; `norms` layer -> (images,), the Euclidean norm of
        all of a layer's activations. Images that cannot be read are NaN and noted in `skipped`. Starting again goes
        on where it was stopped.
        """
        while self.done < len(self.images):
            numbers = np.arange(self.done, min(self.done + BATCH, len(self.images)))
            pictures = [self._square(i) for i in numbers]
            whole = np.array([picture is not None for picture in pictures])
            if whole.any():
                maps = self.network.maps(np.stack([picture for picture in pictures if picture is not None]))
                for layer, values in maps.items():
                    self._table(self.means, layer, values.shape[1])[numbers[whole]] = values.mean(axis=(2, 3))
                norms = activation_norms({self.network.name: {layer: values.reshape(len(values), -1)
                                                              for layer, values in maps.items()}})
                for layer, of_layer in norms.groupby('layer', sort=False):
                    self._table(self.norms, layer)[numbers[whole]] = of_layer.norm
            self.done = int(numbers[-1]) + 1
            yield self.done

    def top_channels(self, i: int, layer: str, n: int = 10) -> np.ndarray:
        """The channels that answer most to image i, by the mean of their map, strongest first."""
        return np.argsort(-self.maps(i)[layer].astype(np.float32).mean(axis=(1, 2)), kind='stable')[:n]

    def top_images(self, layer: str, channel: int, n: int = 12) -> np.ndarray:
        """The images, of those summarised, that a channel answers most to, strongest first."""
        if layer not in self.means:
            return np.array([], int)
        answers = self.means[layer][:self.done, channel]
        order = np.argsort(-answers, kind='stable')
        return order[np.isfinite(answers[order])][:n]

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
