"""Whether networks of different domains differ by more than networks of one domain do that differ in their seed."""
import numpy as np
import pandas as pd

from study.multiple_testing import holm
from study.predictivity import KEYS

PERMUTATIONS = 10_000
LEVEL = .05
CANNOT_TELL, DIFFER, NOT_SHOWN = 'cannot tell', 'domains differ', 'not shown'
COLUMNS = ['n_domains', 'n_seeds', 'n_animals', 'sd_domains', 'sd_seeds', 'sd_animals', 'p_seeds', 'p_animals']


def domains_against_seeds(animals: pd.DataFrame, seed: int = 0) -> pd.DataFrame:
    """Variance between domains beside that between seeds and animals, and whether it would be there with others.

    Two mixed models of the values of all domains, each balanced and therefore solved by its mean squares: domains and
    seeds, of means over animals; domains and animals, of means over seeds. Networks of one seed share their start, and
    values of one animal its neurons, so that both are blocks; what differs between domains anew in each block is the
    error. The p are of all ways, or 10,000 of them, to exchange domains within blocks.

    Parameters
    ----------
    animals : pandas.DataFrame
        recording, area, metric, of (what the values are of), domain, seed, animal and value; one layer.
    seed : int
        Of the permutations.

    Returns
    -------
    pandas.DataFrame
        A row for each recording, area, metric and `of`: n_domains, n_seeds (which all of the domains have), n_animals;
        sd_domains, the standard deviation of domains over new networks and the same animals; sd_seeds and sd_animals,
        of a domain's value over seeds and over animals, beyond what is common to all domains; p_seeds and p_animals
        with p_…_holm, corrected over the rows of a recording; verdict: 'domains differ' if both are below 0.05,
        'cannot tell' with fewer than two seeds or animals, else 'not shown'.
    """
    rows = []
    for keys, block in animals.groupby([*KEYS, 'of'], sort=False):
        rows.append({**dict(zip([*KEYS, 'of'], keys)), **_components(_complete(block), seed)})
    table = pd.DataFrame(rows, columns=[*KEYS, 'of', *COLUMNS])
    for units in ('seeds', 'animals'):
        table[f'p_{units}_holm'] = table.groupby('recording')[f'p_{units}'].transform(holm)
    worse = table[['p_seeds_holm', 'p_animals_holm']].max(axis=1, skipna=False)
    return table.assign(verdict=np.select([worse.isna(), worse < LEVEL], [CANNOT_TELL, DIFFER], NOT_SHOWN))


def variance_components(values: np.ndarray) -> tuple[float, float]:
    """Standard deviations of the rows and of what is left, of (n_rows, n_blocks) with the blocks' means taken off.

    As the restricted maximum likelihood of a mixed model, with random rows and fixed blocks, where that of the rows is
    above 0. NaN for fewer than two rows or blocks.
    """
    n_rows, n_blocks = values.shape
    if min(n_rows, n_blocks) < 2:
        return np.nan, np.nan
    centred = values - values.mean(axis=0)
    of_rows = n_blocks * (centred.mean(axis=1) ** 2).sum() / (n_rows - 1)
    left = centred - centred.mean(axis=1, keepdims=True)
    of_rest = (left ** 2).sum() / ((n_rows - 1) * (n_blocks - 1))
    return float(np.sqrt(max(0, of_rows - of_rest) / n_blocks)), float(np.sqrt(of_rest))


def exchange_p(values: np.ndarray, seed: int = 0) -> float:
    """P that rows differ as much in their means if they are exchanged within blocks, (n_rows, n_blocks)."""
    if min(values.shape) < 2:
        return np.nan
    centred = values - values.mean(axis=0)
    exchanged = np.random.default_rng([seed, 7]).permuted(
        np.broadcast_to(centred, (PERMUTATIONS, *centred.shape)), axis=1)
    found, null = (centred.mean(axis=1) ** 2).sum(), (exchanged.mean(axis=2) ** 2).sum(axis=1)
    return float((1 + (null >= found * (1 - 1e-9)).sum()) / (1 + PERMUTATIONS))


def _complete(block: pd.DataFrame) -> np.ndarray:
    """Values (n_domains, n_seeds, n_animals) of the seeds that all domains have, and animals without a gap."""
    wide = block.pivot_table(index='domain', columns=['seed', 'animal'], values='value')
    seeds = [seed for seed in wide.columns.unique('seed') if wide[seed].notna().any(axis=1).all()]
    animals = [animal for animal in wide.columns.unique('animal')
               if all((seed, animal) in wide and wide[seed, animal].notna().all() for seed in seeds)]
    columns = pd.MultiIndex.from_product([seeds, animals])
    return wide.reindex(columns=columns).to_numpy().reshape(len(wide), len(seeds), len(animals))


def _components(values: np.ndarray, seed: int) -> dict[str, float]:
    described = dict(zip(COLUMNS, values.shape))
    if not values.size:
        return described
    by_seed, by_animal = values.mean(axis=2), values.mean(axis=1)
    sd_domains, sd_seeds = variance_components(by_seed)
    return {**described, 'sd_domains': sd_domains, 'sd_seeds': sd_seeds,
            'sd_animals': variance_components(by_animal)[1], 'p_seeds': exchange_p(by_seed, seed),
            'p_animals': exchange_p(by_animal, seed)}
