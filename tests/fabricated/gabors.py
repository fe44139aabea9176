"""Gabor functions of known parameters, as filters of a first layer."""
import numpy as np
import pandas as pd


def random_gabors(n, seed=0):
    """Parameters as :func:`study.gabor.gabor` takes them."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame({
        'orientation_deg': rng.uniform(0, 180, n), 'frequency_cycles_per_pixel': rng.uniform(.08, .35, n),
        'phase': rng.uniform(-np.pi, np.pi, n), 'x': rng.uniform(-2, 2, n), 'y': rng.uniform(-2, 2, n),
        'sigma': rng.uniform(1.5, 3, n), 'aspect': rng.uniform(.7, 2, n), 'amplitude': rng.uniform(.5, 2, n)})


def coloured(patterns, seed=0):
    """Patterns, (n, k, k), as filters of one random colour each, (n, 3, k, k)."""
    colours = np.random.default_rng(seed).uniform(.2, 1, (len(patterns), 3))
    return patterns[:, None] * colours[:, :, None, None]


def orientation_error(a, b):
    """Difference of two orientations in degrees, 0 to 90."""
    return np.abs((np.asarray(a) - np.asarray(b) + 90) % 180 - 90)
