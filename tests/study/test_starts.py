"""What training has added to the untrained network that it started from."""
import pandas as pd
import pytest

from study.models import StudyModel, trained_model
from study.starts import GAIN, known_starts, minus_start

SCORES = pd.DataFrame({'recording': 'Mouse', 'area': 'VISp', 'metric': 'pls', 'layer': ['conv1', 'conv2'] * 2,
                       'model': ['sketch', 'sketch', 'start', 'start'], 'label': ['sketch'] * 2 + ['untrained'] * 2,
                       'group': ['trained'] * 2 + ['untrained'] * 2, 'value': [.5, .2, .3, .25], 'error': .1})


def test_a_layer_is_compared_with_the_same_layer_of_its_own_start():
    gains = minus_start(SCORES, {'sketch': 'start'})
    assert list(gains.value) == pytest.approx([.2, -.05])
    assert set(gains.group) == {GAIN}
    assert set(gains.label) == {'sketch − own start'}
    assert 'error' not in gains


def test_animals_are_compared_each_with_itself():
    animals = pd.concat([SCORES.assign(animal='a'), SCORES.assign(animal='b', value=SCORES.value * 2)])
    gains = minus_start(animals, {'sketch': 'start'}, ('animal',)).set_index(['animal', 'layer']).value
    assert gains['b', 'conv1'] == pytest.approx(.4)


def test_without_a_known_start_there_is_no_row():
    assert len(minus_start(SCORES, {})) == 0
    models = [trained_model('alexnet64_simclr_real', 'real'), StudyModel('alexnet64_kaiming', 'untrained', 'untrained')]
    starts, missing = known_starts(models, {'alexnet64_simclr_real', 'alexnet64_kaiming'})
    assert (starts, missing) == ({'alexnet64_simclr_real': 'alexnet64_kaiming'}, [])
    starts, missing = known_starts(models, {'alexnet64_simclr_real'})
    assert not starts
    assert 'alexnet64_simclr_real' in missing[0]
