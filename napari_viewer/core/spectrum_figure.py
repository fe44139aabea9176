"""The power spectrum of an image, as a figure."""
import numpy as np

from napari_viewer.core.dock_figure import accent, as_array, dock_figure, styled
from napari_viewer.core.theme import theme


@styled
def spectrum_figure(image: np.ndarray) -> np.ndarray:
    """Power spectrum of an image, square and uint8, with the fitted 1 / f^p and its naturalness."""
    from study.naturalness import fit_power_law, naturalness, radial_power_spectrum
    frequencies, power = radial_power_spectrum(image[None])
    fit = fit_power_law(image[None]).iloc[0]
    figure = dock_figure(2.4)
    ax = figure.subplots()
    ax.loglog(frequencies, power[0], '.', ms=4, color=theme().models[1], label='spectrum')
    title = 'a constant image has no spectrum'
    if np.isfinite(fit.p):
        ax.loglog(frequencies, fit.amplitude * frequencies ** -fit.p, color=accent(), lw=1.2,
                  label='fitted $1/f^{\\,p}$')
        title = f'p = {fit.p:.2f},  naturalness −log|p − 2| = {naturalness(fit.p):.2f}'
        ax.legend()
    ax.set(xlabel='frequency (cycles/image)', ylabel='power', title=title)
    return as_array(figure)
