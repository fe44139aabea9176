"""Predictions of neurons: they are those that a benchmark scores."""
import numpy as np
import pytest

from napari_viewer.core.networks import open_network
from napari_viewer.core.neuron_prediction import Readout, predict
from napari_viewer.core.neuron_sheet import SHOWN, NeuronQuery, NeuronSheet
from napari_viewer.core.recording import open_recording


@pytest.fixture(scope='module')
def prediction(weight_files):
    """Of real neurons, by the first layer of random weights."""
    return predict(open_recording('Antolik2016.VISp-pls'), open_network(weight_files[0]), 'conv1')


def test_correlations_are_those_of_the_score(prediction):
    """For folds of the images the metric averages correlations over two divisions, the plot shows their mean."""
    from brainscore_vision.metrics.mouse_metrics.averages import nanmean
    from brainscore_vision.metrics.noise_corrected_pls.folds import fold_predictions, neuron_correlations
    recording = prediction.recording
    for trials in recording.trials.values():
        numbers = [recording.number_of(stimulus_id) for stimulus_id in trials.stimulus_ids]
        averages = nanmean(trials.responses, axis=1)
        predicted = fold_predictions(prediction.features[numbers], averages, recording.benchmark.metric.protocol)
        np.testing.assert_allclose(prediction.raw[trials.neurons], neuron_correlations(predicted, averages))
        shown = prediction.predicted[np.ix_(trials.neurons, numbers)]
        np.testing.assert_allclose(shown, predicted.mean(axis=0).T)
    assert np.isfinite([prediction.score, prediction.error]).all()


def test_predictions_of_halves_go_with_the_score(weight_files):
    recording = open_recording('SimulatedMouse.VISp-pls')
    prediction = predict(recording, open_network(weight_files[0]), 'conv1')
    own = [np.corrcoef(recording.averages[k], prediction.predicted[k])[0, 1] for k in range(len(recording))]
    assert np.corrcoef(own, prediction.raw)[0, 1] > .9
    # the score counts neurons by their signal; the median neuron is near it
    medians = [np.nanmedian(prediction.corrected[trials.neurons]) for trials in recording.trials.values()]
    assert prediction.score == pytest.approx(np.mean(medians), abs=.05)


def test_features_are_those_that_brain_score_records(prediction):
    """A model of this project, through Brain-Score and through the viewer."""
    from brainscore_vision import load_model
    network = open_network('alexnet64_untrained')
    recorded = prediction.recording.benchmark.features(load_model('alexnet64_untrained'), ['conv2'])[1]['conv2']
    images = np.stack([prediction.recording.images.square(i, network.input_size) for i in range(5)])
    place = {one: k for k, one in enumerate(recorded['stimulus_id'].values)}
    rows = [place[prediction.recording.images.source(i)] for i in range(5)]
    np.testing.assert_allclose(network.features(images, 'conv2'), recorded.values[rows], atol=1e-4)


def test_weights_read_out_what_is_predicted(prediction):
    from brainscore_vision.metrics.noise_corrected_pls import pls

    neuron = int(np.nanargmax(prediction.raw))
    shown = np.isfinite(prediction.recording.averages[neuron])
    features, response = prediction.features[shown].astype(float), prediction.recording.averages[neuron][shown]
    weights = prediction.weights(neuron)
    n = Readout(features).components(response)
    fitted = pls.fit_predict(features, response[:, None], features, n)[:, 0]
    read_out = (features - features.mean(axis=0)) @ weights.ravel() + response.mean()
    np.testing.assert_allclose(read_out, fitted, atol=1e-6 * np.ptp(fitted))
    assert prediction.pattern(neuron, weights).shape == (64, 64, 3)


def test_a_gradient_finds_the_filter(images):
    """In a network of one convolution, what a unit responds to is its filter where the unit lies."""
    from torch import nn
    module = nn.Conv2d(3, 2, 5, bias=False)
    network = open_network(module)
    weights = np.zeros((2, 60, 60), np.float32)
    weights[1, 10, 20] = 1
    gradient = network.gradient(images[:2], 'conv', weights)
    filters = module.weight[1].detach().permute(1, 2, 0).numpy() / (.229, .224, .225)  # of normalised images
    np.testing.assert_allclose(gradient[10:15, 20:25], filters, rtol=1e-4)
    assert np.count_nonzero(gradient) == 75


def test_a_sheet_shows_the_images_that_drive_a_neuron(prediction):
    recording, neuron = prediction.recording, 3
    sheet = NeuronSheet(NeuronQuery(recording, neuron, prediction, None, 7))
    responses = recording.averages[neuron]
    assert sheet.most[0] == np.nanargmax(responses)
    assert sheet.least[0] == np.nanargmin(responses)
    labels, table = sheet.tiles()
    assert table['image'][0] == sheet.most[0]
    assert len(table) == 2 * SHOWN + np.isfinite(responses).sum() == labels.max()
    assert sheet.draw().shape[:2] == labels.shape
