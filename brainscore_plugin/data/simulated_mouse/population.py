"""A population of mouse visual neurons whose truth is known: quadrature Gabor energy units with Poisson spikes."""
from dataclasses import dataclass

import numpy as np
import pandas as pd

SCREEN_DEGREES = 120  # width and height of a scene, as the Allen monitor spans 120 degrees of the mouse's visual field
BIN_SECONDS = 0.25  # one response is the spike count of 250 ms, the duration of a scene in Allen Visual Coding
N_ANIMALS = 3
N_NEURONS = 60  # per animal and area

# Median of the log-normal preferred spatial frequency, cycles/degree. VISp: Niell & Stryker (2008) found most mouse V1
# units between 0.02 and 0.08. VISl: Marshel et al. (2011) found LM significantly lower than V1; the factor is ours.
SPATIAL_FREQUENCY = {'VISp': 0.04, 'VISl': 0.025}
SPATIAL_FREQUENCY_LOG_SD = 0.5  # about 0.7 octaves
BANDWIDTH_OCTAVES = 2.  # broad, as in mouse V1 (Niell & Stryker 2008); makes fields grow as frequency falls
MAXIMUM_ECCENTRICITY = 45  # degrees from the screen's centre along either axis: most of every field is on the screen
ASPECT_RATIOS = (1., 1.6)  # length of the envelope along the grating's bars over its width, uniform
THRESHOLDS = (0., .5)  # output threshold as a share of the unit's mean energy, uniform
# Mean rates over neurons are log-normal (Buzsaki & Mizuseki 2014), so that neurons differ far more than images do.
MEDIAN_RATE = 4.  # Hz
RATE_LOG_SD = 1.


def _sample_neurons(seed: int) -> pd.DataFrame:
    rng = np.random.default_rng([seed, 1])
    areas = []
    for area, median_frequency in SPATIAL_FREQUENCY.items():
        n = N_ANIMALS * N_NEURONS
        animals = np.repeat([f'simulated_mouse_{animal}' for animal in range(1, N_ANIMALS + 1)], N_NEURONS)
        areas.append(pd.DataFrame({
            'neuroid_id': [f'{animal}.{area}.{i % N_NEURONS:02d}' for i, animal in enumerate(animals)],
            'region': area,
            'animal': animals,
            'x': rng.uniform(-MAXIMUM_ECCENTRICITY, MAXIMUM_ECCENTRICITY, n),
            'y': rng.uniform(-MAXIMUM_ECCENTRICITY, MAXIMUM_ECCENTRICITY, n),
            'orientation': rng.uniform(0, np.pi, n),
            'spatial_frequency': rng.lognormal(np.log(median_frequency), SPATIAL_FREQUENCY_LOG_SD, n),
            'aspect_ratio': rng.uniform(*ASPECT_RATIOS, n),
            'threshold': rng.uniform(*THRESHOLDS, n),
            'mean_rate': rng.lognormal(np.log(MEDIAN_RATE), RATE_LOG_SD, n),
        }))
    return pd.concat(areas, ignore_index=True)


def _quadrature_gabors(neurons: pd.DataFrame, size: int) -> np.ndarray:
    """Even and odd Gabor of every neuron on a screen of size x size pixels: (2, n_neurons, size * size)."""
    axis = (np.arange(size) + .5) / size * SCREEN_DEGREES - SCREEN_DEGREES / 2
    column = {name: neurons[name].to_numpy()[:, None, None] for name in
              ('x', 'y', 'orientation', 'spatial_frequency', 'aspect_ratio')}
    dx, dy = axis[None, None, :] - column['x'], axis[None, :, None] - column['y']
    across = dx * np.cos(column['orientation']) + dy * np.sin(column['orientation'])
    along = dy * np.cos(column['orientation']) - dx * np.sin(column['orientation'])
    # width at which a Gaussian envelope gives the half-height bandwidth: sigma f = sqrt(ln 2 / 2) / pi (2^b+1)/(2^b-1)
    octaves = 2 ** BANDWIDTH_OCTAVES
    sigma = np.sqrt(np.log(2) / 2) / np.pi * (octaves + 1) / (octaves - 1) / column['spatial_frequency']
    envelope = np.exp(-(across ** 2 + (along / column['aspect_ratio']) ** 2) / (2 * sigma ** 2))
    phase = 2 * np.pi * column['spatial_frequency'] * across
    gabors = np.stack([envelope * np.cos(phase), envelope * np.sin(phase)])
    # without this a cosine Gabor, or one cut by the screen's edge, would answer to a uniform grey screen
    gabors -= envelope * gabors.sum(axis=(-2, -1), keepdims=True) / envelope.sum(axis=(-2, -1), keepdims=True)
    gabors /= np.linalg.norm(gabors, axis=(-2, -1), keepdims=True)
    return gabors.reshape(2, len(neurons), size * size)


