"""What a result keeps of a score."""
import numpy as np
import pytest
from brainscore_core.metrics import Score
from brainscore_vision import load_benchmark, load_model

from brainscore_plugin.sweep.rows import neuron_values, score_rows


def test_the_values_of_neurons_are_kept_by_animal():
    score = Score(.5)
    assert neuron_values(score) == {}  # neurons are pooled
    score.attrs['neuroids'] = Score(np.array([.12344, np.nan, -.5, np.inf]), dims=('neuroid',), coords={
        'neuroid_id': ('neuroid', list('wxyz')), 'animal': ('neuroid', ['b', 'b', 'a', 'b'])})
    assert neuron_values(score) == {'b': [.1234, None, None], 'a': [-.5]}


@pytest.mark.parametrize('identifier', ['Antolik2016.VISp-pls', 'Antolik2016.VISp-rdm'])
def test_scores_without_splits_keep_their_ceiling(identifier):
    benchmark = load_benchmark(identifier)
    (features,) = benchmark.features(load_model('pixels64'))[1].values()
    rows = score_rows(benchmark.score_features(features), benchmark)
    assert rows.ceiling.to_numpy() == pytest.approx(float(benchmark.ceiling))
    assert 0 < float(benchmark.ceiling) < 1
