import pytest
import torch
from brainscore_vision import load_model


def filters(identifier):
    return load_model(identifier).activations_model._model.conv1[0].weight


IDENTIFIERS = ['alexnet64_untrained_seed1', 'alexnet64_untrained_seed2', 'alexnet64_untrained_seed3',
               'alexnet64_untrained_seed4', 'alexnet64_kaiming_seed1', 'alexnet64_kaiming_seed2']


@pytest.mark.parametrize('identifier', IDENTIFIERS)
def test_each_seed_gives_weights_of_its_own_and_always_the_same(identifier):
    weights = filters(identifier)
    assert torch.equal(weights, filters(identifier))
    others = {'alexnet64_untrained', 'alexnet64_kaiming', *IDENTIFIERS} - {identifier}
    assert not any(torch.equal(weights, filters(other)) for other in others)
    assert load_model(identifier).layers == load_model('alexnet64_untrained').layers
