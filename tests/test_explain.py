"""What a score means, in a few lines."""
import os
import re

import pytest
from brainscore_core.metrics import Score
from brainscore_vision import load_benchmark, load_model

from brainscore_plugin.check import check_there
from brainscore_plugin.explain import _meaning, _recordings, explain

MODEL, BENCHMARK = 'pixels64', 'SimulatedMouse.VISp-pls'


def test_the_number_is_said_beside_chance_and_truth():
    meaning, against, recordings, others = explain(MODEL, BENCHMARK)
    value = load_benchmark(BENCHMARK)(load_model(MODEL))
    assert f'{value.item():.3f} ± {value.attrs["error"]:.3f}' in meaning
    assert 'correlation' in meaning
    chance, untrained, own = (float(number) for number in re.findall(r'(-?\d\.\d+) ±', against))
    assert abs(chance) < value.item() < untrained < own
    assert f'{load_benchmark(BENCHMARK).ceiling.item():.3f}' in recordings
    assert 'Simulated recordings: 180 neurons of VISp' in recordings
    share, consistency = (float(number) for number in re.findall(r'(?:reaches|get) (\d\.\d+)', others))
    assert share == pytest.approx(value.item() / consistency, abs=.01)
    assert '2 of the 3 animals' in others


def test_of_a_real_recording_it_is_said_what_it_can_show():
    meaning, against, recordings, resolution = explain(MODEL, 'Antolik2016.VISp-pls')
    assert 'not known' in against
    assert 'Real recordings: 260 neurons of VISp' in recordings
    assert 'cannot be ranked' in resolution


@pytest.mark.parametrize(('benchmark', 'said'), [
    ('SimulatedMouse.VISp-rdm', 'dissimilarities between images in the model and in an animal'),
    ('Antolik2016.VISp-rdm', 'mean over fields of view; no response is predicted'),
    ('Conwell2021.VISp-rdm', 'mean over the sites of the area'),
    ('SimulatedMouse.VISp-pls_pooled', 'mean rates'),
    ('SimulatedMouse.VISp-pls', 'over all neurons of an animal'),
    ('SimulatedMouse.VISp-cka', 'alignment'),
])
def test_the_meaning_is_that_of_the_metric(benchmark, said):
    assert said in _meaning(benchmark)


def test_of_matrices_it_is_said_what_other_animals_get():
    meaning, against, recordings, _ = explain(MODEL, 'Antolik2016.VISp-rdm')
    assert 'median neuron' not in meaning
    lower, upper = (float(number) for number in re.findall(r'gets (0\.\d+), and what all 2 share could get (0\.\d+)',
                                                           against)[0])
    assert 0 < lower < upper <= 1
    assert 'the reliability of their matrices' in recordings


def test_a_twins_predictions_are_not_called_recordings_of_a_mouse():
    score = Score(.5)
    score.attrs.update(n_neurons=600, region='VISp', ceiling=Score(.6))
    assert _recordings('TwinMouse.VISp-pls', score).startswith("A twin's predictions, not recordings: 600 neurons")


def test_an_unknown_model_is_told_before_anything_is_loaded():
    with pytest.raises(LookupError, match='Did you mean pixels64'):
        explain('pixels46', BENCHMARK)


def test_nothing_is_written_so_that_a_shared_home_is_enough(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(os, 'access', lambda *_: False)
        check_there(MODEL, BENCHMARK)


def test_a_benchmark_of_others_has_a_word(monkeypatch):
    monkeypatch.setattr('brainscore_plugin.explain.check_there', lambda *_: None)
    monkeypatch.setattr('brainscore_vision.load_benchmark', lambda _: object())
    with pytest.raises(ValueError, match='MajajHong2015.IT-pls is not a mouse benchmark'):
        explain(MODEL, 'MajajHong2015.IT-pls')
