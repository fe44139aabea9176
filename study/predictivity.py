"""How well models predict neurons, and whether those trained on more natural domains predict them better.

Functions of the cells of a sweep (:func:`brainscore_plugin.sweep.load_results`).
"""
import itertools

import numpy as np
import pandas as pd
from scipy import stats

BOOTSTRAPS = 2000
INTERVAL = (.025, .975)
EXACT_ANIMALS = 12  # up to here all 2^n sign flips are computed
FLIPS = 10_000  # else as many at random
EXACT_DOMAINS = 8  # up to here all n! orders are
KEYS = ['recording', 'area', 'metric']


def with_keys(table: pd.DataFrame) -> pd.DataFrame:
    """Split the identifier of a benchmark, such as SimulatedMouse.VISp-pls, into recording, area and metric."""
    parts = table.benchmark.str.extract(r'^(?P<recording>.+)\.(?P<area>[^.-]+)-(?P<metric>.+)$')
    return pd.concat([table, parts], axis=1)


def per_animal(cells: pd.DataFrame) -> pd.DataFrame:
    """Mean over image splits.

    Parameters
    ----------
    cells : pandas.DataFrame
        Columns model, layer, benchmark, animal, split and value.

    Returns
    -------
    pandas.DataFrame
        recording, area, metric, model, layer, animal, value, n_splits (with a value).
    """
    rows = with_keys(cells).groupby([*KEYS, 'model', 'layer', 'animal'], sort=False).value.agg(['mean', 'count'])
    return rows.rename(columns={'mean': 'value', 'count': 'n_splits'}).reset_index()


def first_layer_against_mean(scores: pd.DataFrame, first: str = 'conv1') -> pd.DataFrame:
    """The first layer's value beside the mean over all layers (Fig. 8).

    Parameters
    ----------
    scores : pandas.DataFrame
        Columns recording, area, metric, model, layer and value, one row a layer.

    Returns
    -------
    pandas.DataFrame
        recording, area, metric, model, first_layer, mean_of_layers, n_layers; models without that layer are left out.
    """
    rows = []
    for keys, layers in scores.groupby([*KEYS, 'model'], sort=False):
        if (layers.layer == first).any() and len(layers) > 1:
            rows.append([*keys, layers.value[layers.layer == first].item(), layers.value.mean(), len(layers)])
    return pd.DataFrame(rows, columns=[*KEYS, 'model', 'first_layer', 'mean_of_layers', 'n_layers'])


def compare_domains(cells: pd.DataFrame, exponent_distance: pd.Series, layer: str = 'conv1',
                    seed: int = 0) -> pd.DataFrame:
    """Whether the more natural of every two domains gives the higher predictivity, tested in two ways.

    As the paper does: the image splits of one model against those of the other, each a mean over animals, by a
    one-sided Mann-Whitney U test. Splits share images and neurons, so that they are not independent; the test answers
    whether more splits would give the same result, not whether other mice would, and its p falls without end as splits
    are added.

    Beside it: the animals are the units. Each animal's difference between the models, a mean over splits, is flipped in
    sign in all ways (Fisher's randomisation test of paired differences, one-sided). With n animals no p is below 2^-n.

    Parameters
    ----------
    cells : pandas.DataFrame
        Columns domain, model, layer, benchmark, animal, split and value; one model a domain.
    exponent_distance : pandas.Series
        Domain -> |p - 2|; the smaller, the more natural.
    layer : str
        The layer to compare.
    seed : int
        Of bootstraps and random flips.

    Returns
    -------
    pandas.DataFrame
        A row for each recording, area, metric and pair of domains: more_natural, less_natural; difference of the means
        with low and high, its 95 % interval over draws of animals and splits; superiority, the probability that a split
        of the more natural domain is above one of the other (1/2 without effect); p_splits and p_animals with p_…_holm,
        corrected over the pairs; n_splits, n_animals.
    """
    order = exponent_distance.dropna().sort_values().index
    rows = []
    table = with_keys(cells[(cells.layer == layer) & cells.domain.isin(order)])
    for keys, block in table.groupby(KEYS, sort=False):
        values = block.pivot_table(index='domain', columns=['animal', 'split'], values='value')
        present = [domain for domain in order if domain in values.index]
        pairs = [{**dict(zip(KEYS, keys)), 'more_natural': more, 'less_natural': less,
                  **_compare(values.loc[more].unstack().to_numpy(), values.loc[less].unstack().to_numpy(), seed)}
                 for more, less in itertools.combinations(present, 2)]
        for units in ('splits', 'animals'):
            corrected = holm([pair[f'p_{units}'] for pair in pairs])
            pairs = [{**pair, f'p_{units}_holm': p} for pair, p in zip(pairs, corrected)]
        rows += pairs
    columns = [*KEYS, 'more_natural', 'less_natural', 'difference', 'low', 'high', 'superiority', 'p_splits',
               'p_splits_holm', 'p_animals', 'p_animals_holm', 'n_splits', 'n_animals']
    return pd.DataFrame(rows, columns=columns)


