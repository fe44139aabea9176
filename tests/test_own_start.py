"""Which untrained model a trained one is to be compared with."""
import pytest

from brainscore_plugin.own_start import model_card, start_of


@pytest.mark.parametrize(('training', 'expected'), [
    ({'seed': 0, 'recipe': {}}, 'alexnet64_untrained'), ({'seed': 2, 'recipe': {}}, 'alexnet64_untrained_seed2'),
    ({'seed': 1, 'recipe': {'initial_weights': 'kaiming'}}, 'alexnet64_kaiming_seed1'),
    ({'seed': 1, 'recipe': {}, 'start': 'my_start'}, 'my_start'), ({}, None)])
def test_the_card_tells_the_start(training, expected):
    assert start_of({'training': training}) == expected


def test_a_shipped_model_has_a_start_and_others_have_none():
    assert start_of(model_card('alexnet64_simclr_sketch')) == 'alexnet64_kaiming'
    assert model_card('pixels64') is None
