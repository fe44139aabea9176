import numpy as np
import pytest
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision import load_metric


def test_reliability_of_known_noise():
    rng = np.random.default_rng(0)
    n_images, n_trials, n_neurons = 500, 20, 10
    signal = rng.standard_normal((n_images, 1, n_neurons))
    trials = signal + 2 * rng.standard_normal((n_images, n_trials, n_neurons))
    score = load_metric('split_half_reliability')(NeuroidAssembly(
        trials.reshape(-1, n_neurons), dims=['presentation', 'neuroid'], coords={
            'stimulus_id': ('presentation', np.repeat([f'image_{i}' for i in range(n_images)], n_trials)),
            'repetition': ('presentation', np.tile(np.arange(n_trials), n_images)),
            'neuroid_id': ('neuroid', np.arange(n_neurons)), 'region': ('neuroid', ['VISp'] * n_neurons)}))
    assert score.item() == pytest.approx(1 / (1 + 4 / n_trials), abs=.02)  # signal / (signal + noise of the mean)
