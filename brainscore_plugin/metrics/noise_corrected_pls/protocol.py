"""How images and trials are split for a predictivity, and what is fitted."""
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from brainscore_vision.metrics.mouse_metrics.halvings import EVEN_ODD
from brainscore_vision.metrics.mouse_metrics.sources import source_groups

from . import pls

Mapping = Callable[[list[np.ndarray]], list[np.ndarray]]  # responses of training images -> predictions for test images


@dataclass(frozen=True)
class Splits:
    """How images and trials are split; a subclass says what is fitted.

    Parameters
    ----------
    image_splits : int
        Random halvings of the images into training and test images.
    trial_halves : int or 'even_odd'
        Random halvings of the trials, or the one into even and odd trials.
    seed : int
        Seed of both kinds of halvings.
    """
    image_splits: int = 10
    trial_halves: int | str = 100
    seed: int = 0

    @property
    def n_halvings(self) -> int:
        """How many halvings of the trials there are."""
        return 1 if self.trial_halves == EVEN_ODD else self.trial_halves

    @property
    def regression(self) -> str:
        """What is fitted, in words."""
        raise NotImplementedError

    @property
    def least_images(self) -> int:
        """How many training images it needs at least."""
        raise NotImplementedError

    def mapping(self, train: np.ndarray, test: np.ndarray) -> Mapping:
        """What fits features of training images, (n_train, n_features), to responses and predicts test images.

        Returns
        -------
        callable
            List of responses (n_train, n_i) -> list of predictions (n_test, n_i): what fits share is computed once.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class Protocol(Splits):
    """Splits for a PLS regression.

    Parameters
    ----------
    image_splits, trial_halves, seed
        As of :class:`Splits`.
    n_components : int
        Components of the PLS regression; fewer where there are fewer features.
    scale : bool
        Whether features and responses are scaled to unit variance before the fit.
    """
    n_components: int = 25
    scale: bool = False

    @property
    def regression(self) -> str:
        return f'PLS regression of {self.n_components} components'

    @property
    def least_images(self) -> int:
        return self.n_components + 1

    def mapping(self, train: np.ndarray, test: np.ndarray) -> Mapping:
        """PLS; see :meth:`Splits.mapping`."""
        n_components = min(self.n_components, train.shape[1])
        rotation = pls.rotate(train, test, scale=self.scale)
        return lambda responses: pls.predict_many(rotation, responses, n_components)


PROTOCOLS = {
    # Nayebi et al. 2023, PLoS Comput Biol 19(10):e1011506
    'nayebi2023': Protocol(),
    # Prasad, Manor & Pereira 2022: 100 splits of the images, the trials halved as in their released code
    'paper': Protocol(image_splits=100, trial_halves=EVEN_ODD),
    # the same as that code runs it: scikit-learn scales unless told otherwise
    'released_code': Protocol(image_splits=100, trial_halves=EVEN_ODD, scale=True),
    # the average over trial halves cut short: enough for a look
    'quick': Protocol(trial_halves=5),
}


def find_protocol(protocol: str | Splits, protocols: dict = PROTOCOLS) -> Splits:
    """The protocol of a name; one that is a protocol already is returned as it is.

    Raises
    ------
    ValueError
        If there is no protocol of that name.
    """
    if isinstance(protocol, str):
        if protocol not in protocols:
            raise ValueError(f"Unknown protocol '{protocol}': choose one of {', '.join(protocols)}.")
        return protocols[protocol]
    return protocol


def image_splits(n_images: int, n_splits: int, seed: int,
                 sources: np.ndarray | None = None) -> list[tuple[np.ndarray, np.ndarray]]:
    """Random halvings of the images: pairs of index arrays (train, test); the odd image goes to the test half.

    Parameters
    ----------
    n_images, n_splits, seed : int
    sources : numpy.ndarray, shape (n_images,), optional
        What each image was made of. Images of one source are on the same side; the training half is then filled source
        by source, in random order, as far as each fits.

    Raises
    ------
    ValueError
        If all images are of one source.
    """
    rng = np.random.default_rng([seed, 0])
    groups = source_groups(n_images, sources)
    if len(groups) < 2:
        raise ValueError(f'{n_images} image(s) of one source cannot be divided into training and test images: give '
                         'images of several sources.')
    return [_halved([groups[group] for group in rng.permutation(len(groups))], n_images // 2)
            for _ in range(n_splits)]


def _halved(groups: list[np.ndarray], room: int) -> tuple[np.ndarray, np.ndarray]:
    train, test = [], []
    for group in groups:
        fits = len(group) <= room
        (train if fits else test).append(group)
        room -= len(group) * fits
    return tuple(np.concatenate(side) if side else np.array([], int) for side in (train, test))
