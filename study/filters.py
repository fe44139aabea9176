"""Gabor functions fitted to the filters of a first layer, which the paper looked at (Fig. 6) but did not count.

Filters are reduced to the pattern of their principal colour; all are fitted at once.
"""
import functools

import numpy as np
import pandas as pd

PARAMETERS = ['x', 'y', 'orientation', 'log_frequency', 'log_sigma', 'log_aspect', 'cosine', 'sine']
ITERATIONS = 60  # of Levenberg and Marquardt's method
CONVERGED = 1e-7  # relative fall of the squared error, below which a fit is done
NYQUIST = .5  # cycles/pixel
NULL_FILTERS = 500
NULL_QUANTILE = .99
# A Gaussian's width at half height; a Gabor whose envelope holds less of a cycle has no lower cut-off frequency.
HALF_HEIGHT = np.sqrt(np.log(2) / 2)


def fit_gabors(weights: np.ndarray) -> pd.DataFrame:
    r"""Fit a Gabor function to the principal colour of every filter.

    .. math:: A\,\exp\left(-\frac{u^2 + (v/a)^2}{2\sigma^2}\right) \cos(2\pi f u + \phi),

    with u across and v along the bars, by least squares (Levenberg-Marquardt) from the best of a grid of Gabors of
    each of three widths.

    Parameters
    ----------
    weights : numpy.ndarray, shape (n, 3, k, k) or (n, k, k)
        Filters, in rows from top to bottom.

    Returns
    -------
    pandas.DataFrame
        A row a filter: filter; orientation_deg of the bars, anticlockwise from horizontal, 0 to 180;
        frequency_cycles_per_pixel; bandwidth_octaves at half height, NaN where the filter has no lower cut-off;
        phase in radians; x (to the right) and y (up) of the centre in pixels from the filter's; sigma across the bars
        in pixels; aspect, sigma along by sigma across; amplitude; r2, the share of the pattern's sum of squares about
        its mean that the Gabor explains; colour_share, the share of the filter's sum of squares that the principal
        colour holds. NaN where a filter is constant.

    Raises
    ------
    ValueError
        If filters are not square or not finite.

    Examples
    --------
    >>> fits = fit_gabors(model.conv1.weight.detach().numpy())
    >>> gabors = gabor(fits, size=11)
    """
    patterns, colour_share = principal_patterns(weights)
    n, size = patterns.shape[:2]
    flat = patterns.reshape(n, -1)
    starts = _grid_starts(flat, size)  # (starts, n, parameters)
    repeated = np.tile(flat, (len(starts), 1))
    fitted, error = _levenberg_marquardt(starts.reshape(-1, len(PARAMETERS)), repeated, size)
    error = error.reshape(len(starts), n)
    best = np.nanargmin(np.where(np.isnan(error), np.inf, error), axis=0)
    fitted = fitted.reshape(starts.shape)[best, np.arange(n)]
    table = _named(fitted)
    variation = ((flat - flat.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    with np.errstate(divide='ignore', invalid='ignore'):
        table['r2'] = 1 - error[best, np.arange(n)] / variation
    table['colour_share'] = colour_share
    table[variation <= 1e-12 * (flat ** 2).sum(axis=1)] = np.nan
    table.insert(0, 'filter', np.arange(n))
    return table


def gabor(parameters: pd.DataFrame, size: int) -> np.ndarray:
    """Gabor functions as pictures.

    Parameters
    ----------
    parameters : pandas.DataFrame
        Columns as :func:`fit_gabors` names them: orientation_deg, frequency_cycles_per_pixel, phase, x, y, sigma,
        aspect, amplitude.
    size : int
        Pixels a side.

    Returns
    -------
    numpy.ndarray, shape (n, size, size)
        Rows from top to bottom.
    """
    column = {name: parameters[name].to_numpy(dtype=float)[:, None] for name in
              ('orientation_deg', 'frequency_cycles_per_pixel', 'phase', 'x', 'y', 'sigma', 'aspect', 'amplitude')}
    across, along = _rotated(column['x'], column['y'], np.deg2rad(column['orientation_deg']), size)
    envelope = np.exp(-(across ** 2 + (along / column['aspect']) ** 2) / (2 * column['sigma'] ** 2))
    carrier = np.cos(2 * np.pi * column['frequency_cycles_per_pixel'] * across + column['phase'])
    return (column['amplitude'] * envelope * carrier).reshape(-1, size, size)


def tuning_curve(weights: np.ndarray, frequency: float | np.ndarray, n_orientations: int = 36) -> tuple:
    """How strongly filters answer to grey gratings of each orientation, at the best phase.

    Parameters
    ----------
    weights : numpy.ndarray, shape (n, 3, k, k) or (n, k, k)
        Filters.
    frequency : float or numpy.ndarray, shape (n,)
        Of the grating, cycles/pixel; one for all or one a filter.
    n_orientations : int
        How many, evenly from 0 to 180.

    Returns
    -------
    orientations : numpy.ndarray, shape (n_orientations,)
        Of the bars, degrees anticlockwise from horizontal.
    response : numpy.ndarray, shape (n, n_orientations)
        Amplitude of the response as the grating drifts, to a grating of amplitude 1.
    """
    weights = _checked(weights)
    grey = weights.sum(axis=1) if weights.ndim == 4 else weights
    orientations = np.arange(n_orientations) * 180 / n_orientations
    across, _ = _rotated(0, 0, np.deg2rad(orientations)[:, None], grey.shape[-1])
    frequency = np.broadcast_to(frequency, len(grey))
    gratings = np.exp(2j * np.pi * frequency[:, None, None] * across)
    return orientations, np.abs(np.einsum('nop,np->no', gratings, grey.reshape(len(grey), -1)))


def principal_patterns(weights: np.ndarray) -> tuple:
    """Filters as patterns of their principal colour.

    Parameters
    ----------
    weights : numpy.ndarray, shape (n, 3, k, k) or (n, k, k)

    Returns
    -------
    patterns : numpy.ndarray, shape (n, k, k)
        First singular vector over space times its singular value; light where the filter likes light.
    colour_share : numpy.ndarray, shape (n,)
        Share of the sum of squares that it holds.
    """
    weights = _checked(weights)
    if weights.ndim == 3:
        return weights, np.ones(len(weights))
    n, colours, size = weights.shape[:3]
    u, s, v = np.linalg.svd(weights.reshape(n, colours, size * size), full_matrices=False)
    sign = np.where(u[:, :, 0].sum(axis=1) < 0, -1, 1)
    with np.errstate(invalid='ignore'):
        share = s[:, 0] ** 2 / (s ** 2).sum(axis=1)
    return ((sign * s[:, 0])[:, None] * v[:, 0]).reshape(n, size, size), share


@functools.lru_cache
def noise_threshold(size: int = 11, colours: int = 3, seed: int = 0) -> float:
    """R² that one in a hundred filters of white noise exceeds.

    Fits have eight free parameters and find something in noise; a filter is no Gabor unless it is fitted better.

    Parameters
    ----------
    size, colours : int
        Of the filters.
    seed : int
        Of the :data:`NULL_FILTERS` filters.
    """
    return float(np.quantile(noise_fits(size, colours, seed).r2, NULL_QUANTILE))


@functools.lru_cache
def noise_fits(size: int = 11, colours: int = 3, seed: int = 0) -> pd.DataFrame:
    """:func:`fit_gabors` of :data:`NULL_FILTERS` filters of white noise."""
    noise = np.random.default_rng([seed, size]).standard_normal((NULL_FILTERS, colours, size, size))
    return fit_gabors(noise)


def gabor_like(fits: pd.DataFrame, threshold: float) -> np.ndarray:
    """Whether filters are fitted better than noise (R² above the threshold) and pass a band of frequencies."""
    return ((fits.r2 > threshold) & fits.bandwidth_octaves.notna()).to_numpy()


def describe_filters(weights: dict, seed: int = 0) -> pd.DataFrame:
    """The Gabor fits of models, with the judgement.

    Parameters
    ----------
    weights : dict of str to numpy.ndarray, shape (n, 3, k, k)
        Model -> filters.
    seed : int
        Of the noise that they are judged by.

    Returns
    -------
    pandas.DataFrame
        As of :func:`fit_gabors`, with the columns model, gabor_like and threshold.
    """
    tables = []
    for model, filters in weights.items():
        threshold = noise_threshold(filters.shape[-1], filters.shape[1], seed)
        fits = fit_gabors(filters)
        tables.append(fits.assign(gabor_like=gabor_like(fits, threshold), threshold=threshold))
        tables[-1].insert(0, 'model', model)
    return pd.concat(tables, ignore_index=True)


def _checked(weights: np.ndarray) -> np.ndarray:
    weights = np.asarray(weights, dtype=float)
    if weights.ndim not in (3, 4) or weights.shape[-1] != weights.shape[-2] or len(weights) == 0:
        raise ValueError(f'Filters of shape {weights.shape}: give (n, colours, k, k) or (n, k, k).')
    if not np.isfinite(weights).all():
        raise ValueError('Filters hold values that are not finite.')
    return weights


def _rotated(x, y, orientation, size: int) -> tuple:
    """Distances in pixels across and along the bars from (x, y), each (n, size * size)."""
    axis = np.arange(size) - (size - 1) / 2
    dx, dy = np.tile(axis, size) - x, -np.repeat(axis, size) - y
    # bars of orientation 0 are horizontal: across them is up
    return dy * np.cos(orientation) - dx * np.sin(orientation), dx * np.cos(orientation) + dy * np.sin(orientation)


@functools.lru_cache
def _grid(size: int) -> tuple:
    """Gabors to start from: parameters (widths, atoms, parameters) and an orthonormal pair of phases of each."""
    orientations = np.arange(8) * np.pi / 8
    frequencies = np.geomspace(.5 / size, .8 * NYQUIST, 7)
    centres = np.linspace(-.3, .3, 5) * size
    sigmas = np.array([.1, .18, .32]) * size
    grid = np.meshgrid(sigmas, centres, centres, orientations, frequencies, indexing='ij')
    sigma, x, y, orientation, frequency = (values.reshape(-1, 1) for values in grid)
    parameters = np.concatenate([x, y, orientation, np.log(frequency), np.log(sigma), 0 * x, 0 * x, 0 * x], axis=1)
    _, jacobian = _model(parameters, size)
    pairs, _ = np.linalg.qr(jacobian[:, :, -2:])
    shape = len(sigmas), -1
    return parameters.reshape(*shape, len(PARAMETERS)), pairs.reshape(*shape, size * size, 2)


def _grid_starts(flat: np.ndarray, size: int) -> np.ndarray:
    """For each width the grid's best Gabor of each filter: (widths, n, parameters)."""
    parameters, pairs = _grid(size)
    starts = []
    for of_width, pair in zip(parameters, pairs):
        explained = sum((flat @ pair[:, :, phase].T) ** 2 for phase in (0, 1))
        start = of_width[explained.argmax(axis=1)].copy()
        _, jacobian = _model(start, size)
        phases = jacobian[:, :, -2:]
        start[:, -2:] = np.einsum('npq,nq->np', np.linalg.pinv(phases), flat)
        starts.append(start)
    return np.stack(starts)


def _model(parameters: np.ndarray, size: int) -> tuple:
    """Gabors (n, pixels) and their derivatives by the parameters (n, pixels, parameters)."""
    x, y, orientation, log_f, log_sigma, log_aspect, cosine, sine = parameters.T[:, :, None]
    across, along = _rotated(x, y, orientation, size)
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


def _levenberg_marquardt(parameters: np.ndarray, targets: np.ndarray, size: int) -> tuple:
    """Least squares of many small problems at once: parameters (n, parameters) and squared errors (n,)."""
    low, high = _bounds(size)
    parameters = parameters.copy()
    damping = np.full(len(parameters), 1e-2)
    value, _ = _model(parameters, size)
    error = ((targets - value) ** 2).sum(axis=1)
    active = np.arange(len(parameters))
    for _ in range(ITERATIONS):
        value, jacobian = _model(parameters[active], size)
        residual = targets[active] - value
        hessian = jacobian.swapaxes(1, 2) @ jacobian
        gradient = np.einsum('npq,np->nq', jacobian, residual)
        diagonal = np.einsum('nqq->nq', hessian)
        scale = np.maximum(diagonal, 1e-9 * diagonal.max(axis=1, keepdims=True) + 1e-300)
        hessian = hessian + (damping[active, None] * scale)[:, :, None] * np.eye(len(PARAMETERS))
        step = np.linalg.solve(hessian, gradient[:, :, None])[:, :, 0]
        tried = np.clip(parameters[active] + step, low, high)
        tried_error = ((targets[active] - _model(tried, size)[0]) ** 2).sum(axis=1)
        better = tried_error < error[active]
        done = better & (error[active] - tried_error < CONVERGED * error[active]) | (damping[active] > 1e8)
        parameters[active[better]], error[active[better]] = tried[better], tried_error[better]
        damping[active] *= np.where(better, .3, 5)
        active = active[~done]
        if not active.size:
            break
    return parameters, error


def _bounds(size: int) -> tuple:
    """Centres within the filter, bars of at least two pixels, envelopes between a pixel and twice the filter."""
    big = np.inf
    low = np.array([-size / 2, -size / 2, -big, np.log(.05 / size), np.log(.7), np.log(1 / 4), -big, -big])
    high = np.array([size / 2, size / 2, big, np.log(NYQUIST), np.log(2 * size), np.log(4), big, big])
    return low, high


def _named(fitted: np.ndarray) -> pd.DataFrame:
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
