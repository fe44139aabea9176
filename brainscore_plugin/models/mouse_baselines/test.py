import numpy as np
import pytest
from brainscore_vision import load_model, load_stimulus_set
from PIL import Image


def features(identifier, stimuli):
    model = load_model(identifier)
    model.start_recording('VISp', time_bins=[(0, 250)])
    return model.look_at(stimuli, number_of_trials=1).values.squeeze()


@pytest.fixture(scope='module')
def stimuli():
    stimulus_set = load_stimulus_set('SimulatedMouse')
    few = stimulus_set[:5]
    few.stimulus_paths, few.identifier = stimulus_set.stimulus_paths, None
    return few


def test_pixels_are_the_image(stimuli):
    values = features('pixels64', stimuli).reshape(5, 3, 64, 64)
    with Image.open(stimuli.get_stimulus('simulated_scene_000')) as image:
        expected = np.asarray(image.convert('RGB').resize((64, 64), Image.BILINEAR)).transpose(2, 0, 1) / 255
    assert values[0] == pytest.approx(expected, abs=1e-6)


def test_random_features_depend_on_the_stimulus_alone(stimuli):
    once, again = features('random_features', stimuli), features('random_features', stimuli)
    assert np.array_equal(once, again)
    correlations = np.corrcoef(once)[np.triu_indices(5, 1)]
    assert np.abs(correlations).max() < .15  # five standard deviations of 1,000 independent numbers


def test_oracle_features_have_unit_mean_over_the_scenes():
    stimulus_set = load_stimulus_set('SimulatedMouse')
    stimulus_set.identifier = None
    assert features('gabor_oracle', stimulus_set).mean(axis=0) == pytest.approx(1)


def test_twin_features_are_the_predictions_that_its_neurons_follow():
    from brainscore_vision.data.TwinMouse.recording import twin_populations
    stimulus_set = load_stimulus_set('TwinMouse')
    few = stimulus_set[:5]
    few.stimulus_paths, few.identifier = stimulus_set.stimulus_paths, None
    population = twin_populations()[0]
    ours = features('twin_oracle', few)
    # the population has them by group, and divided by the mean over all scenes
    order = np.argsort(population.neurons['unit'].to_numpy())
    ratio = ours / population.outputs[:5, order]
    assert ratio == pytest.approx(np.broadcast_to(ratio[0], ratio.shape))
