"""Domains against seeds and animals, where the variances are known."""
import numpy as np
import pandas as pd
import pytest

from study.domain_and_seed import domains_against_seeds, exchange_p, variance_components


def values(sd_domain, sd_seed, sd_animal, n_domains=8, n_seeds=3, n_animals=4, seed=0):
    """Of networks: effects of domain, of start, of network within domain, and of domain in each animal."""
    rng = np.random.default_rng(seed)
    domain, start = sd_domain * rng.standard_normal((n_domains, 1, 1)), rng.standard_normal((1, n_seeds, 1))
    network = sd_seed * rng.standard_normal((n_domains, n_seeds, 1))
    animal = rng.standard_normal((1, 1, n_animals)) + sd_animal * rng.standard_normal((n_domains, 1, n_animals))
    return domain + start + network + animal


def table(cube):
    return pd.DataFrame([{'recording': 'Mouse', 'area': 'VISp', 'metric': 'pls', 'of': 'trained', 'domain': f'd{d}',
                          'seed': s, 'animal': f'm{a}', 'value': cube[d, s, a]}
                         for d, s, a in np.ndindex(cube.shape)])


def test_variances_are_those_of_a_mixed_model():
    mixed = pytest.importorskip('statsmodels.formula.api')
    cube = values(.5, .2, 0)
    rows = table(cube[:, :, :1])
    model = mixed.mixedlm('value ~ C(seed)', rows, groups=rows.domain).fit(reml=True)
    assert variance_components(cube[:, :, 0]) == pytest.approx(
        (np.sqrt(model.cov_re.to_numpy().item()), np.sqrt(model.scale)), rel=1e-3)


def test_domains_that_differ_by_more_than_seeds_and_animals_are_found():
    row = domains_against_seeds(table(values(1, .2, .2))).iloc[0]
    assert row.verdict == 'domains differ'
    assert (row.n_domains, row.n_seeds, row.n_animals) == (8, 3, 4)
    assert row.sd_domains > 3 * row.sd_seeds


@pytest.mark.parametrize(('sd_seed', 'sd_animal'), [(.5, 0), (0, .5)])
def test_differences_of_seeds_or_of_animals_alone_keep_the_level(sd_seed, sd_animal):
    found = [domains_against_seeds(table(values(0, sd_seed, sd_animal, seed=seed))).iloc[0] for seed in range(12)]
    assert sum(row.verdict == 'domains differ' for row in found) <= 2


@pytest.mark.parametrize(('n_seeds', 'n_animals'), [(1, 4), (3, 1)])
def test_one_seed_or_one_animal_cannot_tell(n_seeds, n_animals):
    row = domains_against_seeds(table(values(5, .1, .1, n_seeds=n_seeds, n_animals=n_animals))).iloc[0]
    assert row.verdict == 'cannot tell'


def test_seeds_and_animals_with_gaps_are_left_out():
    rows = table(values(1, .2, .2))
    rows = rows[~((rows.domain == 'd0') & (rows.seed == 2)) & ~((rows.domain == 'd1') & (rows.animal == 'm3'))]
    row = domains_against_seeds(rows).iloc[0]
    assert (row.n_domains, row.n_seeds, row.n_animals) == (8, 2, 3)


def test_exchanged_rows_are_as_likely_as_they_are():
    p = [exchange_p(np.random.default_rng(seed).standard_normal((6, 3))) for seed in range(60)]
    assert np.mean(p) == pytest.approx(.5, abs=.12)
    assert np.isnan(exchange_p(np.ones((6, 1))))