@dataclass(frozen=True)
class Population:
    r"""Simulated neurons: Gabor energy, threshold, gain.

    Neuron i answers scene s with the rate

    .. math:: r_i(s) = \bar r_i \, f_i(s), \qquad f_i(s) \propto \max(0, E_i(s) - \theta_i \langle E_i \rangle),
              \qquad E_i(s) = \sqrt{(g_i^{even} \cdot s)^2 + (g_i^{odd} \cdot s)^2},

    where the averages :math:`\langle\cdot\rangle` run over the scenes the population is calibrated on and
    :math:`\langle f_i \rangle = 1`, so that :math:`\bar r_i` is the neuron's mean rate. The energy model is Adelson &
    Bergen's (1985, J Opt Soc Am A 2:284); where the parameters come from stands beside the constants of this file
    (Niell & Stryker 2008, J Neurosci 28:7520; Marshel et al. 2011, Neuron 72:1040; Buzsaki & Mizuseki 2014,
    Nat Rev Neurosci 15:264).

    Parameters
    ----------
    neurons : pandas.DataFrame
        One row a neuron: neuroid_id, region, animal, x and y (degrees from the screen's centre), orientation
        (radians), spatial_frequency (cycles/degree), aspect_ratio, threshold (share of the mean energy), mean_rate
        (Hz), and, measured on the calibration scenes, mean_energy and mean_output.
    """
    neurons: pd.DataFrame

    @classmethod
    def calibrated(cls, scenes: np.ndarray, seed: int) -> 'Population':
        """Draw the neurons and fix their thresholds and gains on `scenes`, uint8 (n_scenes, size, size)."""
        neurons = _sample_neurons(seed)
        energy = _energy(neurons, scenes)
        neurons['mean_energy'] = energy.mean(axis=0)
        neurons['mean_output'] = _rectified(neurons, energy).mean(axis=0)
        return cls(neurons)

    def features(self, scenes: np.ndarray) -> np.ndarray:
        """The neurons' noise-free outputs f, with mean 1 over the calibration scenes.

        Parameters
        ----------
        scenes : numpy.ndarray, uint8, shape (n_scenes, size, size)
            Intensities from 0 to 255; whatever their size, they fill the :data:`SCREEN_DEGREES` of the screen.

        Returns
        -------
        numpy.ndarray, float64, shape (n_scenes, n_neurons)
            The features that explain the population completely: a neuron's rate is its mean rate times its feature.
        """
        return _rectified(self.neurons, _energy(self.neurons, scenes)) / self.neurons['mean_output'].to_numpy()

    def rates(self, scenes: np.ndarray) -> np.ndarray:
        """Noise-free firing rates in Hz, (n_scenes, n_neurons), of uint8 scenes (n_scenes, size, size)."""
        # rounded, so that the last bits, which differ between processors, do not reach the Poisson draws
        return np.round(self.features(scenes) * self.neurons['mean_rate'].to_numpy(), 6)

    def spike_counts(self, scenes: np.ndarray, n_trials: int, seed: int) -> np.ndarray:
        """Poisson spike counts in bins of 250 ms, int64 (n_scenes, n_trials, n_neurons), independent over trials."""
        expected = self.rates(scenes)[:, None, :] * BIN_SECONDS
        shape = (len(scenes), n_trials, len(self.neurons))
        return np.random.default_rng([seed, 2]).poisson(expected, shape)


def _energy(neurons: pd.DataFrame, scenes: np.ndarray) -> np.ndarray:
    size = scenes.shape[-1]
    intensities = scenes.reshape(len(scenes), size * size) / 255
    even, odd = _quadrature_gabors(neurons, size)
    return np.hypot(intensities @ even.T, intensities @ odd.T)


def _rectified(neurons: pd.DataFrame, energy: np.ndarray) -> np.ndarray:
    return np.maximum(0, energy - neurons['threshold'].to_numpy() * neurons['mean_energy'].to_numpy())
