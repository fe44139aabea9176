"""A population of mouse visual neurons whose truth is a formula: simple and complex cells that normalise each other."""
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .trials import draw_reliabilities, draw_spike_counts, tune, tuned_rates

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
COMPLEX_SHARE = .5  # Niell & Stryker (2008) found both kinds in every layer; the share is ours
EXPONENT = 2  # of the drive, as Heeger (1992) has it
POOL_DEGREES = 20.  # standard deviation of the neighbourhood whose energy divides; about a field wide, ours
# Mean rates over neurons are log-normal (Buzsaki & Mizuseki 2014), so that neurons differ far more than images do.
MEDIAN_RATE = 4.  # Hz
RATE_LOG_SD = 1.
ROUNDING = 1e-12  # mean output below which a neuron answers nothing


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
            'cell_type': np.where(rng.random(n) < COMPLEX_SHARE, 'complex', 'simple'),
            'phase': rng.uniform(0, 2 * np.pi, n),
            'mean_rate': rng.lognormal(np.log(MEDIAN_RATE), RATE_LOG_SD, n),
            'expected_reliability': draw_reliabilities(n, rng),
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
    r"""Simulated neurons: Gabor filters, rectified or in quadrature, divided by what goes on around them.

    With :math:`e_i` and :math:`o_i` the responses of neuron i's even and odd Gabor to scene s, its drive is

    .. math:: D_i = \max(0, e_i \cos\phi_i + o_i \sin\phi_i) \quad\text{(simple)}, \qquad
              D_i = \sqrt{e_i^2 + o_i^2} \quad\text{(complex)},

    which its neighbours' energy divides:

    .. math:: f_i(s) \propto \frac{D_i^2}{\sigma_i^2 + P_i}, \qquad
              P_i = \sum_j w_{ij} (e_j^2 + o_j^2), \qquad \sigma_i^2 = \langle P_i \rangle,

    where :math:`w_{ij}` falls off as a Gaussian with the distance of the fields and sums to 1, averages
    :math:`\langle\cdot\rangle` run over the scenes the population is calibrated on, and
    :math:`\langle f_i \rangle = 1`. Its rate is :math:`r_i(s) = \bar r_i (1 - w_i + w_i f_i(s))`;
    :mod:`.trials` tells how the tuned share :math:`w_i` follows from the neuron's reliability, which is drawn as real
    neurons have it.

    The energy model is Adelson & Bergen's (1985, J Opt Soc Am A 2:284), normalisation Heeger's (1992, Vis Neurosci
    9:181; Carandini & Heeger 2012, Nat Rev Neurosci 13:51); where the parameters come from stands beside the constants
    of this file (Niell & Stryker 2008, J Neurosci 28:7520; Marshel et al. 2011, Neuron 72:1040; Buzsaki & Mizuseki
    2014, Nat Rev Neurosci 15:264) and of :mod:`.trials` (Goris et al. 2014, Nat Neurosci 17:858).

    Parameters
    ----------
    neurons : pandas.DataFrame
        One row a neuron: neuroid_id, region, animal, x and y (degrees from the screen's centre), orientation
        (radians), spatial_frequency (cycles/degree), aspect_ratio, cell_type ('simple' or 'complex'), phase (radians),
        expected_reliability (correlation between the responses to two halves of the trials that is aimed at), and,
        measured on the calibration scenes, mean_rate (Hz), tuned_share, semi_saturation and mean_output.
    """
    neurons: pd.DataFrame

    @classmethod
    def calibrated(cls, scenes: np.ndarray, seed: int) -> 'Population':
        """Draw the neurons and fix their gains and tuned shares on `scenes`, uint8 (n_scenes, size, size).

        Raises
        ------
        ValueError
            If a neuron answers none of the scenes.
        """
        neurons = _sample_neurons(seed)
        drive, pool = _drive_and_pool(neurons, scenes)
        neurons['semi_saturation'] = pool.mean(axis=0)
        normalised = drive ** EXPONENT / (neurons['semi_saturation'].to_numpy() + pool)
        neurons['mean_output'] = normalised.mean(axis=0)
        silent = int((neurons['mean_output'] < ROUNDING).sum())
        if silent:
            raise ValueError(f'{silent} simulated neurons answer none of the {len(scenes)} scenes that they are '
                             'calibrated on: give more scenes.')
        variance = (normalised / neurons['mean_output'].to_numpy()).var(axis=0)
        mean_count, neurons['tuned_share'] = tune(
            neurons['expected_reliability'].to_numpy(), neurons['mean_rate'].to_numpy() * BIN_SECONDS, variance)
        neurons['mean_rate'] = mean_count / BIN_SECONDS
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
            The features that explain the population completely: a neuron's rate is linear in its feature.
        """
        drive, pool = _drive_and_pool(self.neurons, scenes)
        normalised = drive ** EXPONENT / (self.neurons['semi_saturation'].to_numpy() + pool)
        return normalised / self.neurons['mean_output'].to_numpy()

    def rates(self, scenes: np.ndarray) -> np.ndarray:
        """Noise-free firing rates in Hz, (n_scenes, n_neurons), of uint8 scenes (n_scenes, size, size)."""
        return tuned_rates(self.features(scenes), self.neurons['mean_rate'].to_numpy(),
                           self.neurons['tuned_share'].to_numpy())

    def spike_counts(self, scenes: np.ndarray, n_trials: int, seed: int) -> np.ndarray:
        """Spike counts in bins of 250 ms, int64 (n_scenes, n_trials, n_neurons), see :mod:`.trials`."""
        return draw_spike_counts(self.rates(scenes) * BIN_SECONDS, self.neurons['animal'].to_numpy(), n_trials,
                                 np.random.default_rng([seed, 2]))


def _drive_and_pool(neurons: pd.DataFrame, scenes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What drives the neurons and the energy around them, each (n_scenes, n_neurons)."""
    size = scenes.shape[-1]
    intensities = scenes.reshape(len(scenes), size * size) / 255
    even, odd = (intensities @ gabors.T for gabors in _quadrature_gabors(neurons, size))
    energy = even ** 2 + odd ** 2
    phase = neurons['phase'].to_numpy()
    simple = np.maximum(0, even * np.cos(phase) + odd * np.sin(phase))
    drive = np.where(neurons['cell_type'].to_numpy() == 'complex', np.sqrt(energy), simple)
    return drive, energy @ _neighbourhoods(neurons).T


def _neighbourhoods(neurons: pd.DataFrame) -> np.ndarray:
    """Weights of the neurons of the same area around each, (n_neurons, n_neurons); rows sum to 1."""
    x, y, area = (neurons[name].to_numpy() for name in ('x', 'y', 'region'))
    squared = (x[:, None] - x) ** 2 + (y[:, None] - y) ** 2
    weights = np.exp(-squared / (2 * POOL_DEGREES ** 2)) * (area[:, None] == area)
    return weights / weights.sum(axis=1, keepdims=True)
