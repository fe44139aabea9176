"""A network that was fitted to the neurons of a mouse, run by NumPy: its prediction of their responses to an image."""
from functools import cached_property
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from PIL import Image

WEIGHTS = Path(__file__).parent / 'weights' / 'sensorium_twin.npz'  # MIT licence, beside it
HEIGHT, WIDTH = 36, 64  # pixels of its input
MEAN, SD = 113., 60.  # grey levels that it was trained to see as 0 and 1; estimated, see the README
_EPSILON = 1e-5  # of batch normalisation, torch's default


class Twin:
    r"""The convolutional model of Willeke et al. (2022) for session 26872-17-20 of Sensorium, with 600 of its neurons.

    A convolution of 9 x 9; three layers of a depth-wise convolution of 7 x 7 between two of 1 x 1; batch normalisation
    and ELU after each. A neuron reads the last layer at one place, bilinearly: its response is
    :math:`1 + \mathrm{ELU}(u \cdot y + b)`, in units of the standard deviation of its responses.

    In double precision, so that processors differ in the last bits of a double at most.

    Parameters
    ----------
    path : pathlib.Path
        Written by ``embed_twin.py``.

    Raises
    ------
    FileNotFoundError, ValueError
        If the weights are missing or damaged.
    """

    def __init__(self, path: Path = WEIGHTS):
        try:
            with np.load(path, allow_pickle=False) as file:
                self._weights = {name: file[name].astype(float) for name in file.files if file[name].dtype.kind == 'f'}
                self.units, self.positions = file['unit'], file['position'].astype(float)
        except FileNotFoundError:
            raise FileNotFoundError(f'The weights {path} are missing. They are part of brainscore-mouse: install it '
                                    'again.') from None
        except (BadZipFile, EOFError, KeyError, OSError, ValueError) as error:
            raise ValueError(f'The weights {path} are damaged ({error}). They are part of brainscore-mouse: install it '
                             'again.') from error

    def rates(self, images: np.ndarray) -> np.ndarray:
        """Predicted responses, (n_images, n_neurons), to uint8 images (n_images, HEIGHT, WIDTH)."""
        return np.stack([self._read(self.last_layer(image)) for image in images])

    def last_layer(self, image: np.ndarray) -> np.ndarray:
        """The last convolutional layer, (64 channels, 28, 56), for one uint8 image (HEIGHT, WIDTH)."""
        windows = np.lib.stride_tricks.sliding_window_view((image - MEAN) / SD, (9, 9))
        kernels = self._weights['core.features.layer0.conv.weight'][:, 0]
        values = self._normalised(0, np.tensordot(kernels, windows, axes=([1, 2], [2, 3])))
        for layer in range(1, 4):
            name = f'core.features.layer{layer}.ds_conv'
            values = _across_channels(self._weights[f'{name}.in_depth_conv.weight'], values)
            values = _within_channels(self._weights[f'{name}.spatial_conv.weight'], values)
            values = self._normalised(layer, _across_channels(self._weights[f'{name}.out_depth_conv.weight'], values))
        return values

    def _normalised(self, layer: int, values: np.ndarray) -> np.ndarray:
        mean, variance, weight, bias = (self._weights[f'core.features.layer{layer}.norm.{name}'][:, None, None]
                                        for name in ('running_mean', 'running_var', 'weight', 'bias'))
        return _elu((values - mean) / np.sqrt(variance + _EPSILON) * weight + bias)

    @cached_property
    def _corners(self) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Rows, columns and weights of the four places between which a neuron reads, each (n_neurons,)."""
        height, width = HEIGHT - 8, WIDTH - 8
        x, y = (self.positions.T + 1) / 2 * np.array([[width - 1], [height - 1]])
        left, top = np.clip(np.floor(x), 0, width - 2).astype(int), np.clip(np.floor(y), 0, height - 2).astype(int)
        return [(top + down, left + right, (y - top if down else 1 - y + top) * (x - left if right else 1 - x + left))
                for down in (0, 1) for right in (0, 1)]

    def _read(self, values: np.ndarray) -> np.ndarray:
        there = sum(values[:, rows, columns] * weight for rows, columns, weight in self._corners)
        return 1 + _elu((self._weights['feature'].T * there).sum(axis=0) + self._weights['bias'])


def as_input(image: Image.Image) -> np.ndarray:
    """An image as the twin sees it: grey, averaged over HEIGHT x WIDTH squares whatever its shape, uint8."""
    return np.asarray(image.convert('L').resize((WIDTH, HEIGHT), Image.Resampling.BOX))


def _across_channels(weight: np.ndarray, values: np.ndarray) -> np.ndarray:
    return np.tensordot(weight[:, :, 0, 0], values, axes=1)


def _within_channels(weight: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Each channel's convolution of 7 x 7, zeros around."""
    _, height, width = values.shape
    padded, total = np.pad(values, ((0, 0), (3, 3), (3, 3))), np.zeros_like(values)
    for row in range(7):
        for column in range(7):
            total += weight[:, :, row, column, None] * padded[:, row:row + height, column:column + width]
    return total


def _elu(values: np.ndarray) -> np.ndarray:
    return np.where(values > 0, values, np.expm1(np.minimum(values, 0)))
