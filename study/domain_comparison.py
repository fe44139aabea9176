"""Whether the more natural of two training domains gives the higher predictivity: by splits, and by animals."""
import itertools

import numpy as np
import pandas as pd
from scipy import stats

from study.bootstrap import defined_mean, interval_of_mean
from study.multiple_testing import holm
from study.predictivity import KEYS, with_keys

EXACT_ANIMALS = 12  # up to here all 2^n sign flips are computed
FLIPS = 10_000  # else as many at random
COLUMNS = [*KEYS, 'more_natural', 'less_natural', 'difference', 'low', 'high', 'superiority', 'p_splits',
           'p_splits_holm', 'p_animals', 'p_animals_holm', 'n_splits', 'n_animals']


def compare_domains(results: pd.DataFrame, exponent_distance: pd.Series, layer: str = 'conv1',
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
    results : pandas.DataFrame
        Columns domain, model, layer, benchmark, animal, split and value; one model a domain.
    exponent_distance : pandas.Series
        Domain -> |p - 2|; the smaller, the more natural.
    layer : str
        The layer to compare.
    seed : int
        Of bootstrap samples and random flips.

    Returns
    -------
    pandas.DataFrame
        A row for each recording, area, metric and pair of domains: more_natural, less_natural; difference of the means
        with low and high, its 95 % interval over bootstrap samples of animals and splits; superiority, the probability
        that a split of the more natural domain is above one of the other (1/2 without effect); p_splits and p_animals
        with p_…_holm, corrected over the pairs; n_splits, n_animals.
    """
    order = exponent_distance.dropna().sort_values().index
    rows = []
    table = with_keys(results[(results.layer == layer) & results.domain.isin(order)])
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
    return pd.DataFrame(rows, columns=COLUMNS)


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


def _compare(more: np.ndarray, less: np.ndarray, seed: int) -> dict[str, float]:
    """Values of two models, (n_animals, n_splits) each."""
    differences = more - less
    split_means = [values[np.isfinite(values)] for values in (defined_mean(more, 0), defined_mean(less, 0))]
    u, p = (np.nan, np.nan) if not all(map(len, split_means)) else stats.mannwhitneyu(*split_means,
                                                                                      alternative='greater')
    per_animal_difference = defined_mean(differences, 1)
    low, high = interval_of_mean(differences, seed)
    return {'difference': float(defined_mean(per_animal_difference[None], 1)[0]), 'low': low, 'high': high,
            'superiority': u / np.prod([len(means) for means in split_means]),
            'p_splits': p, 'p_animals': sign_flip_p(per_animal_difference, seed),
            'n_splits': differences.shape[1], 'n_animals': int(np.isfinite(per_animal_difference).sum())}
