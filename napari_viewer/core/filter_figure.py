"""A first-layer filter beside its Gabor fit and orientation tuning, as a figure."""
import numpy as np
import pandas as pd

from napari_viewer.core.dock_figure import accent, as_array, dock_figure, styled
from napari_viewer.core.filter_sheet import outline
from napari_viewer.core.theme import theme
from training.mosaic import contrast_normalised


@styled
def filter_figure(weights: np.ndarray, fit: pd.Series, name: str) -> np.ndarray:
    """A filter, its Gabor fit and its orientation tuning; uint8 (height, width, 3).

    Parameters
    ----------
    weights : numpy.ndarray, (channels, k, k)
    fit : pandas.Series
        Its row of :func:`study.gabor_fit.fit_gabors`.
    name : str
        Of the model.
    """
    fitted = np.isfinite(fit.r2)
    figure = dock_figure(3.1)
    axes = figure.subplots(2, 2, gridspec_kw={'height_ratios': (1, .9)})
    _draw_filter(axes[0], weights, fit, fitted)
    _draw_tuning(axes[1, 0], weights, fit, fitted)
    axes[1, 1].set_axis_off()
    octaves = f'{fit.bandwidth_octaves:.2f} octaves' if np.isfinite(fit.bandwidth_octaves) else 'low-pass'
    lines = [f'filter {int(fit["filter"])} of {name}' if fitted else f'filter of {name}']
    if fitted:
        lines += [f'orientation  {fit.orientation_deg:.0f}°', f'frequency  {fit.frequency_cycles_per_pixel:.3f}',
                  '    cycles/pixel', f'bandwidth  {octaves}', f'R²  {fit.r2:.2f}']
    axes[1, 1].text(-.1, 1, '\n'.join(lines), va='top', linespacing=1.5, transform=axes[1, 1].transAxes)
    return as_array(figure)


def _draw_filter(axes, weights: np.ndarray, fit: pd.Series, fitted: bool) -> None:
    """The filter with the outline of its fit, and the fitted Gabor on the scale of the filter's principal pattern."""
    from study.filter_patterns import principal_patterns
    from study.gabor import gabor
    size = weights.shape[-1]
    drawn = contrast_normalised(weights[None])[0] if weights.shape[0] == 3 else weights.mean(axis=0)
    largest = np.abs(principal_patterns(weights[None])[0][0]).max() or 1
    tiles = {'filter': drawn, 'Gabor fit': gabor(pd.DataFrame([fit]), size)[0] if fitted else None}
    for ax, (title, tile) in zip(axes, tiles.items()):
        ax.set_title(title)
        ax.set_axis_off()
        if tile is not None:
            ax.imshow(tile, cmap='gray', vmin=-largest, vmax=largest)
        else:
            ax.text(.5, .5, 'the filter is\nconstant', ha='center', va='center', transform=ax.transAxes)
    if fitted:
        for line in outline(fit, size):
            axes[0].plot(*line.T, color=accent(), lw=1.2)
        axes[0].set(xlim=(-.5, size - .5), ylim=(size - .5, -.5))


def _draw_tuning(ax, weights: np.ndarray, fit: pd.Series, fitted: bool) -> None:
    """Responses to gratings of the fitted frequency; a line at the fitted orientation."""
    from study.orientation_tuning import tuning_curve
    if fitted:
        orientations, response = tuning_curve(weights[None], fit.frequency_cycles_per_pixel)
        ax.plot(np.append(orientations, 180), np.append(response[0], response[0, 0]), color=theme().models[1])
        ax.axvline(fit.orientation_deg, color=accent(), lw=1, ls=':')
    ax.set(xlabel='orientation of bars (°)', ylabel='response', xticks=[0, 45, 90, 135, 180], title='tuning')
    ax.set_ylim(bottom=0)
