"""How alike a model's matrix and those of several recording sites of an area are: functions of arrays."""
import numpy as np
from brainscore_vision.metrics.mouse_metrics.correlation import correlation
from scipy.stats import rankdata


def site_similarities(model: np.ndarray, sites: np.ndarray, comparison: str,
                      image_weights: np.ndarray | None = None) -> np.ndarray:
    """Correlations of a model's matrix with the matrix of each site.

    Parameters
    ----------
    model : numpy.ndarray, shape (n_pairs,)
        Similarities of all pairs of images, the upper triangle row by row.
    sites : numpy.ndarray, shape (n_sites, n_pairs)
    comparison : 'pearson' or 'spearman'
        Correlation of similarities or of their ranks among all the images.
    image_weights : numpy.ndarray, shape (n_samples, n_images), optional
        How often each image counts in each of several samples; all once by default. A pair counts as often as the
        product of its images does; an image is not paired with itself. These are the bootstrap samples of conditions
        of Nili et al. (2014, PLoS Comput Biol 10:e1003553) and of rsatoolbox's ``bootstrap_sample_pattern``.

    Returns
    -------
    numpy.ndarray, shape (n_samples, n_sites)
        NaN where either is constant.
    """
    if comparison == 'spearman':
        model, sites = rankdata(model), rankdata(sites, axis=1)
    weights = np.ones((1, len(model)))
    if image_weights is not None:
        first, second = np.triu_indices(image_weights.shape[1], 1)
        weights = image_weights[:, first] * image_weights[:, second]
    return correlation(lambda values: weights @ values, np.broadcast_to(model[:, None], sites.T.shape), sites.T)


def area_similarity(similarities: np.ndarray, reliability: np.ndarray) -> np.ndarray:
    r"""One value for the sites of an area, free of their noise: :math:`\sum_s \sqrt{\rho_s} r_s / \sum_s \rho_s`.

    With :math:`r_s` the correlation with a site's matrix and :math:`\rho_s` the reliability of that matrix, no model
    can expect more than :math:`r_s = \sqrt{\rho_s}`, the site's ceiling, and :math:`c_s = r_s / \sqrt{\rho_s}` is free
    of the site's noise (Spearman 1904, Am J Psychol 15:72). All :math:`r_s` come from the same pairs of images and vary
    about alike from one sample of images to the next, so that the variance of :math:`c_s` goes as :math:`1 / \rho_s`:
    the mean of :math:`c_s` weighted by the inverse of it, that is by :math:`\rho_s`, is the value above. It is also
    the slope of the line through the origin that fits :math:`r_s` to the ceilings :math:`\sqrt{\rho_s}` by least
    squares. A plain mean of :math:`c_s` would let the noisiest site, whose correction is the largest, decide.

    Parameters
    ----------
    similarities : numpy.ndarray, shape (n_samples, n_sites)
        From :func:`site_similarities`.
    reliability : numpy.ndarray, shape (n_sites,)
        Above 0.

    Returns
    -------
    numpy.ndarray, shape (n_samples,)
    """
    return similarities @ np.sqrt(reliability) / reliability.sum()


def permuted_area_similarity(model: np.ndarray, sites: np.ndarray, reliability: np.ndarray, comparison: str,
                             n_permutations: int, seed: int) -> np.ndarray:
    """The value of :func:`area_similarity` where the model is shown other images than the animals.

    Images are permuted, rows and columns of the model's matrix alike (Mantel 1967, Cancer Res 27:209): pairs of one
    matrix are not independent, so that permuting them one by one would make chance look narrower than it is.

    Parameters
    ----------
    model, sites, comparison
        As of :func:`site_similarities`.
    reliability : numpy.ndarray, shape (n_sites,)
    n_permutations, seed : int

    Returns
    -------
    numpy.ndarray, shape (n_permutations,)
    """
    if comparison == 'spearman':
        model, sites = rankdata(model), rankdata(sites, axis=1)
    # the value is linear in the sites' standardised matrices: one product serves them all
    target = area_similarity(_standardised(sites).T, reliability)
    n_images = round((1 + np.sqrt(1 + 8 * len(model))) / 2)
    first, second = np.triu_indices(n_images, 1)
    matrix = np.zeros((n_images, n_images))
    matrix[first, second] = matrix[second, first] = _standardised(model[None])[0]
    rng = np.random.default_rng([seed, 4])
    orders = (rng.permutation(n_images) for _ in range(n_permutations))
    return np.array([matrix[order[first], order[second]] @ target for order in orders])


def _standardised(rows: np.ndarray) -> np.ndarray:
    """Rows with mean 0 and length 1, so that products are correlations."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    return centred / np.linalg.norm(centred, axis=1, keepdims=True)
