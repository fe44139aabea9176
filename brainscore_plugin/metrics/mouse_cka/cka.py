"""Linear centred kernel alignment, debiased and corrected for noise: functions of arrays."""
from dataclasses import dataclass

import numpy as np
from brainscore_vision.metrics.mouse_metrics.halvings import half_means, positive, spearman_brown, trial_halves
from brainscore_vision.metrics.mouse_metrics.products import row_products


def gram(values: np.ndarray) -> np.ndarray:
    """Products of every two images (n_images, n_features), 0 on the diagonal: an image is not compared with itself."""
    products = row_products(np.asarray(values, dtype=float))
    np.fill_diagonal(products, 0)
    return products


def hsic(k: np.ndarray, m: np.ndarray) -> np.ndarray:
    r"""The unbiased Hilbert-Schmidt independence criterion of all images, then without each of them.

    .. math:: \frac{1}{n (n - 3)} \left(\mathrm{tr}(KM) + \frac{1'K1\;1'M1}{(n - 1)(n - 2)} -
              \frac{2}{n - 2} 1'KM1\right)

    for matrices without diagonals (Song et al. 2012, J Mach Learn Res 13:1393, eq. 5). It is 0 on average where
    features and responses have nothing to do with each other, however many they are.

    Parameters
    ----------
    k, m : numpy.ndarray, shape (n_images, n_images)
        From :func:`gram`, of at least five images.

    Returns
    -------
    numpy.ndarray, shape (1 + n_images,)
    """
    n = len(k)
    rows_k, rows_m = k.sum(axis=1), m.sum(axis=1)
    shared = (k * m).sum(axis=1)
    trace = shared.sum() - np.concatenate([[0], 2 * shared])
    sums = ((rows_k.sum() - np.concatenate([[0], 2 * rows_k])) * (rows_m.sum() - np.concatenate([[0], 2 * rows_m])))
    cross = rows_k @ rows_m - np.concatenate([[0], rows_k * rows_m + k @ rows_m + m @ rows_k - shared])
    left = np.concatenate([[n], np.full(n, n - 1)])
    return (trace + sums / ((left - 1) * (left - 2)) - 2 / (left - 2) * cross) / (left * (left - 3))


@dataclass(frozen=True)
class Alignment:
    """Criteria of features and one animal's responses, each of all images, then without each of them: (1 + n_images,).

    Attributes
    ----------
    cross : numpy.ndarray
        Of features and half of the trials, mean over halves.
    features, responses : numpy.ndarray
        Of the features with themselves; of one half of the trials with the other.
    half : numpy.ndarray
        Of half of the trials with itself, noise included, mean over halves.
    """
    cross: np.ndarray
    features: np.ndarray
    responses: np.ndarray
    half: np.ndarray

    def corrected(self) -> np.ndarray:
        """The alignment with the noise-free responses, (1 + n_images,); NaN where halves share nothing."""
        return self.cross / np.sqrt(positive(self.features) * positive(self.responses))

    def raw(self) -> float:
        """The alignment with half of the trials."""
        return float(self.cross[0] / np.sqrt(positive(self.features[0]) * positive(self.half[0])))

    def reliability(self) -> float:
        """The alignment of the responses with themselves, for all trials (Spearman-Brown)."""
        return float(spearman_brown(self.responses[:1] / self.half[:1])[0])

    def pseudovalues(self) -> np.ndarray:
        """What each image contributes, (n_images,): the jackknife's (Quenouille 1956, Biometrika 43:353)."""
        corrected = self.corrected()
        n = len(corrected) - 1
        return n * corrected[0] - (n - 1) * corrected[1:]


def alignment(features: np.ndarray, responses: np.ndarray, n_halvings: int, seed: int) -> Alignment:
    r"""Linear CKA of features and one animal's responses, corrected for the noise of the responses.

    With K the products of features and :math:`S_1, S_2` those of responses averaged over two halves of the trials,

    .. math:: \frac{\langle\mathrm{HSIC}(K, S_1) + \mathrm{HSIC}(K, S_2)\rangle / 2}
                   {\sqrt{\mathrm{HSIC}(K, K)\ \langle\mathrm{HSIC}(S_1, S_2)\rangle}}

    with averages over halvings (Kornblith et al. 2019, ICML; debiased as by Nguyen et al. 2021, ICLR, and Murphy et
    al. 2024, arXiv:2405.01012). Products of two different images hold no trial twice, so that noise which is
    independent over images and trials leaves their expectation as it is: every criterion is that of the noise-free
    responses.

    Parameters
    ----------
    features : numpy.ndarray, shape (n_images, n_features)
    responses : numpy.ndarray, shape (n_images, n_trials, n_neurons)
        NaN where a trial is missing. A neuron of which an image has no trial in a half is left out of that halving.
    n_halvings, seed : int
        Random halvings of the trials.

    Raises
    ------
    ValueError
        If there are fewer than five images or two trials, the rows do not fit, or features are not finite.
    """
    n_images, n_trials, _ = responses.shape
    if len(features) != n_images or n_images < 5 or n_trials < 2:
        raise ValueError(f'{len(features)} images in the features, {n_images} images x {n_trials} trials in the '
                         'responses: give one row an image, and at least 5 images x 2 trials.')
    if not np.isfinite(features).all():
        raise ValueError('The features are not finite.')
    of_features, criteria = gram(features - features.mean(axis=0)), []
    for first in trial_halves(n_trials, n_halvings, seed):
        halves = half_means(responses, np.stack([first, ~first]))
        halves = halves[:, :, np.isfinite(halves).all(axis=(0, 1))]
        s1, s2 = (gram(half - half.mean(axis=0)) for half in halves)
        criteria.append([(hsic(of_features, s1) + hsic(of_features, s2)) / 2, hsic(s1, s2),
                         np.sqrt(positive(hsic(s1, s1)) * positive(hsic(s2, s2)))])
    cross, shared, half = np.mean(criteria, axis=0)
    return Alignment(cross, hsic(of_features, of_features), shared, half)
