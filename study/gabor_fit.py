"""Gabor functions fitted to the filters of a first layer, which the paper looked at (Fig. 6) but did not count.

All filters are fitted at once, by Levenberg and Marquardt's method.
"""
import functools

import numpy as np
import pandas as pd

from study.filter_patterns import principal_patterns
from study.gabor import PARAMETERS, gabor_and_derivatives, parameter_table

ITERATIONS = 60  # of Levenberg and Marquardt's method
CONVERGED = 1e-7  # relative fall of the squared error, below which a fit is done
NYQUIST = .5  # cycles/pixel


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
    table = parameter_table(fitted)
    variation = ((flat - flat.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    with np.errstate(divide='ignore', invalid='ignore'):
        table['r2'] = 1 - error[best, np.arange(n)] / variation
    table['colour_share'] = colour_share
    table[variation <= 1e-12 * (flat ** 2).sum(axis=1)] = np.nan
    table.insert(0, 'filter', np.arange(n))
    return table


@functools.lru_cache
def _grid(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Gabors to start from: parameters (widths, atoms, parameters) and an orthonormal pair of phases of each."""
    orientations = np.arange(8) * np.pi / 8
    frequencies = np.geomspace(.5 / size, .8 * NYQUIST, 7)
    centres = np.linspace(-.3, .3, 5) * size
    sigmas = np.array([.1, .18, .32]) * size
    grid = np.meshgrid(sigmas, centres, centres, orientations, frequencies, indexing='ij')
    sigma, x, y, orientation, frequency = (values.reshape(-1, 1) for values in grid)
    parameters = np.concatenate([x, y, orientation, np.log(frequency), np.log(sigma), 0 * x, 0 * x, 0 * x], axis=1)
    _, jacobian = gabor_and_derivatives(parameters, size)
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
        _, jacobian = gabor_and_derivatives(start, size)
        phases = jacobian[:, :, -2:]
        start[:, -2:] = np.einsum('npq,nq->np', np.linalg.pinv(phases), flat)
        starts.append(start)
    return np.stack(starts)


def _levenberg_marquardt(parameters: np.ndarray, targets: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Least squares of many small problems at once: parameters (n, parameters) and squared errors (n,)."""
    low, high = _bounds(size)
    parameters = parameters.copy()
    damping = np.full(len(parameters), 1e-2)
    value, _ = gabor_and_derivatives(parameters, size)
    error = ((targets - value) ** 2).sum(axis=1)
    active = np.arange(len(parameters))
    for _ in range(ITERATIONS):
        value, jacobian = gabor_and_derivatives(parameters[active], size)
        residual = targets[active] - value
        hessian = jacobian.swapaxes(1, 2) @ jacobian
        gradient = np.einsum('npq,np->nq', jacobian, residual)
        diagonal = np.einsum('nqq->nq', hessian)
        scale = np.maximum(diagonal, 1e-9 * diagonal.max(axis=1, keepdims=True) + 1e-300)
        hessian = hessian + (damping[active, None] * scale)[:, :, None] * np.eye(len(PARAMETERS))
        step = np.linalg.solve(hessian, gradient[:, :, None])[:, :, 0]
        tried = np.clip(parameters[active] + step, low, high)
        tried_error = ((targets[active] - gabor_and_derivatives(tried, size)[0]) ** 2).sum(axis=1)
        better = tried_error < error[active]
        done = better & (error[active] - tried_error < CONVERGED * error[active]) | (damping[active] > 1e8)
        parameters[active[better]], error[active[better]] = tried[better], tried_error[better]
        damping[active] *= np.where(better, .3, 5)
        active = active[~done]
        if not active.size:
            break
    return parameters, error


def _bounds(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Centres within the filter, bars of at least two pixels, envelopes between a pixel and twice the filter."""
    big = np.inf
    low = np.array([-size / 2, -size / 2, -big, np.log(.05 / size), np.log(.7), np.log(1 / 4), -big, -big])
    high = np.array([size / 2, size / 2, big, np.log(NYQUIST), np.log(2 * size), np.log(4), big, big])
    return low, high
