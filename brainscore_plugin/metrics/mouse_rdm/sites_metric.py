"""Brain-Score's face of the similarity to published matrices of several sites."""
import numpy as np
from brainscore_core.metrics import Metric, Score
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision.metrics import Ceiling
from brainscore_vision.metrics.mouse_metrics.assemblies import feature_rows, with_raw
from brainscore_vision.metrics.mouse_metrics.bootstrap import image_weights

from .dissimilarity import COMPARISONS, dissimilarities
from .sites import area_similarity, permuted_area_similarity, site_similarities

LEAST_RELIABILITY = .6  # of a site's matrix, to be counted
LEAST_IMAGES = 10
N_BOOTSTRAP = 1000
N_PERMUTATIONS = 1000
SEED = 0


class MouseRDMSites(Metric):
    """Representational similarity of features and the sites of an area, of which only matrices were published.

    The features' matrix of similarities between images, Pearson's r over features, is correlated with that of each
    site, as by Conwell et al. (2021, NeurIPS 34). The area's value is the mean over its sites of the correlation
    divided by its ceiling, the root of the reliability of the site's matrix, weighted by that reliability;
    :func:`~.sites.area_similarity` says why. Sites with a reliability below 0.6 are reported and not counted: what
    they would add is mostly noise, and a correction by a small reliability is itself uncertain.

    Parameters
    ----------
    comparison : 'pearson' or 'spearman'
        Correlation of similarities, as published, or of their ranks.
    """
    REFERENCE = 'Conwell et al. 2021'  # these two are shown on Brain-Score's website
    NOTES = 'published similarity matrices by site, corrected for noise'

    def __init__(self, comparison: str = 'pearson'):
        if comparison not in COMPARISONS:
            raise ValueError(f"Unknown comparison '{comparison}': choose one of {', '.join(COMPARISONS)}.")
        self.comparison = comparison

    def __call__(self, source: NeuroidAssembly, target: NeuroidAssembly) -> Score:
        """Score how alike `source` and the sites of `target` represent images.

        Parameters
        ----------
        source : NeuroidAssembly, (presentation, neuroid)
            Features; coordinate stimulus_id.
        target : NeuroidAssembly, (presentation, neuroid)
            Similarity of the image stimulus_id of a presentation to the image compared_with of a neuroid, at that
            neuroid's site; neuroids have the reliability of their site, too.

        Returns
        -------
        Score
            The value, with attributes

            - raw: mean over the counted sites before noise correction, unweighted, as published; its own raw is per
              site
            - sites: the corrected value of each site, of those that are not counted, too; NaN where the reliability
              is not positive
            - reliability, weight: of each site; weights sum to 1 and are 0 where a site is not counted
            - error, interval: standard deviation over bootstrap samples of the images, and the value -+ 1.96 times
              that
            - p_value: share of permutations of the images that score at least as much, this one included
            - chance: the 95th percentile of these permutations
            - n_images, n_bootstrap, n_permutations, comparison, protocol, seed

        Raises
        ------
        ValueError
            If an image of `target` is missing in `source`, fewer than 10 images have a defined similarity, or no
            site is reliable enough.
        """
        names, reliability, matrices, stimulus_ids = site_matrices(target)
        counted = _counted(names, reliability)
        model, images = _model_matrix(feature_rows(source, stimulus_ids), len(stimulus_ids))
        first, second = np.triu_indices(len(images), 1)
        sites = matrices[:, images[first], images[second]]
        found = site_similarities(model, sites, self.comparison, image_weights(len(images), N_BOOTSTRAP, SEED))
        values = area_similarity(found[:, counted], reliability[counted])
        by_chance = permuted_area_similarity(model, sites[counted], reliability[counted], self.comparison,
                                             N_PERMUTATIONS, SEED)
        score = _score(values, found[0], names, reliability, counted)
        score.attrs.update({
            'p_value': float((1 + (by_chance >= values[0]).sum()) / (1 + N_PERMUTATIONS)),
            'chance': float(np.quantile(by_chance, .95)),
            'n_images': len(images), 'n_bootstrap': N_BOOTSTRAP, 'n_permutations': N_PERMUTATIONS,
            'comparison': self.comparison, 'protocol': 'published matrices of all trials', 'seed': SEED})
        return score


