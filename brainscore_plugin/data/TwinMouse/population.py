"""Neurons that a fitted network predicts, with trials as noisy as those of real mice."""
from dataclasses import dataclass

import numpy as np
import pandas as pd
from brainscore_vision.data.simulated_mouse.population import BIN_SECONDS, MEDIAN_RATE, RATE_LOG_SD
from brainscore_vision.data.simulated_mouse.trials import draw_reliabilities, draw_spike_counts, tune, tuned_rates

from .twin import Twin

N_GROUPS = 3
# Calcium-like responses: fluorescence of a spike relative to the baseline, for the indicator of Allen Visual Coding
# (Chen et al. 2013, Nature 499:295), and the standard deviation of a measurement's noise, ours
SPIKE_LEVEL, LEVEL_NOISE = .1, .05


@dataclass(frozen=True)
class TwinPopulation:
    """The twin's neurons, their noise-free outputs and how they spike.

    Parameters
    ----------
    neurons : pandas.DataFrame
        One row a neuron: neuroid_id, region, layer, animal (the group), unit (its number in the twin's session), x and
        y (where it looks, -1 to 1), expected_reliability (correlation between the responses to two halves of the trials
        that is aimed at), mean_rate (Hz) and tuned_share, see :mod:`~..simulated_mouse.trials`.
    outputs : numpy.ndarray, shape (n_scenes, n_neurons)
        The twin's predictions divided by their mean over the scenes.
    """
    neurons: pd.DataFrame
    outputs: np.ndarray

    @classmethod
    def drawn(cls, twin: Twin, predicted: np.ndarray, added_variance: float, seed: int) -> 'TwinPopulation':
        """Draw how reliable and how active the twin's neurons are.

        Parameters
        ----------
        twin : Twin
        predicted : numpy.ndarray, shape (n_scenes, n_neurons)
            Its responses to the scenes.
        added_variance : float
            Of a measurement's noise, in squared spikes.
        seed : int
        """
        outputs = predicted / predicted.mean(axis=0)
        n = outputs.shape[1]
        rng = np.random.default_rng([seed, 1])
        # the twin's neurons are in the order of the session, so that neighbours are dealt to different groups
        groups = np.sort(np.arange(n) % N_GROUPS) + 1
        dealt = np.argsort(np.arange(n) % N_GROUPS, kind='stable')
        x, y = twin.positions[dealt].T
        neurons = pd.DataFrame({
            'neuroid_id': [f'twin_group_{group}.{i % (n // N_GROUPS):03d}' for i, group in enumerate(groups)],
            'region': 'VISp', 'layer': '2/3', 'animal': [f'twin_group_{group}' for group in groups],
            'unit': twin.units[dealt], 'x': x, 'y': y, 'expected_reliability': draw_reliabilities(n, rng)})
        mean_rate = rng.lognormal(np.log(MEDIAN_RATE), RATE_LOG_SD, n)
        outputs = outputs[:, dealt]
        mean_count, neurons['tuned_share'] = tune(neurons['expected_reliability'].to_numpy(), mean_rate * BIN_SECONDS,
                                                  outputs.var(axis=0), added_variance)
        neurons['mean_rate'] = mean_count / BIN_SECONDS
        return cls(neurons, outputs)

    def rates(self) -> np.ndarray:
        """Noise-free rates in Hz, (n_scenes, n_neurons)."""
        return tuned_rates(self.outputs, self.neurons['mean_rate'].to_numpy(), self.neurons['tuned_share'].to_numpy())

    def spike_counts(self, n_trials: int, seed: int) -> np.ndarray:
        """Numbers of spikes in 250 ms on single trials, int64 (n_scenes, n_trials, n_neurons)."""
        return draw_spike_counts(self.rates() * BIN_SECONDS, self.neurons['animal'].to_numpy(), n_trials,
                                 np.random.default_rng([seed, 2]))

    def calcium(self, n_trials: int, seed: int) -> np.ndarray:
        """Change of fluorescence on single trials, float64 (n_scenes, n_trials, n_neurons), to 0.001."""
        counts = self.spike_counts(n_trials, seed)
        noise = np.random.default_rng([seed, 3]).normal(0, LEVEL_NOISE, counts.shape)
        return np.round(SPIKE_LEVEL * counts + noise, 3)
