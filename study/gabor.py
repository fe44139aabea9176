"""The Gabor function: a grating under a Gaussian envelope, the textbook model of a simple cell's receptive field."""
import numpy as np
import pandas as pd

PARAMETERS = ['x', 'y', 'orientation', 'log_frequency', 'log_sigma', 'log_aspect', 'cosine', 'sine']  # as fitted
# A Gaussian's width at half height; a Gabor whose envelope holds less of a cycle has no lower cut-off frequency.
HALF_HEIGHT = np.sqrt(np.log(2) / 2)


def gabor(parameters: pd.DataFrame, size: int) -> np.ndarray:
    """Gabor functions as patterns of pixels.

    Parameters
    ----------
    parameters : pandas.DataFrame
        Columns as :func:`~study.gabor_fit.fit_gabors` names them: orientation_deg, frequency_cycles_per_pixel, phase,
        x, y, sigma, aspect, amplitude.
    size : int
        Pixels a side.

    Returns
    -------
    numpy.ndarray, shape (n, size, size)
        Rows from top to bottom.
    """
    column = {name: parameters[name].to_numpy(dtype=float)[:, None] for name in
              ('orientation_deg', 'frequency_cycles_per_pixel', 'phase', 'x', 'y', 'sigma', 'aspect', 'amplitude')}
    across, along = across_and_along(column['x'], column['y'], np.deg2rad(column['orientation_deg']), size)
    envelope = np.exp(-(across ** 2 + (along / column['aspect']) ** 2) / (2 * column['sigma'] ** 2))
    carrier = np.cos(2 * np.pi * column['frequency_cycles_per_pixel'] * across + column['phase'])
    return (column['amplitude'] * envelope * carrier).reshape(-1, size, size)


def gabor_and_derivatives(parameters: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Gabor functions and their derivatives.

    Parameters
    ----------
    parameters : numpy.ndarray, shape (n, 8)
        As :data:`PARAMETERS` names them.
    size : int
        Pixels a side.

    Returns
    -------
    values : numpy.ndarray, shape (n, size * size)
    derivatives : numpy.ndarray, shape (n, size * size, 8)
        By the parameters.
    """
    x, y, orientation, log_f, log_sigma, log_aspect, cosine, sine = parameters.T[:, :, None]
    across, along = across_and_along(x, y, orientation, size)
    turn, variance, aspect2 = 2 * np.pi * np.exp(log_f), np.exp(2 * log_sigma), np.exp(2 * log_aspect)
    envelope = np.exp(-(across ** 2 + along ** 2 / aspect2) / (2 * variance))
    even, odd = envelope * np.cos(turn * across), envelope * np.sin(turn * across)
    value = cosine * even + sine * odd
    by_turn = sine * even - cosine * odd
    by_across, by_along = turn * by_turn - value * across / variance, -value * along / (aspect2 * variance)
    sin, cos = np.sin(orientation), np.cos(orientation)
    return value, np.stack([
        by_across * sin - by_along * cos, -by_across * cos - by_along * sin, -by_across * along + by_along * across,
        turn * by_turn * across, value * (across ** 2 + along ** 2 / aspect2) / variance,
        value * along ** 2 / (aspect2 * variance), even, odd], axis=2)


def across_and_along(x: np.ndarray | float, y: np.ndarray | float, orientation: np.ndarray,
                     size: int) -> tuple[np.ndarray, np.ndarray]:
    """Distances of pixels from (x, y) across and along the bars, each (n, size * size); the orientation in radians."""
    axis = np.arange(size) - (size - 1) / 2
    dx, dy = np.tile(axis, size) - x, -np.repeat(axis, size) - y
    # bars of orientation 0 are horizontal: across them is up
    return dy * np.cos(orientation) - dx * np.sin(orientation), dx * np.cos(orientation) + dy * np.sin(orientation)


def parameter_table(fitted: np.ndarray) -> pd.DataFrame:
    """Parameters as fitted, (n, parameters), in the units and under the names of :func:`gabor`, with the bandwidth."""
    x, y, orientation, log_f, log_sigma, log_aspect, cosine, sine = fitted.T
    phase = np.arctan2(-sine, cosine)
    turns = np.floor(orientation / np.pi)
    frequency, sigma = np.exp(log_f), np.exp(log_sigma)
    cycles = np.pi * frequency * sigma
    with np.errstate(divide='ignore', invalid='ignore'):
        bandwidth = np.where(cycles > HALF_HEIGHT, np.log2((cycles + HALF_HEIGHT) / (cycles - HALF_HEIGHT)), np.nan)
    return pd.DataFrame({
        'orientation_deg': np.rad2deg(orientation - np.pi * turns), 'frequency_cycles_per_pixel': frequency,
        'bandwidth_octaves': bandwidth,
        'phase': np.where(turns % 2, -phase, phase),  # across points the other way after half a turn
        'x': x, 'y': y, 'sigma': sigma, 'aspect': np.exp(log_aspect), 'amplitude': np.hypot(cosine, sine)})