def relate_to_naturalness(animals: pd.DataFrame, naturalness: pd.DataFrame, seed: int = 0) -> pd.DataFrame:
    """Correlation of the domains' naturalness with the predictivity of the models trained on them (Fig. 4 right).

    Parameters
    ----------
    animals : pandas.DataFrame
        As of :func:`per_animal`, with the column domain.
    naturalness : pandas.DataFrame
        Columns domain, estimator and naturalness.
    seed : int
        Of the bootstraps.

    Returns
    -------
    pandas.DataFrame
        A row for each recording, area, metric, layer and estimator, as of :func:`correlate`, with p_holm and p_bh,
        Spearman's p corrected over all rows of a recording by Holm's method and by Benjamini and Hochberg's.
    """
    rows = []
    for keys, block in animals.groupby([*KEYS, 'layer'], sort=False):
        values = block.pivot_table(index='domain', columns='animal', values='value')
        for estimator, measured in naturalness.groupby('estimator', sort=False):
            found = measured.set_index('domain').naturalness.dropna()
            domains = [domain for domain in found.index if domain in values.index]
            rows.append({**dict(zip([*KEYS, 'layer'], keys)), 'estimator': estimator,
                         **correlate(found[domains].to_numpy(), values.loc[domains].to_numpy(), seed)})
    table = pd.DataFrame(rows, columns=[*KEYS, 'layer', 'estimator', *_CORRELATION])
    p = table.groupby('recording').spearman_p
    return table.assign(p_holm=p.transform(holm), p_bh=p.transform(benjamini_hochberg))


def correlate(x: np.ndarray, y: np.ndarray, seed: int = 0) -> dict:
    """Correlations of one number a domain with another, known from several animals.

    Parameters
    ----------
    x : numpy.ndarray, shape (n_domains,)
    y : numpy.ndarray, shape (n_domains, n_animals)
        NaN where an animal has no value.
    seed : int
        Of the bootstraps, and of random orders of more than :data:`EXACT_DOMAINS` domains.

    Returns
    -------
    dict
        n_domains, n_animals; spearman and pearson, of x and the mean over animals, each with _low and _high, the 95 %
        interval over draws of domains and of animals, and _p, one-sided for a positive correlation, from all orders of
        the domains. NaN for fewer than three domains or where either does not vary.
    """
    means = np.nanmean(y, axis=1)
    described = {'n_domains': len(x), 'n_animals': y.shape[1]}
    if len(x) < 3 or np.ptp(x) == 0 or not np.ptp(means) > 0:
        return {**dict.fromkeys(_CORRELATION, np.nan), **described}
    rng = np.random.default_rng([seed, 3])
    drawn = rng.integers(len(x), size=(BOOTSTRAPS, len(x)))
    weights = rng.multinomial(y.shape[1], np.full(y.shape[1], 1 / y.shape[1]), size=BOOTSTRAPS)
    drawn_y = np.take_along_axis(_weighted_means(y, weights), drawn, axis=1)
    orders = _orders(len(x), rng)
    for name, transform in (('spearman', lambda values: stats.rankdata(values, axis=-1)), ('pearson', np.asarray)):
        truth = _pearson(transform(x), transform(means))
        null = _pearson(transform(x), transform(means)[orders])
        low, high = np.nanquantile(_pearson(transform(x[drawn]), transform(drawn_y)), INTERVAL)
        described |= {name: float(truth), f'{name}_low': low, f'{name}_high': high,
                      f'{name}_p': (null >= truth - 1e-12).mean()}
    return described


