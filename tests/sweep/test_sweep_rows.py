"""What a result keeps of a score."""
import numpy as np
from brainscore_core.metrics import Score

from brainscore_plugin.sweep.rows import neuron_values


def test_the_values_of_neurons_are_kept_by_animal():
    score = Score(.5)
    assert neuron_values(score) == {}  # neurons are pooled
    score.attrs['neuroids'] = Score(np.array([.12344, np.nan, -.5, np.inf]), dims=('neuroid',), coords={
        'neuroid_id': ('neuroid', list('wxyz')), 'animal': ('neuroid', ['b', 'b', 'a', 'b'])})
    assert neuron_values(score) == {'b': [.1234, None, None], 'a': [-.5]}
