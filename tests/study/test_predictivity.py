"""Tests and correlations on cells whose truth is known."""
import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from study.predictivity import (
    benjamini_hochberg,
    compare_domains,
    correlate,
    first_layer_against_mean,
    holm,
    per_animal,
    relate_to_naturalness,
    sign_flip_p,
)


def cells(effects, n_animals=6, n_splits=10, animal_sd=.02, split_sd=.02, seed=0):
    """Values of models that differ by an effect; effects of animals on a model's value are its own."""
    rng = np.random.default_rng(seed)
    rows = []
    for domain, effect in effects.items():
        own = animal_sd * rng.standard_normal(n_animals)
        for animal in range(n_animals):
            for split in range(n_splits):
                rows.append([f'model_{domain}', domain, 'conv1', 'Mouse.VISp-pls', f'm{animal}', split,
                             .5 + effect + own[animal] + split_sd * rng.standard_normal()])
    return pd.DataFrame(rows, columns=['model', 'domain', 'layer', 'benchmark', 'animal', 'split', 'value'])


class TestPerAnimal:
    def test_means_over_the_splits_there_are(self):
        table = cells({'a': 0}, n_animals=2, n_splits=3)
        table.loc[0, 'value'] = np.nan
        means = per_animal(table)
        assert list(means.n_splits) == [2, 3]
        assert means.value[0] == pytest.approx(table.value[1:3].mean())
        assert set(zip(means.recording, means.area, means.metric)) == {('Mouse', 'VISp', 'pls')}

    def test_metrics_with_underscores_are_kept_whole(self):
        table = cells({'a': 0}).assign(benchmark='deVries2020.VISl-pls_pooled')
        assert set(zip(*per_animal(table)[['recording', 'area', 'metric']].to_numpy().T)) == {
            ('deVries2020', 'VISl', 'pls_pooled')}


class TestCompareDomains:
    def test_an_effect_is_found_by_both_tests_in_its_direction(self):
        table = compare_domains(cells({'natural': .1, 'odd': 0}), pd.Series({'natural': .1, 'odd': 2.})).iloc[0]
        assert (table.more_natural, table.less_natural) == ('natural', 'odd')
        assert table.difference == pytest.approx(.1, abs=.03)
        assert table.low < .1 < table.high
        assert table.superiority == 1
        assert table.p_splits < 1e-3
        assert table.p_animals == 1 / 64
        against = compare_domains(cells({'natural': .1, 'odd': 0}), pd.Series({'natural': 2., 'odd': .1})).iloc[0]
        assert against.p_splits > .99
        assert against.p_animals == 1

    def test_p_of_splits_falls_with_their_number_and_that_of_animals_does_not(self):
        table = cells({'a': 0, 'b': 0}, 3, 500)  # differ in nothing but these three animals
        both_ways = [compare_domains(table, pd.Series({'a': a, 'b': 1.})).iloc[0] for a in (.1, 2.)]
        assert min(row.p_splits for row in both_ways) < 1e-30
        assert min(row.p_animals for row in both_ways) >= 1 / 8

    def test_the_test_of_animals_keeps_its_level_where_that_of_splits_does_not(self):
        domains = [f'd{i}' for i in range(12)]  # without any effect
        table = compare_domains(cells(dict.fromkeys(domains, 0), 8, 50, split_sd=.005),
                                pd.Series(np.arange(12.), domains))
        assert len(table) == 66
        assert (table.p_animals < .05).mean() <= .15
        assert (table.p_splits < .05).mean() > .3

    def test_the_mann_whitney_test_is_that_of_scipy_on_means_over_animals(self):
        table = cells({'a': .01, 'b': 0})
        means = table.groupby(['domain', 'split']).value.mean()
        expected = stats.mannwhitneyu(means['a'], means['b'], alternative='greater').pvalue
        assert compare_domains(table, pd.Series({'a': .1, 'b': 2.})).p_splits.item() == pytest.approx(expected)

    def test_many_pairs_are_corrected(self):
        table = compare_domains(cells({'a': .03, 'b': .02, 'c': .01, 'd': 0}), pd.Series(
            {'a': .1, 'b': .2, 'c': .3, 'd': .4}))
        assert len(table) == 6
        assert (table.p_splits_holm >= table.p_splits).all()
        assert table.p_animals_holm.to_numpy() == pytest.approx(holm(table.p_animals))

    def test_undefined_values_are_left_out(self):
        table = cells({'a': .1, 'b': 0})
        table.loc[table.animal == 'm0', 'value'] = np.nan
        row = compare_domains(table, pd.Series({'a': .1, 'b': 2.})).iloc[0]
        assert row.n_animals == 5
        assert np.isfinite([row.difference, row.low, row.high, row.p_splits, row.p_animals]).all()


