"""Filters of different models that are alike: the nearest to a chosen one, and all of them matched one to one."""
from dataclasses import dataclass

import numpy as np


def similarity(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """How alike each filter of one model and each of another are: their largest correlation over all shifts.

    A convolution moves its filters over the whole image, so that one that lies elsewhere in its kernel answers alike,
    only in another place: kernels are taken for 0 outside, and shifted against each other, all channels together. The
    sign is left out: like a shift by half a period, it changes the phase of a pattern, not its orientation, frequency
    or axis of colour, and networks begin with either sign alike. (After the rectification a filter and its negative
    answer to opposite contrasts: where that matters, look at both.)

    Parameters
    ----------
    first : numpy.ndarray, (n, channels, height, width)
    second : numpy.ndarray, (m, channels, height', width')

    Returns
    -------
    numpy.ndarray, (n, m)
        From 0 to 1, which only filters reach that are the same but for shift, sign, scale and mean.

    Raises
    ------
    ValueError
        If they have different numbers of channels.
    """
    if first.shape[1] != second.shape[1]:
        raise ValueError(f'Filters of {first.shape[1]} and of {second.shape[1]} channels cannot be compared: choose '
                         'models that take images of the same number of channels.')
    from scipy import fft
    size = [fft.next_fast_len(a + b - 1, real=True) for a, b in zip(first.shape[2:], second.shape[2:])]
    one, other = (fft.rfft2(_unit(filters), size) for filters in (first, second))
    largest = np.empty((len(first), len(second)))
    for row, spectrum in zip(largest, one):  # all pairs at once would take gigabytes of a wide network
        row[:] = np.abs(fft.irfft2((spectrum.conj() * other).sum(axis=1), size)).max(axis=(1, 2))
    return largest


def nearest_filters(chosen: np.ndarray, filters: dict[str, np.ndarray]) -> dict[str, tuple[int, float]]:
    """The filter most like a chosen one in each model, by :func:`similarity`.

    Parameters
    ----------
    chosen : numpy.ndarray, (channels, k, k)
    filters : dict of str to numpy.ndarray, (n, channels, height, width)
        Models whose filters have other channels are left out.

    Returns
    -------
    dict of str to (int, float)
        Number of the filter, and how alike it is.
    """
    found = {}
    for name, weights in filters.items():
        if weights.shape[1] == chosen.shape[0]:
            alike = similarity(chosen[None], weights)[0]
            found[name] = int(alike.argmax()), float(alike.max())
    return found


@dataclass(frozen=True, eq=False)
class Matching:
    """The filters of several models, each beside those of the others that it is matched to.

    `orders` has each model's filters in the order of those of the first that they belong to, the others behind them;
    `partners` the number of each filter's partner in the first model, -1 where it has none; `alike` their similarity,
    NaN where there is none.
    """
    orders: dict[str, np.ndarray]
    partners: dict[str, np.ndarray]
    alike: dict[str, np.ndarray]

    def belonging(self, name: str, number: int) -> dict[str, int]:
        """The filters of all models that belong to filter `number` of one, itself included."""
        first = self.partners[name][number]
        if first < 0:
            return {name: number}
        found = {other: np.flatnonzero(partners == first) for other, partners in self.partners.items()}
        return {other: int(numbers[0]) for other, numbers in found.items() if len(numbers)}


def match_filters(filters: dict[str, np.ndarray]) -> Matching:
    """Match each model's filters one to one with those of the first, so that they are most alike in sum.

    Parameters
    ----------
    filters : dict of str to numpy.ndarray, (n, channels, height, width)
        Those whose filters have other channels than the first model's keep their order and have no partners.

    Returns
    -------
    Matching
        The first model's filters stand in the order of how alike they are to their partners, mean over models.
    """
    from scipy.optimize import linear_sum_assignment
    reference = next(iter(filters.values()), np.empty((0, 0, 0, 0)))
    partners, alike, shared = {}, {}, np.zeros(len(reference))
    for k, (name, weights) in enumerate(filters.items()):
        partners[name], alike[name] = np.full(len(weights), -1), np.full(len(weights), np.nan)
        if k == 0:
            partners[name], alike[name] = np.arange(len(weights)), np.ones(len(weights))
        elif weights.shape[1] == reference.shape[1]:
            pairs = similarity(reference, weights)
            theirs, own = linear_sum_assignment(pairs, maximize=True)
            partners[name][own], alike[name][own] = theirs, pairs[theirs, own]
            shared[theirs] += pairs[theirs, own]
    place = np.argsort(np.argsort(-shared, kind='stable'))
    orders = {name: np.argsort(np.where(own < 0, len(place), np.append(place, 0)[own]), kind='stable')
              for name, own in partners.items()}
    return Matching(orders, partners, alike)


def _unit(filters: np.ndarray) -> np.ndarray:
    """Filters (n, …) less their mean, of unit length; a constant filter is 0, and so is a weight that is no number."""
    rows = np.nan_to_num(filters.reshape(len(filters), -1).astype(float), posinf=0., neginf=0.)
    largest = np.abs(rows).max(axis=1, keepdims=True, initial=0)
    rows = rows - rows.mean(axis=1, keepdims=True)
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    kept = norms > 1e-9 * largest  # what rounding leaves is no pattern
    return np.divide(rows, norms, out=np.zeros_like(rows), where=kept).reshape(filters.shape)