def sign_flip_p(differences: np.ndarray, seed: int = 0) -> float:
    """One-sided p of Fisher's randomisation test that paired differences are above zero.

    Parameters
    ----------
    differences : numpy.ndarray, shape (n,)
        One an animal; NaN are left out. All 2^n flips of sign for up to :data:`EXACT_ANIMALS`, else random ones.
    seed : int
        Of random flips.
    """
    differences = differences[np.isfinite(differences)]
    n = len(differences)
    if n == 0:
        return np.nan
    if n <= EXACT_ANIMALS:
        flips = 1 - 2 * (np.arange(2 ** n)[:, None] >> np.arange(n) & 1)
        return float((flips @ differences >= differences.sum() - 1e-12).mean())
    flips = np.random.default_rng([seed, 4]).choice([-1, 1], size=(FLIPS, n))
    return float((1 + (flips @ differences >= differences.sum() - 1e-12).sum()) / (1 + FLIPS))


def holm(p) -> np.ndarray:
    """P values corrected for their number by Holm's method; those that are NaN stay so and do not count.

    The same as statsmodels' `multipletests`, which collects the garbage of the whole process at every call.
    """
    p = np.asarray(p, dtype=float)
    order = np.argsort(p)[:np.isfinite(p).sum()]  # NaN are last
    corrected = np.full(p.shape, np.nan)
    corrected[order] = np.maximum.accumulate(p[order] * np.arange(len(order), 0, -1)).clip(max=1)
    return corrected


def benjamini_hochberg(p) -> np.ndarray:
    """P values corrected for the rate of false discoveries; those that are NaN stay so and do not count."""
    p = np.asarray(p, dtype=float)
    corrected = np.full(p.shape, np.nan)
    if np.isfinite(p).any():
        corrected[np.isfinite(p)] = stats.false_discovery_control(p[np.isfinite(p)])
    return corrected


_CORRELATION = ['n_domains', 'n_animals', *(name + end for name in ('spearman', 'pearson')
                                           for end in ('', '_low', '_high', '_p'))]


def _compare(more: np.ndarray, less: np.ndarray, seed: int) -> dict:
    """Values of two models, (n_animals, n_splits) each."""
    differences = more - less
    split_means = [values[np.isfinite(values)] for values in (_nanmean(more, 0), _nanmean(less, 0))]
    u, p = (np.nan, np.nan) if not all(map(len, split_means)) else stats.mannwhitneyu(*split_means,
                                                                                      alternative='greater')
    per_animal_difference = _nanmean(differences, 1)
    low, high = _interval(differences, seed)
    return {'difference': float(_nanmean(per_animal_difference[None], 1)[0]), 'low': low, 'high': high,
            'superiority': u / np.prod([len(means) for means in split_means]),
            'p_splits': p, 'p_animals': sign_flip_p(per_animal_difference, seed),
            'n_splits': differences.shape[1], 'n_animals': int(np.isfinite(per_animal_difference).sum())}


def _interval(differences: np.ndarray, seed: int) -> tuple:
    """95 % interval of the mean of (n_animals, n_splits) over draws of both."""
    rng = np.random.default_rng([seed, 5])
    weights = [rng.multinomial(n, np.full(n, 1 / n), size=BOOTSTRAPS) for n in differences.shape]
    present = np.isfinite(differences)
    total, count = ((weights[0] @ values * weights[1]).sum(axis=1)
                    for values in (np.where(present, differences, 0), present))
    draws = total[count > 0] / count[count > 0]
    return tuple(np.quantile(draws, INTERVAL)) if draws.size else (np.nan, np.nan)


def _weighted_means(y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Means over animals, (n_draws, n_domains), of y (n_domains, n_animals) with weights (n_draws, n_animals)."""
    present = np.isfinite(y)
    with np.errstate(invalid='ignore'):
        return (weights @ np.where(present, y, 0).T) / (weights @ present.T)


def _orders(n: int, rng: np.random.Generator) -> np.ndarray:
    if n <= EXACT_DOMAINS:
        return np.array(list(itertools.permutations(range(n))))
    return np.stack([np.arange(n), *(rng.permutation(n) for _ in range(FLIPS))])


def _pearson(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    a, b = a - a.mean(axis=-1, keepdims=True), b - b.mean(axis=-1, keepdims=True)
    with np.errstate(invalid='ignore', divide='ignore'):
        return (a * b).sum(axis=-1) / np.sqrt((a ** 2).sum(axis=-1) * (b ** 2).sum(axis=-1))


def _nanmean(values: np.ndarray, axis: int) -> np.ndarray:
    present = np.isfinite(values)
    with np.errstate(invalid='ignore'):
        return np.where(present, values, 0).sum(axis=axis) / present.sum(axis=axis)
