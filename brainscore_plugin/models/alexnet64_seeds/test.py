import pytest
import torch
from brainscore_vision import load_model


def filters(identifier):
    return load_model(identifier).activations_model._model.conv1[0].weight


IDENTIFIERS = ['alexnet64_untrained_seed1', 'alexnet64_untrained_seed2', 'alexnet64_untrained_seed3',
               'alexnet64_untrained_seed4', 'alexnet64_kaiming_seed1', 'alexnet64_kaiming_seed2']


@pytest.fixture(scope='module')
def drawn():
    return {name: filters(name) for name in ('alexnet64_untrained', 'alexnet64_kaiming', *IDENTIFIERS)}


@pytest.mark.parametrize('identifier', IDENTIFIERS)
def test_each_seed_gives_weights_of_its_own_and_always_the_same(identifier, drawn):
    assert torch.equal(drawn[identifier], filters(identifier))
    assert not any(torch.equal(drawn[identifier], drawn[other]) for other in drawn if other != identifier)


def test_all_have_the_same_layers():
    assert load_model(IDENTIFIERS[0]).layers == load_model('alexnet64_untrained').layers
