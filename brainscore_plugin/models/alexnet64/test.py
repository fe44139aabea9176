import pytest
from brainscore_vision import load_model, load_stimulus_set

FEATURES = {'conv1': 14400, 'conv2': 9408, 'conv3': 3456, 'conv4': 2304, 'conv5': 2304}


@pytest.mark.parametrize('area', ['VISp', 'VISl', 'VISal', 'VISam', 'VISpm', 'VISrl'])
def test_every_layer_is_recorded_for_a_mouse_area(area):
    model = load_model('alexnet64_untrained')
    model.start_recording(area, time_bins=[(0, 250)])
    layers = model.look_at(load_stimulus_set('SimulatedMouse'), number_of_trials=1)['layer'].values
    assert {layer: (layers == layer).sum() for layer in dict.fromkeys(layers)} == FEATURES


@pytest.mark.parametrize('region', ['V1', 'V2', 'V4', 'IT'])
def test_primate_areas_are_mapped(region):
    model = load_model('alexnet64_untrained')
    assert model.layer_model.region_layer_map[region] in FEATURES
