"""Ridge regression with a penalty for each neuron, chosen inside the training images."""
from dataclasses import dataclass

import numpy as np
from brainscore_vision.metrics.noise_corrected_pls.pls import rotate
from brainscore_vision.metrics.noise_corrected_pls.protocol import Mapping, Splits
from sklearn.linear_model import RidgeCV

# In units of the features' mean variance per image (the mean eigenvalue of their Gram matrix): the least all but
# interpolates, the greatest all but predicts the mean.
PENALTIES = np.logspace(-4, 4, 17)
LEAST_IMAGES = 8  # to choose a penalty among


@dataclass(frozen=True)
class RidgeProtocol(Splits):
    """Splits for a ridge regression.

    Each neuron's penalty is the one of :data:`PENALTIES` that predicts every training image best from the others, by
    the closed form of leave-one-out (Hoerl & Kennard 1970, Technometrics 12:55; Golub, Heath & Wahba 1979,
    Technometrics 21:215), as himalaya chooses it (Dupre la Tour et al. 2022, NeuroImage 264:119728): scikit-learn's
    `RidgeCV`. All neurons, animals and halves of the trials are fitted in one call, because they share the features of
    the training images, of which only coordinates along their principal components are kept, which changes no
    prediction. Its parameters are those of :class:`~brainscore_vision.metrics.noise_corrected_pls.protocol.Splits`.
    """

    @property
    def regression(self) -> str:
        return 'ridge regression'

    @property
    def least_images(self) -> int:
        return LEAST_IMAGES

    def mapping(self, train: np.ndarray, test: np.ndarray) -> Mapping:
        """Ridge; see :meth:`Splits.mapping`."""
        rotation = rotate(train, test)
        components = rotation.train if rotation.basis is None else rotation.basis @ rotation.train
        scale = (components ** 2).sum() / len(components) or 1.  # 0 where all features are constant
        return lambda responses: _predict_many(components, rotation.test, PENALTIES * scale, responses)


def _predict_many(train: np.ndarray, test: np.ndarray, penalties: np.ndarray,
                  responses: list[np.ndarray]) -> list[np.ndarray]:
    ends = np.cumsum([values.shape[1] for values in responses])[:-1]
    if train.shape[1] == 0:  # constant features tell nothing but the mean
        return [np.repeat(values.mean(axis=0)[None], len(test), axis=0) for values in responses]
    together = np.concatenate(responses, axis=1)
    fitted = RidgeCV(penalties, alpha_per_target=True).fit(train, together)
    return np.split(fitted.predict(test).reshape(len(test), -1), ends, axis=1)


PROTOCOLS = {
    'standard': RidgeProtocol(trial_halves=10),  # a tenth of the halvings of Nayebi et al. (2023): a fit takes longer
    'quick': RidgeProtocol(trial_halves=5),
}