class RDMSitesReliability(Ceiling):
    """Reliability of the sites' matrices as published, mean over the sites that count."""

    def __call__(self, assembly: NeuroidAssembly) -> Score:
        """Reliability of an assembly such as `target` of :class:`MouseRDMSites`.

        Returns
        -------
        Score
            With attribute raw (per site).
        """
        names, reliability, _, _ = site_matrices(assembly)
        return with_raw(float(reliability[_counted(names, reliability)].mean()), _per_site(reliability, names))


def site_matrices(assembly: NeuroidAssembly) -> tuple[list[str], np.ndarray, np.ndarray, np.ndarray]:
    """Matrices of the sites of an assembly such as `target` of :class:`MouseRDMSites`.

    Returns
    -------
    names : list of str
        Of the sites, in the order of their first neuroids.
    reliability : numpy.ndarray, shape (n_sites,)
    matrices : numpy.ndarray, shape (n_sites, n_images, n_images)
    stimulus_ids : numpy.ndarray, shape (n_images,)

    Raises
    ------
    ValueError
        If a site lacks an image, or has one twice.
    """
    assembly = assembly.transpose('presentation', 'neuroid')
    stimulus_ids, owners = assembly['stimulus_id'].values, assembly['site'].values
    names, matrices, reliability = list(dict.fromkeys(owners)), [], []
    for name in names:
        own = np.flatnonzero(owners == name)
        column = {image: index for index, image in zip(own, assembly['compared_with'].values[own])}
        if len(own) != len(stimulus_ids) or set(column) != set(stimulus_ids):
            raise ValueError(f"The site '{name}' has {len(own)} columns, of {len(column)} images; expected one for "
                             f'each of the {len(stimulus_ids)} images.')
        matrices.append(assembly.values[:, [column[image] for image in stimulus_ids]])
        reliability.append(assembly['reliability'].values[own[0]])
    return names, np.array(reliability, float), np.array(matrices, float), stimulus_ids


def _counted(names: list[str], reliability: np.ndarray) -> np.ndarray:
    counted = reliability >= LEAST_RELIABILITY
    if not counted.any():
        said = ', '.join(f'{name} {value:.2f}' for name, value in zip(names, reliability))
        raise ValueError(f'No site has a matrix with a reliability of {LEAST_RELIABILITY} or more ({said}): the area '
                         'cannot be scored.')
    return counted


def _model_matrix(features: np.ndarray, n_images: int) -> tuple[np.ndarray, np.ndarray]:
    """The similarities of the pairs of those images whose features differ among themselves, and these images."""
    varies = np.ptp(features, axis=1) > 1e-12 * np.abs(features).max(axis=1, initial=0)
    images = np.flatnonzero(varies)
    if len(images) < LEAST_IMAGES:
        raise ValueError(f'{len(images)} of {n_images} images have features that differ from one another; at least '
                         f'{LEAST_IMAGES} are needed for similarities over features.')
    return 1 - dissimilarities(features[images]), images


def _score(values: np.ndarray, raw: np.ndarray, names: list[str], reliability: np.ndarray,
           counted: np.ndarray) -> Score:
    value, error = float(values[0]), float(np.nanstd(values[1:], ddof=1))
    weight = np.where(counted, reliability, 0) / reliability[counted].sum()
    ceiling = np.sqrt(np.where(reliability > 0, reliability, np.nan))
    score = Score(value)
    score.attrs.update({
        Score.RAW_VALUES_KEY: with_raw(float(raw[counted].mean()), _per_site(raw, names)),
        'sites': _per_site(raw / ceiling, names), 'reliability': _per_site(reliability, names),
        'weight': _per_site(weight, names), 'error': error,
        'interval': (value - 1.96 * error, value + 1.96 * error), 'error_over': ['image']})
    return score


def _per_site(values: np.ndarray, names: list[str]) -> Score:
    return Score(values, coords={'site': ('site', names)}, dims=('site',))
