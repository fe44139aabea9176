"""Correlations over domains, where the truth is known."""
import numpy as np
import pandas as pd
import pytest
from fabricated.sweep_results import of_domains
from scipy import stats

from study.naturalness_correlation import correlate, relate_to_naturalness, verdict
from study.predictivity import per_animal


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
        animals = per_animal(of_domains({domain: .05 * i for i, domain in enumerate(domains)}))
        animals = animals.assign(domain=animals.model.str.removeprefix('model_'), of='trained')
        measured = pd.concat([pd.DataFrame({'domain': domains, 'estimator': estimator, 'naturalness': values})
                              for estimator, values in (('log_log', np.arange(8.)), ('published', -np.arange(8.)))])
        table = relate_to_naturalness(animals, measured).set_index('estimator')
        assert table.spearman['log_log'] > .9
        assert table.spearman['published'] < -.9
        assert table.p_holm['log_log'] == pytest.approx(2 * table.spearman_p['log_log'])
        assert dict(table.verdict) == {'log_log': 'positive', 'published': 'negative'}


@pytest.mark.parametrize(('low', 'high', 'p', 'p_negative', 'expected'), [
    (.1, .9, .01, 1, 'positive'), (.1, .9, .2, 1, 'undecided'), (-.1, .9, .01, 1, 'undecided'),
    (-.9, -.1, 1, .01, 'negative'), (-.9, -.1, 1, .2, 'undecided'), (np.nan, np.nan, np.nan, np.nan, 'undecided')])
def test_the_verdict_takes_the_interval_and_p(low, high, p, p_negative, expected):
    assert verdict(low, high, p, p_negative) == expected


def test_what_many_tests_show_by_chance_is_no_verdict():
    rng = np.random.default_rng(0)
    domains = [f'd{i}' for i in range(8)]
    animals = pd.DataFrame([
        {'recording': 'Mouse', 'area': 'VISp', 'metric': 'pls', 'of': 'trained', 'layer': f'conv{layer}',
         'domain': domain, 'animal': animal, 'value': rng.standard_normal()}
        for layer in range(40) for domain in domains for animal in 'abc'])
    table = relate_to_naturalness(animals, pd.DataFrame({'domain': domains, 'estimator': 'scenes',
                                                         'naturalness': np.arange(8.)}))
    assert (table.spearman_p < .05).any()
    assert set(table.verdict) == {'undecided'}
