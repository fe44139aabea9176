"""How well other animals' neurons predict an animal's: functions of arrays."""
import numpy as np
from brainscore_vision.metrics.mouse_metrics.averages import nanmean
from brainscore_vision.metrics.mouse_metrics.halvings import half_means, trial_halves
from brainscore_vision.metrics.mouse_metrics.noise_correction import neuron_ratios
from brainscore_vision.metrics.noise_corrected_pls.predictivity import Predictivity
from brainscore_vision.metrics.noise_corrected_pls.protocol import Splits, image_splits
from threadpoolctl import threadpool_limits


def consistency(responses: np.ndarray, animals: np.ndarray, protocol: Splits, z_scored: bool,
                sources: np.ndarray | None = None) -> Predictivity:
    r"""Predictivity of each animal's neurons from those of all others, pooled.

    As for a model's features (:func:`~brainscore_vision.metrics.noise_corrected_pls.predictivity.predictivity`), but
    features are noisy, too: the mapping that is fitted to the first half of an animal's trials has the first half of
    the others' for features, and :math:`\mathrm{Corr}(M(x_1; s_1), M(x_2; s_2))` corrects for the noise of both (Nayebi
    et al. 2023, PLoS Comput Biol 19(10):e1011506). It grows with the number of animals.

    Parameters
    ----------
    responses : numpy.ndarray, shape (n_images, n_trials, n_neurons)
        Of animals that saw the same images; NaN where a trial is missing. A neuron of which an image has no trial in a
        half is left out of that halving.
    animals : numpy.ndarray, shape (n_neurons,)
        Whose neuron each is.
    protocol : Splits
        Splits of images and trials, and what is fitted.
    z_scored : bool
        Whether source neurons have unit variance over the images; otherwise they count by their variance.
    sources : numpy.ndarray, shape (n_images,), optional
        What each image was made of: no split has images of one source on both sides.

    Returns
    -------
    Predictivity

    Raises
    ------
    ValueError
        If there are fewer than two animals, or too few images or trials.
    """
    n_images, n_trials, n_neurons = responses.shape
    names = list(dict.fromkeys(animals))
    if len(names) < 2 or n_trials < 2 or n_images < 2 * protocol.least_images:
        raise ValueError(f'{len(names)} animal(s), {n_images} images x {n_trials} trials: inter-animal consistency '
                         f'by a {protocol.regression} needs 2 animals that saw the same {2 * protocol.least_images} '
                         'images, twice each.')
    splits = image_splits(n_images, protocol.image_splits, protocol.seed, sources)
    halvings = trial_halves(n_trials, protocol.trial_halves, protocol.seed)
    raw, mapping, internal = np.full((3, len(splits), len(halvings), n_neurons), np.nan)
    with threadpool_limits(1):
        for number, first in enumerate(halvings):
            halves = half_means(responses, np.stack([first, ~first]))
            complete = np.isfinite(halves).all(axis=(0, 1))
            features = _z_scored(halves) if z_scored else halves
            for name in names:
                target, others = complete & (animals == name), complete & (animals != name)
                if not (target.any() and others.any()):
                    continue
                for split, (train, test) in enumerate(splits):
                    predicted = [protocol.mapping(source[train][:, others], source[test][:, others])(
                        [half[train][:, target]])[0] for source, half in zip(features, halves)]
                    measured = [half[test][:, target] for half in halves]
                    at = split, number, target
                    raw[at] = (_correlations(predicted[0], measured[1]) + _correlations(predicted[1], measured[0])) / 2
                    mapping[at], internal[at] = _correlations(*predicted), _correlations(*measured)
    published = neuron_ratios(raw, *(2 * values / (1 + values) for values in (mapping, internal)))
    return Predictivity(*(nanmean(values, axis=1) for values in (raw, mapping, internal, published)))


def _z_scored(halves: np.ndarray) -> np.ndarray:
    """Unit variance over images, (n_halves, n_images, n_neurons); constant neurons as they are."""
    spread = halves.std(axis=1, keepdims=True)
    return halves / np.where(spread > 0, spread, 1)


def _correlations(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    a, b = (values - values.mean(axis=0) for values in (a, b))
    scale = np.sqrt((a ** 2).sum(axis=0) * (b ** 2).sum(axis=0))
    return np.divide((a * b).sum(axis=0), scale, out=np.full(scale.shape, np.nan), where=scale > 0)
