"""What a score means, in a few lines."""
import re

import pytest
from brainscore_core.metrics import Score
from brainscore_vision import load_benchmark, load_model

from brainscore_plugin.explain import _meaning, _recordings, explain

MODEL, BENCHMARK = 'pixels64', 'SimulatedMouse.VISp-pls'


def test_the_number_is_said_beside_chance_and_truth():
    meaning, against, recordings = explain(MODEL, BENCHMARK)
    value = load_benchmark(BENCHMARK)(load_model(MODEL))
    assert f'{value.item():.3f} ± {value.attrs["error"]:.3f}' in meaning
    assert 'correlation' in meaning
    chance, untrained, own = (float(number) for number in re.findall(r'(-?\d\.\d+) ±', against))
    assert abs(chance) < value.item() < untrained < own
    assert f'{load_benchmark(BENCHMARK).ceiling.item():.3f}' in recordings
    assert 'Simulated recordings: 180 neurons of VISp' in recordings


def test_of_a_real_recording_it_is_said_what_it_can_show():
    meaning, against, recordings, resolution = explain(MODEL, 'Antolik2016.VISp-pls')
    assert 'not known' in against
    assert 'Real recordings: 260 neurons of VISp' in recordings
    assert 'cannot be ranked' in resolution


@pytest.mark.parametrize(('benchmark', 'said'), [
    ('SimulatedMouse.VISp-rdm', 'dissimilarities between images'),
    ('SimulatedMouse.VISp-pls_pooled', 'mean rates'),
    ('SimulatedMouse.VISp-pls', 'for the median neuron'),
])
def test_the_meaning_is_that_of_the_metric(benchmark, said):
    assert said in _meaning(benchmark)


def test_a_twins_predictions_are_not_called_recordings_of_a_mouse():
    score = Score(.5)
    score.attrs.update(n_neurons=600, region='VISp', ceiling=Score(.6))
    assert _recordings('TwinMouse.VISp-pls', score).startswith("A twin's predictions, not recordings: 600 neurons")


def test_an_unknown_model_is_told_before_anything_is_loaded():
    with pytest.raises(LookupError, match='Did you mean pixels64'):
        explain('pixels46', BENCHMARK)