class TestSignFlips:
    def test_all_flips_are_counted(self):
        assert sign_flip_p(np.array([1., 2., 3.])) == 1 / 8
        assert sign_flip_p(np.array([-1., 2., 3.])) == 2 / 8  # 4: all up, and as it is
        assert sign_flip_p(np.array([np.nan, 1.])) == 1 / 2

    def test_of_many_animals_some_flips_are_drawn(self):
        differences = np.random.default_rng(0).standard_normal(40) + .3
        expected = stats.ttest_1samp(differences, 0, alternative='greater').pvalue
        assert sign_flip_p(differences) == pytest.approx(expected, abs=.01)

    def test_without_animals_there_is_none(self):
        assert np.isnan(sign_flip_p(np.array([np.nan])))


class TestCorrelate:
    def test_eight_domains_in_order(self):
        x = np.arange(8.)
        y = x[:, None] ** 2 + np.zeros(5)
        found = correlate(x, y)
        assert found['spearman'] == 1
        assert found['spearman_p'] == pytest.approx(1 / 40320)
        assert found['pearson'] == pytest.approx(stats.pearsonr(x, x ** 2)[0])
        assert (found['n_domains'], found['n_animals']) == (8, 5)

    def test_spearman_is_that_of_scipy(self):
        rng = np.random.default_rng(0)
        x, y = rng.standard_normal(8), rng.standard_normal((8, 3))
        assert correlate(x, y)['spearman'] == pytest.approx(stats.spearmanr(x, y.mean(axis=1))[0])

    def test_chance_is_seldom_significant_and_its_interval_wide(self):
        rng = np.random.default_rng(1)
        found = [correlate(rng.standard_normal(8), rng.standard_normal((8, 3))) for _ in range(10)]
        assert np.mean([one['spearman_p'] < .05 for one in found]) <= .2
        assert np.mean([one['spearman_low'] < 0 < one['spearman_high'] for one in found]) >= .7

    def test_a_larger_number_of_domains_has_random_orders(self):
        x = np.arange(12.)
        assert correlate(x, x[:, None])['spearman_p'] == pytest.approx(1 / 10_001)

    @pytest.mark.parametrize(('x', 'y'), [([1., 2.], [[1.], [2.]]), ([1., 2., 3.], [[1.], [1.], [1.]]),
                                          ([1., 1., 1.], [[1.], [2.], [3.]])])
    def test_what_cannot_be_correlated_is_undefined(self, x, y):
        assert np.isnan(correlate(np.array(x), np.array(y))['spearman'])

    def test_relations_are_of_each_layer_and_estimator_and_corrected(self):
        domains = [f'd{i}' for i in range(8)]
        animals = per_animal(cells({domain: .05 * i for i, domain in enumerate(domains)}))
        animals['domain'] = animals.model.str.removeprefix('model_')
        measured = pd.concat([pd.DataFrame({'domain': domains, 'estimator': estimator, 'naturalness': values})
                              for estimator, values in (('log_log', np.arange(8.)), ('published', -np.arange(8.)))])
        table = relate_to_naturalness(animals, measured).set_index('estimator')
        assert table.spearman['log_log'] > .9
        assert table.spearman['published'] < -.9
        assert table.p_holm['log_log'] == pytest.approx(2 * table.spearman_p['log_log'])


def test_the_first_layer_beside_the_mean():
    scores = pd.DataFrame({'recording': 'Mouse', 'area': 'VISp', 'metric': 'pls', 'model': ['a', 'a', 'a', 'pixels'],
                           'layer': ['conv1', 'conv2', 'conv3', 'features'], 'value': [.6, .3, .3, .1]})
    table = first_layer_against_mean(scores)
    assert list(table.model) == ['a']
    assert (table.first_layer.item(), table.mean_of_layers.item()) == (.6, pytest.approx(.4))


@pytest.mark.parametrize(('correct', 'method'), [(holm, 'holm'), (benjamini_hochberg, 'fdr_bh')])
def test_corrections_are_those_of_statsmodels_and_leave_out_what_is_undefined(correct, method):
    p = np.array([.01, .5, .04, .002, .9, .03])
    expected = multipletests(p, method=method)[1]
    assert correct(p) == pytest.approx(expected)
    assert correct(np.insert(p, 2, np.nan)) == pytest.approx(np.insert(expected, 2, np.nan), nan_ok=True)
    assert np.isnan(correct([np.nan])).all()
