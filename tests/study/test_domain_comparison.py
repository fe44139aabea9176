"""Two domains compared by splits and by animals, where the truth is known."""
import numpy as np
import pandas as pd
import pytest
from fabricated.sweep_results import of_domains
from scipy import stats

from study.domain_comparison import CANNOT_TELL, animals_needed, compare_domains, interval_over_animals, sign_flip_p
from study.multiple_testing import holm


class TestCompareDomains:
    def test_an_effect_is_found_by_both_tests_in_its_direction(self):
        table = compare_domains(of_domains({'natural': .1, 'odd': 0}), pd.Series({'natural': 2., 'odd': .1})).iloc[0]
        assert (table.more_natural, table.less_natural) == ('natural', 'odd')
        assert table.difference == pytest.approx(.1, abs=.03)
        assert table.low < .1 < table.high
        assert table.superiority == 1
        assert table.p_splits < 1e-3
        assert table.p_animals == 1 / 64
        against = compare_domains(of_domains({'natural': .1, 'odd': 0}), pd.Series({'natural': .1, 'odd': 2.})).iloc[0]
        assert against.p_splits > .99
        assert against.p_animals == 1

    def test_p_of_splits_falls_with_their_number_and_that_of_animals_does_not(self):
        table = of_domains({'a': 0, 'b': 0}, 3, 500)  # differ in nothing but these three animals
        both_ways = [compare_domains(table, pd.Series({'a': a, 'b': 1.})).iloc[0] for a in (.1, 2.)]
        assert min(row.p_splits for row in both_ways) < 1e-30
        assert min(row.p_animals for row in both_ways) >= 1 / 8

    def test_the_test_of_animals_keeps_its_level_where_that_of_splits_does_not(self):
        domains = [f'd{i}' for i in range(12)]  # without any effect
        table = compare_domains(of_domains(dict.fromkeys(domains, 0), 8, 50, split_sd=.005),
                                pd.Series(np.arange(12.), domains))
        assert len(table) == 66
        assert (table.p_animals < .05).mean() <= .15
        assert (table.p_splits < .05).mean() > .3

    def test_the_mann_whitney_test_is_that_of_scipy_on_means_over_animals(self):
        table = of_domains({'a': .01, 'b': 0})
        means = table.groupby(['domain', 'split']).value.mean()
        expected = stats.mannwhitneyu(means['a'], means['b'], alternative='greater').pvalue
        assert compare_domains(table, pd.Series({'a': 2., 'b': .1})).p_splits.item() == pytest.approx(expected)

    def test_many_pairs_are_corrected(self):
        table = compare_domains(of_domains({'a': .03, 'b': .02, 'c': .01, 'd': 0}), pd.Series(
            {'a': .4, 'b': .3, 'c': .2, 'd': .1}))
        assert len(table) == 6
        assert (table.p_splits_holm >= table.p_splits).all()
        assert table.p_animals_holm.to_numpy() == pytest.approx(holm(table.p_animals))

    def test_undefined_values_are_left_out(self):
        table = of_domains({'a': .1, 'b': 0})
        table.loc[table.animal == 'm0', table.columns.intersection(['value', 'animal_value'])] = np.nan
        row = compare_domains(table, pd.Series({'a': 2., 'b': .1})).iloc[0]
        assert row.n_animals == 5
        assert np.isfinite([row.difference, row.low, row.high, row.p_splits, row.p_animals]).all()


class TestVerdict:
    def test_three_animals_cannot_tell_and_ten_are_needed_for_28_pairs(self):
        domains = {f'd{i}': .1 * i for i in range(8)}
        table = compare_domains(of_domains(domains, n_animals=3), pd.Series(domains))
        assert len(table) == 28
        assert set(table.verdict) == {'cannot tell'}
        assert set(table.animals_needed) == {10}

    def test_a_single_split_is_no_sample(self):
        row = compare_domains(of_domains({'a': .2, 'b': 0}, n_splits=1), pd.Series({'a': 2., 'b': 1.})).iloc[0]
        assert np.isnan(row.p_splits)
        assert row.p_animals == 1 / 64

    def test_enough_animals_tell_what_is_large(self):
        table = compare_domains(of_domains({'a': .2, 'b': .1, 'c': 0}), pd.Series({'a': 3., 'b': 1., 'c': 2.}))
        found = table.set_index(['more_natural', 'less_natural']).verdict
        assert set(table.animals_needed) == {6}
        assert found['a', 'c'] == found['a', 'b'] == 'higher'
        assert found['c', 'b'] == 'not shown'

    @pytest.mark.parametrize('n_tests', [1, 3, 6, 28])
    def test_as_many_animals_are_needed_as_let_a_corrected_p_be_small(self, n_tests):
        n = animals_needed(n_tests)
        assert n_tests * sign_flip_p(np.ones(n)) < .05 <= n_tests * sign_flip_p(np.ones(n - 1))

    def test_of_one_value_nothing_is_tested(self):
        domains = {'natural': .1, 'odd': 0}
        row = compare_domains(of_domains(domains, n_animals=1), pd.Series(domains)).iloc[0]
        assert row.difference > 0
        assert np.isnan([row.low, row.p_animals, row.p_animals_holm]).all()
        assert row.verdict == CANNOT_TELL

    def test_intervals_of_three_animals_cover(self):
        draws = np.random.default_rng(0).standard_normal((1000, 3))
        ends = np.array([interval_over_animals(values) for values in draws])
        assert ((ends[:, 0] < 0) & (ends[:, 1] > 0)).mean() == pytest.approx(.95, abs=.02)
        assert np.isnan(interval_over_animals(np.array([1., np.nan]))).all()


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
