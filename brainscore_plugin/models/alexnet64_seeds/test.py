import pytest
import torch
from brainscore_vision import load_model


def filters(identifier):
    return load_model(identifier).activations_model._model.conv1[0].weight


@pytest.mark.parametrize('seed', [1, 2, 3, 4])
def test_each_seed_gives_weights_of_its_own_and_always_the_same(seed):
    weights = filters(f'alexnet64_untrained_seed{seed}')
    assert torch.equal(weights, filters(f'alexnet64_untrained_seed{seed}'))
    others = ['alexnet64_untrained', *(f'alexnet64_untrained_seed{other}' for other in range(1, 5) if other != seed)]
    assert not any(torch.equal(weights, filters(other)) for other in others)
    assert load_model(f'alexnet64_untrained_seed{seed}').layers == load_model('alexnet64_untrained').layers
