"""Results by animal, and the first layer beside the mean."""
import numpy as np
import pandas as pd
import pytest
from fabricated.sweep_results import of_domains

from study.predictivity import first_layer_against_mean, per_animal


class TestPerAnimal:
    def test_values_are_those_of_all_splits_together_and_not_means_of_splits(self):
        table = of_domains({'a': 0}, n_animals=2, n_splits=3)
        table.loc[0, 'value'] = np.nan
        table['animal_value'] += .01
        means = per_animal(table)
        assert list(means.n_splits) == [2, 3]
        assert list(means.value) == [table.animal_value[0], table.animal_value[3]]
        assert set(zip(means.recording, means.area, means.metric)) == {('Mouse', 'VISp', 'pls')}

    def test_metrics_with_underscores_are_kept_whole(self):
        table = of_domains({'a': 0}).assign(benchmark='deVries2020.VISl-pls_pooled')
        assert set(zip(*per_animal(table)[['recording', 'area', 'metric']].to_numpy().T)) == {
            ('deVries2020', 'VISl', 'pls_pooled')}


def test_the_first_layer_beside_the_mean():
    scores = pd.DataFrame({'recording': 'Mouse', 'area': 'VISp', 'metric': 'pls', 'model': ['a', 'a', 'a', 'pixels'],
                           'layer': ['conv1', 'conv2', 'conv3', 'features'], 'value': [.6, .3, .3, .1]})
    table = first_layer_against_mean(scores)
    assert list(table.model) == ['a']
    assert (table.first_layer.item(), table.mean_of_layers.item()) == (.6, pytest.approx(.4))
