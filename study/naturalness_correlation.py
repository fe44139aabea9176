"""Correlation of the naturalness of training domains with the predictivity of the models trained on them."""
import functools
import itertools

import numpy as np
import pandas as pd
from scipy import stats

from study.bootstrap import INTERVAL, N_SAMPLES, bootstrap_weights, weighted_means
from study.multiple_testing import benjamini_hochberg, holm
from study.predictivity import KEYS

EXACT_DOMAINS = 8  # up to here all n! orders are computed
ORDERS = 10_000  # else as many at random
COLUMNS = ['n_domains', 'n_animals', *(name + end for name in ('spearman', 'pearson')
                                       for end in ('', '_low', '_high', '_p', '_p_negative'))]


def relate_to_naturalness(animals: pd.DataFrame, naturalness: pd.DataFrame, seed: int = 0) -> pd.DataFrame:
    """Correlation of the domains' naturalness with the predictivity of the models trained on them (Fig. 4 right).

    Parameters
    ----------
    animals : pandas.DataFrame
        As of :func:`~study.predictivity.per_animal`, with the columns domain and of, what the values are of. Several
        models of a domain are averaged.
    naturalness : pandas.DataFrame
        Columns domain, estimator and naturalness.
    seed : int
        Of the bootstrap samples.

    Returns
    -------
    pandas.DataFrame
        A row for each recording, area, metric, `of`, layer and estimator, as of :func:`correlate`, with p_holm and
        p_bh, Spearman's p corrected over all rows of a recording by Holm's method and by Benjamini and Hochberg's,
        p_negative_holm, the same of a negative correlation, and verdict, as of :func:`verdict`.
    """
    rows = []
    for keys, block in animals.groupby([*KEYS, 'of', 'layer'], sort=False):
        values = block.pivot_table(index='domain', columns='animal', values='value')
        for estimator, measured in naturalness.groupby('estimator', sort=False):
            found = measured.set_index('domain').naturalness.dropna()
            domains = [domain for domain in found.index if domain in values.index]
            rows.append({**dict(zip([*KEYS, 'of', 'layer'], keys)), 'estimator': estimator,
                         **correlate(found[domains].to_numpy(), values.loc[domains].to_numpy(), seed)})
    table = pd.DataFrame(rows, columns=[*KEYS, 'of', 'layer', 'estimator', *COLUMNS])
    of_recording = table.groupby('recording')
    table = table.assign(p_holm=of_recording.spearman_p.transform(holm),
                         p_bh=of_recording.spearman_p.transform(benjamini_hochberg),
                         p_negative_holm=of_recording.spearman_p_negative.transform(holm))
    return table.assign(verdict=[verdict(row.spearman_low, row.spearman_high, row.p_holm, row.p_negative_holm)
                                 for row in table.itertuples()])


def correlate(x: np.ndarray, y: np.ndarray, seed: int = 0) -> dict[str, float]:
    """Correlations of one number a domain with another, known from several animals.

    Parameters
    ----------
    x : numpy.ndarray, shape (n_domains,)
    y : numpy.ndarray, shape (n_domains, n_animals)
        NaN where an animal has no value.
    seed : int
        Of the bootstrap samples, and of random orders of more than :data:`EXACT_DOMAINS` domains.

    Returns
    -------
    dict
        n_domains, n_animals; spearman and pearson, of x and the mean over animals, each with _low and _high, the 95 %
        interval over bootstrap samples of domains and of animals, and _p, one-sided for a positive correlation,
        from all orders of the domains, and _p_negative, for a negative one. NaN for fewer than three domains or where
        either does not vary.
    """
    means = np.nanmean(y, axis=1)
    described: dict[str, float] = {'n_domains': len(x), 'n_animals': y.shape[1]}
    if len(x) < 3 or np.ptp(x) == 0 or not np.ptp(means) > 0:
        return {**dict.fromkeys(COLUMNS, np.nan), **described}
    rng = np.random.default_rng([seed, 3])
    domains = rng.integers(len(x), size=(N_SAMPLES, len(x)))
    weights = bootstrap_weights(y.shape[1], rng)
    bootstrapped = np.take_along_axis(weighted_means(y, weights), domains, axis=1)
    orders = _orders(len(x), rng)
    for name, transform in (('spearman', lambda values: stats.rankdata(values, axis=-1)), ('pearson', np.asarray)):
        truth = _pearson(transform(x), transform(means))
        null = _pearson(transform(x), transform(means)[orders])
        low, high = np.nanquantile(_pearson(transform(x[domains]), transform(bootstrapped)), INTERVAL)
        described |= {name: float(truth), f'{name}_low': low, f'{name}_high': high,
                      f'{name}_p': (null >= truth - 1e-12).mean(),
                      f'{name}_p_negative': (null <= truth + 1e-12).mean()}
    return described


def verdict(low: float, high: float, p: float, p_negative: float) -> str:
    """'positive', 'negative' or 'undecided': what the interval and p of Spearman's correlation say together.

    Parameters
    ----------
    low, high : float
        Ends of its interval.
    p, p_negative : float
        Of a positive and of a negative correlation, corrected for the number of tests.
    """
    if low > 0 and p < .05:
        return 'positive'
    return 'negative' if high < 0 and p_negative < .05 else 'undecided'


def _orders(n: int, rng: np.random.Generator) -> np.ndarray:
    if n <= EXACT_DOMAINS:
        return _all_orders(n)
    return np.stack([np.arange(n), *(rng.permutation(n) for _ in range(ORDERS))])


@functools.cache  # half of the time of a correlation, and the same for all of them
def _all_orders(n: int) -> np.ndarray:
    return np.array(list(itertools.permutations(range(n))))


def _pearson(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    a, b = a - a.mean(axis=-1, keepdims=True), b - b.mean(axis=-1, keepdims=True)
    with np.errstate(invalid='ignore', divide='ignore'):
        return (a * b).sum(axis=-1) / np.sqrt((a ** 2).sum(axis=-1) * (b ** 2).sum(axis=-1))
