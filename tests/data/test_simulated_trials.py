"""Single trials of simulated neurons: as reliable as asked for, and as variable as they are said to be."""
import numpy as np
import pytest
from brainscore_vision import load_dataset
from brainscore_vision.data.simulated_mouse.trials import (
    GAIN_VARIANCE,
    N_TRIALS,
    SHARED_SD,
    draw_reliabilities,
    draw_spike_counts,
    tune,
    tuned_rates,
)

ALLEN_QUARTILES = (.14, .41, .71)  # split-half correlations of 39,317 neurons of Allen Visual Coding


def halves_correlate(responses):
    """Correlation of the mean responses to even and odd trials, (n_neurons,)."""
    first, second = ((half - half.mean(axis=0)) / half.std(axis=0)
                     for half in (responses[:, ::2].mean(axis=1), responses[:, 1::2].mean(axis=1)))
    return (first * second).mean(axis=0)


@pytest.mark.parametrize('added_noise', [0., .5])
def test_neurons_are_as_reliable_as_they_were_tuned_to_be(added_noise):
    rng = np.random.default_rng(0)
    wanted = np.repeat([.05, .2, .5, .8], 50)
    outputs = rng.gamma(2, .5, (400, 200))
    outputs /= outputs.mean(axis=0)
    mean, share = tune(wanted, rng.lognormal(0, 1, 200), outputs.var(axis=0), added_noise ** 2)
    counts = draw_spike_counts(tuned_rates(outputs, mean, share), np.arange(200), N_TRIALS, rng)
    found = halves_correlate(counts + rng.normal(0, added_noise, counts.shape)).reshape(4, 50).mean(axis=1)
    assert found == pytest.approx([.05, .2, .5, .8], abs=.02)
    assert (share <= 1).all()


def test_what_no_neuron_can_reach_is_bounded():
    mean, share = tune(np.array([1 - 1e-12]), np.array([1.]), np.array([.3]))
    assert share == pytest.approx(1)
    assert 1 < mean[0] < 10


def test_trials_vary_more_than_poisson_and_together_within_an_animal():
    expected = np.full((200, 4), 3.)
    counts = draw_spike_counts(expected, np.array(['a', 'a', 'b', 'b']), 100, np.random.default_rng(0))
    assert counts.mean() == pytest.approx(3, rel=.02)
    assert counts.var(axis=(0, 1)).mean() == pytest.approx(3 + GAIN_VARIANCE * 9, rel=.05)
    covariance = np.cov(counts.reshape(-1, 4).T)
    assert [covariance[0, 1], covariance[2, 3]] == pytest.approx([SHARED_SD ** 2 * 9] * 2, rel=.1)
    assert covariance[:2, 2:] == pytest.approx(0, abs=.1)


def test_drawn_reliabilities_have_the_quartiles_of_real_neurons():
    drawn = draw_reliabilities(100_000, np.random.default_rng(0))
    # measured with the error of 118 scenes, whose Fisher z has the variance 1 / 115
    error = np.random.default_rng(1).normal(0, 115 ** -.5, 100_000)
    measured = np.tanh(np.arctanh(np.minimum(drawn, 1 - 1e-9)) + error)
    assert np.quantile(measured, [.25, .5, .75]) == pytest.approx(ALLEN_QUARTILES, abs=.015)


@pytest.mark.parametrize('identifier', ['SimulatedMouse', 'TwinMouse', 'TwinMouse.spikes'])
def test_recordings_are_as_reliable_as_real_mice(identifier):
    recording = load_dataset(identifier)
    found = halves_correlate(recording.values.reshape(118, N_TRIALS, -1))
    # the sampling error of a quartile of 360 neurons is about 0.03
    assert np.quantile(found, [.25, .5, .75]) == pytest.approx(ALLEN_QUARTILES, abs=.07)
    assert np.mean(found - recording['expected_reliability'].values) == pytest.approx(0, abs=.02)
