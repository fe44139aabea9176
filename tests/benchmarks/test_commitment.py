"""Which layers of a model stand for an area, decided without a network."""
import socket

import pytest
from brainscore_vision.benchmarks.mouse_predictivity.commitment import commitment
from test_activations import commitment as model

LAYERS = ('conv', 'block', 'readout')


@pytest.fixture(autouse=True)
def unplugged(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError('reached for the network')
    monkeypatch.setattr(socket.socket, 'connect', refuse)


def mapped(region_layer_map, layers=LAYERS):
    made = model(layers)
    made.layer_model.region_layer_map = region_layer_map
    return made


@pytest.mark.parametrize(('region_layer_map', 'region', 'layers'), [
    ({'VISp': 'block', 'V1': 'conv'}, 'VISp', ('block',)),
    ({'VISp': ['block', 'conv']}, 'VISp', ('block', 'conv')),
    ({'V1': 'conv', 'IT': 'readout'}, 'V1', ('conv',)),
    ({'VISp': [], 'V1': 'conv'}, 'V1', ('conv',)),
])
def test_a_map_is_followed_and_v1_stands_in(region_layer_map, region, layers):
    chosen = commitment(mapped(region_layer_map), 'VISp')
    assert (chosen.region, chosen.layers, chosen.mapped) == (region, layers, True)
    assert ('V1 recorded for VISp' in chosen.comment) == (region == 'V1')


@pytest.mark.parametrize('region_layer_map', [{}, {'IT': 'readout'}, None])
def test_without_a_layer_for_the_area_the_middle_one_is_taken_and_said(region_layer_map):
    chosen = commitment(mapped(region_layer_map), 'VISl')
    assert (chosen.region, chosen.layers, chosen.mapped) == ('VISl', ('block',), False)
    assert chosen.comment == 'the model commits to no layer for VISl: block, the middle one of the 3 it names'


def test_the_map_that_brainscore_would_fill_by_downloading_is_left_alone():
    from brainscore_vision.model_helpers.brain_transformation import ModelCommitment
    lazy = ModelCommitment('small', model().activations_model, layers=list(LAYERS))  # no map: a RegionLayerMap
    assert commitment(lazy, 'VISp').layers == ('block',)
    assert not lazy.layer_model.region_layer_map


@pytest.mark.parametrize(('layers', 'middle'), [(['conv'], 'conv'), (['conv', 'block'], 'conv')])
def test_of_an_even_number_the_earlier(layers, middle):
    assert commitment(mapped(None, layers), 'VISp').layers == (middle,)


def test_a_model_of_another_kind_knows_itself():
    assert commitment(object(), 'VISp').layers == ()


@pytest.mark.parametrize('value', ['module', ['module']])
def test_a_map_of_modules_instead_of_names_is_said(value):
    """As models that were submitted to Brain-Score have had it."""
    made = mapped(None)
    module = made.activations_model._model.conv
    made.layer_model.region_layer_map = {'VISp': module if value == 'module' else [module]}
    with pytest.raises(ValueError, match="maps 'VISp' to a Conv2d: its map has to hold names"):
        commitment(made, 'VISp')
