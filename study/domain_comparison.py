"""Whether the more natural of two training domains gives the higher predictivity: by splits, and by animals."""
import itertools

import numpy as np
import pandas as pd
from scipy import stats

from study.bootstrap import defined_mean
from study.multiple_testing import holm
from study.predictivity import KEYS, per_animal, with_keys

EXACT_ANIMALS = 12  # up to here all 2^n sign flips are computed
FLIPS = 10_000  # else as many at random
LEVEL = .05
CANNOT_TELL, HIGHER, NOT_SHOWN = 'cannot tell', 'higher', 'not shown'
COLUMNS = [*KEYS, 'more_natural', 'less_natural', 'difference', 'low', 'high', 'superiority', 'p_splits',
           'p_splits_holm', 'p_animals', 'p_animals_holm', 'n_splits', 'n_animals', 'animals_needed', 'verdict']


def compare_domains(results: pd.DataFrame, naturalness: pd.Series, layer: str = 'conv1',
                    seed: int = 0) -> pd.DataFrame:
    """Whether the more natural of every two domains gives the higher predictivity, tested in two ways.

    As the paper does: the image splits of one domain against those of the other, each a mean over animals, by a
    one-sided Mann-Whitney U test. Splits share images and neurons, so that they are not independent; the test answers
    whether more splits would give the same result, not whether other mice would, and its p falls without end as splits
    are added.

    Beside it: the animals are the units. Each animal's difference between the domains, a mean over their seeds, is
    flipped in sign in all ways (Fisher's randomisation test of paired differences, one-sided). With n animals no p is
    below 2^-n, so that few animals cannot tell, whatever they show.

    Parameters
    ----------
    results : pandas.DataFrame
        Columns domain, model, layer, benchmark, animal, split and value, and what
        :func:`~study.predictivity.per_animal` reads.
    naturalness : pandas.Series
        Domain -> naturalness; the larger, the more natural.
    layer : str
        The layer to compare.
    seed : int
        Of random flips.

    Returns
    -------
    pandas.DataFrame
        A row for each recording, area, metric and pair of domains: more_natural, less_natural; difference, the mean
        over animals, with low and high, its 95 % interval by Student's t over animals; superiority, the probability
        that a split of the more natural domain is above one of the other (1/2 without effect); p_splits and p_animals
        with p_…_holm, corrected over the pairs (of one animal NaN, as the interval); n_splits, n_animals;
        animals_needed, how many let the smallest corrected p_animals fall below 0.05; verdict: 'cannot tell' with
        fewer, 'higher' if it is below, else 'not shown'.
    """
    order = naturalness.dropna().sort_values(ascending=False).index
    rows = []
    table = with_keys(results[(results.layer == layer) & results.domain.isin(order)])
    domain = table.drop_duplicates('model').set_index('model').domain
    animals = per_animal(results[results.model.isin(domain.index) & (results.layer == layer)])
    animals['domain'] = animals.model.map(domain)
    for keys, block in table.groupby(KEYS, sort=False):
        of_splits = block.pivot_table(index='domain', columns='split', values='value')
        of_animals = animals[(animals[KEYS] == list(keys)).all(axis=1)].pivot_table(
            index='domain', columns='animal', values='value')
        present = [domain for domain in order if domain in of_splits.index]
        pairs = [{**dict(zip(KEYS, keys)), 'more_natural': more, 'less_natural': less,
                  **_by_splits(of_splits.loc[more].to_numpy(), of_splits.loc[less].to_numpy()),
                  **_by_animals((of_animals.loc[more] - of_animals.loc[less]).to_numpy(), seed)}
                 for more, less in itertools.combinations(present, 2)]
        for units in ('splits', 'animals'):
            corrected = holm([pair[f'p_{units}'] for pair in pairs])
            pairs = [{**pair, f'p_{units}_holm': p} for pair, p in zip(pairs, corrected)]
        rows += [{**pair, **_verdict(pair, len(pairs))} for pair in pairs]
    return pd.DataFrame(rows, columns=COLUMNS)


def animals_needed(n_tests: int) -> int:
    """How many animals let the smallest p of as many sign-flip tests fall below 0.05 by Holm's method."""
    return int(np.floor(np.log2(n_tests / LEVEL))) + 1


def interval_over_animals(values: np.ndarray) -> tuple[float, float]:
    """95 % interval of a mean over animals by Student's t; NaN for fewer than two.

    Bootstrap samples of three animals hold the truth in four of five studies only.
    """
    values = values[np.isfinite(values)]
    if len(values) < 2:
        return np.nan, np.nan
    reach = stats.t.ppf(.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values))
    return float(values.mean() - reach), float(values.mean() + reach)


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


def _by_splits(more: np.ndarray, less: np.ndarray) -> dict[str, float]:
    """The paper's test of two domains, (n_splits,) each."""
    more, less = more[np.isfinite(more)], less[np.isfinite(less)]
    if min(len(more), len(less)) < 2:  # benchmarks without splits have one value, which is no sample of them
        return {'superiority': np.nan, 'p_splits': np.nan, 'n_splits': 0}
    u, p = stats.mannwhitneyu(more, less, alternative='greater')
    return {'superiority': u / (len(more) * len(less)), 'p_splits': p, 'n_splits': max(len(more), len(less))}


def _by_animals(differences: np.ndarray, seed: int) -> dict[str, float]:
    low, high = interval_over_animals(differences)
    n_animals = int(np.isfinite(differences).sum())
    return {'difference': float(defined_mean(differences[None], 1)[0]), 'low': low, 'high': high,
            'p_animals': sign_flip_p(differences, seed) if n_animals > 1 else np.nan,  # one value is no sample
            'n_animals': n_animals}


def _verdict(pair: dict[str, float], n_pairs: int) -> dict[str, object]:
    needed = animals_needed(n_pairs)
    shown = HIGHER if pair['p_animals_holm'] < LEVEL else NOT_SHOWN
    return {'animals_needed': needed, 'verdict': shown if pair['n_animals'] >= needed else CANNOT_TELL}
