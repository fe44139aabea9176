"""Drawings for the docks, as RGB arrays; matplotlib draws them without a window."""
import functools
import threading

import numpy as np
import pandas as pd

from napari_viewer.core.filter_sheet import outline

WIDTH = 3.5  # inches of a dock at DPI
DPI = 100
INK, GROUND = '#e6e6e6', '#262930'  # of napari's dark theme
ACCENT, FAINT = '#ffb000', '#8a8f99'
PALETTE = ('#5ac8fa', '#ffb000', '#7ed957', '#ff6f91', '#b48ef9', '#f2e25c', '#4fd1b5', '#ff9671', '#9aa7ff', '#d0d0d0')
STYLE = {'text.color': INK, 'axes.labelcolor': INK, 'axes.edgecolor': FAINT, 'xtick.color': INK, 'ytick.color': INK,
         'axes.facecolor': GROUND, 'figure.facecolor': GROUND, 'font.size': 8, 'axes.titlesize': 8.5,
         'axes.spines.top': False, 'axes.spines.right': False, 'legend.frameon': False, 'legend.fontsize': 7}
_SETTINGS = threading.Lock()


def _styled(draw):
    """Draw in the colours of napari's dark theme; one drawing at a time, as matplotlib's settings are global."""
    @functools.wraps(draw)
    def styled(*args, **kwargs):
        import matplotlib
        with _SETTINGS, matplotlib.rc_context(STYLE):
            return draw(*args, **kwargs)
    return styled


@_styled
def filter_plot(weights: np.ndarray, fit: pd.Series, name: str) -> np.ndarray:
    """A filter, its Gabor fit and its orientation tuning.

    Parameters
    ----------
    weights : numpy.ndarray, (channels, k, k)
    fit : pandas.Series
        Its row of :func:`study.gabor_fit.fit_gabors`.
    name : str
        Of the model.
    """
    from study.filter_patterns import principal_patterns
    from study.gabor import gabor
    from study.orientation_tuning import tuning_curve
    size = weights.shape[-1]
    fitted = np.isfinite(fit.r2)
    figure, axes = _figure(3.1, 2, 2, height_ratios=(1, .9))
    pattern = principal_patterns(weights[None])[0][0]
    pictures = [('filter', _stretched(weights)), ('Gabor fit', None if not fitted else gabor(
        pd.DataFrame([fit]), size)[0])]
    largest = np.abs(pattern).max() or 1
    for ax, (title, picture) in zip(axes[0], pictures):
        ax.set_title(title)
        ax.set_axis_off()
        if picture is not None:
            ax.imshow(picture, cmap='gray', vmin=-largest, vmax=largest)
        else:
            ax.text(.5, .5, 'the filter is\nconstant', ha='center', va='center', transform=ax.transAxes)
    if fitted:
        for line in outline(fit, size):
            axes[0, 0].plot(*line.T, color=ACCENT, lw=1.2)
        axes[0, 0].set(xlim=(-.5, size - .5), ylim=(size - .5, -.5))
        orientations, response = tuning_curve(weights[None], fit.frequency_cycles_per_pixel)
        axes[1, 0].plot(np.append(orientations, 180), np.append(response[0], response[0, 0]), color=PALETTE[0])
        axes[1, 0].axvline(fit.orientation_deg, color=ACCENT, lw=1, ls=':')
    axes[1, 0].set(xlabel='orientation of bars (°)', ylabel='response', xticks=[0, 45, 90, 135, 180], title='tuning')
    axes[1, 0].set_ylim(bottom=0)
    axes[1, 1].set_axis_off()
    octaves = f'{fit.bandwidth_octaves:.2f} octaves' if np.isfinite(fit.bandwidth_octaves) else 'low-pass'
    lines = [f'filter {int(fit["filter"])} of {name}' if fitted else f'filter of {name}']
    if fitted:
        lines += [f'orientation  {fit.orientation_deg:.0f}°', f'frequency  {fit.frequency_cycles_per_pixel:.3f}',
                  '    cycles/pixel', f'bandwidth  {octaves}', f'R²  {fit.r2:.2f}']
    axes[1, 1].text(-.1, 1, '\n'.join(lines), va='top', linespacing=1.5, transform=axes[1, 1].transAxes)
    return _array(figure)


@_styled
def spectrum_plot(image: np.ndarray) -> np.ndarray:
    """Power spectrum of an image, square and uint8, with the fitted 1 / f^p and its naturalness."""
    from study.naturalness import fit_power_law, naturalness, radial_power_spectrum
    frequencies, power = radial_power_spectrum(image[None])
    fit = fit_power_law(image[None]).iloc[0]
    figure, ax = _figure(2.4)
    ax.loglog(frequencies, power[0], '.', ms=4, color=PALETTE[0], label='spectrum')
    title = 'a constant image has no spectrum'
    if np.isfinite(fit.p):
        ax.loglog(frequencies, fit.amplitude * frequencies ** -fit.p, color=ACCENT, lw=1.2, label='fitted $1/f^{\\,p}$')
        title = f'p = {fit.p:.2f},  naturalness −log|p − 2| = {naturalness(fit.p):.2f}'
        ax.legend()
    ax.set(xlabel='frequency (cycles/image)', ylabel='power', title=title)
    return _array(figure)


@_styled
def norms_plot(norms: dict, layer: str, image: int | None) -> np.ndarray:
    """Distribution of activation norms over the images, a box a model (Prasad et al. 2022, Fig. 3).

    Parameters
    ----------
    norms : dict of str to numpy.ndarray
        Model -> norm of the layer's activation by each image; NaN where there is none.
    layer : str
    image : int or None
        Number of the image that is marked.
    """
    figure, ax = _figure(.8 + .14 * len(norms))
    known = {name: values[np.isfinite(values)] for name, values in norms.items()}
    for row, ((name, values), colour) in enumerate(zip(known.items(), PALETTE * len(known))):
        ax.boxplot(values, positions=[row], orientation='horizontal', widths=.6, patch_artist=True,
                   boxprops={'facecolor': colour, 'edgecolor': FAINT}, medianprops={'color': GROUND},
                   whiskerprops={'color': FAINT}, capprops={'color': FAINT},
                   flierprops={'marker': '.', 'markersize': 2, 'markeredgecolor': FAINT})
        if image is not None and np.isfinite(norms[name][image]):
            ax.plot(norms[name][image], row, 'D', ms=4, color='white', markeredgecolor='black')
    n = max(len(values) for values in known.values())
    ax.set_yticks(range(len(known)), known)
    ax.invert_yaxis()
    ax.set_title(f'norms in {layer} of {n} images; diamond: image {image}')
    return _array(figure)


@_styled
def scores_plot(cells: pd.DataFrame, benchmark: str, shown: tuple, naturalness: dict) -> tuple:
    """Predictivity of models: by layer, of the first layer against the mean of all, and against naturalness.

    Parameters
    ----------
    cells : pandas.DataFrame
        As :func:`brainscore_plugin.sweep.load_results` returns them.
    benchmark : str
    shown : tuple of str
        Models that are drawn in colour; the others are grey.
    naturalness : dict of str to float
        Model -> naturalness of the images it was trained on, where that is known.

    Returns
    -------
    picture : numpy.ndarray, uint8 (height, width, 3)
    places : pandas.DataFrame
        model, column, row: pixels where models are drawn.
    """
    from study.predictivity import first_layer_against_mean, per_animal, with_keys
    mine = cells[cells.benchmark == benchmark]
    colours = dict(zip(shown, PALETTE * (len(shown) // len(PALETTE) + 1)))
    summary = mine.groupby(['model', 'layer', 'animal'], sort=False, dropna=False).value.mean()
    summary = summary.groupby(['model', 'layer'], sort=False).agg(['mean', 'sem']).reset_index()
    layers = sorted(summary.layer.unique())
    models = sorted(summary.model.unique(), key=lambda model: (model in colours, model))  # those shown on top
    figure = _blank(4.7)
    axes = list(figure.subplot_mosaic([['layers'] * 2, ['mean', 'naturalness']], height_ratios=(1.2, 1)).values())
    places = []
    for model in models:
        rows = summary[summary.model == model].set_index('layer').reindex(layers)
        style = {'color': colours.get(model, FAINT), 'lw': 1.8 if model in colours else .8}
        axes[0].errorbar(layers, rows['mean'], rows['sem'], marker='o', ms=4, capsize=2, label=_short(model), **style)
        places += [(axes[0], model, k, value) for k, value in enumerate(rows['mean']) if np.isfinite(value)]
    axes[0].set(ylabel='predictivity\n(noise-corrected r)', title=benchmark)
    axes[0].margins(x=.06)
    axes[0].tick_params(axis='x', labelsize=7)

    first = layers[0]
    keyed = with_keys(mine)
    if keyed.recording.notna().all() and len(layers) > 1:
        means = per_animal(mine).groupby(['recording', 'area', 'metric', 'model', 'layer'], sort=False).value.mean()
        pairs = first_layer_against_mean(means.reset_index(), first)
        for row in pairs.itertuples():
            axes[1].plot(row.mean_of_layers, row.first_layer, 'o', ms=6, color=colours.get(row.model, FAINT))
            places.append((axes[1], row.model, row.mean_of_layers, row.first_layer))
        if len(pairs):
            both = pairs[['first_layer', 'mean_of_layers']].to_numpy()
            limits = both.min() - .05, both.max() + .05
            axes[1].plot(limits, limits, color=FAINT, lw=.8, ls=':', label='equal')
            axes[1].set(xlim=limits, ylim=limits)
    axes[1].set(xlabel='mean of layers', ylabel=first)

    known = {model: value for model, value in naturalness.items() if np.isfinite(value) and model in models}
    for model, value in known.items():
        score = summary[(summary.model == model) & (summary.layer == first)]['mean']
        if len(score):
            axes[2].plot(value, score.item(), 'o', ms=6, color=colours.get(model, FAINT))
            places.append((axes[2], model, value, score.item()))
    axes[2].set(xlabel='naturalness', ylabel=first)
    axes[2].margins(x=.25)
    if not known:
        axes[2].set(xticks=[], yticks=[])
        axes[2].text(.5, .5, 'needs models\ntrained on domains\nthat are prepared', ha='center', va='center',
                     color=FAINT, transform=axes[2].transAxes)
    handles, names = axes[0].get_legend_handles_labels()
    figure.legend(handles[::-1], names[::-1], loc='outside upper center', ncols=3, columnspacing=1)
    picture = _array(figure)
    height = picture.shape[0]
    points = [(model, *ax.transData.transform((x, y))) for ax, model, x, y in places]
    return picture, pd.DataFrame([(model, x, height - y) for model, x, y in points], columns=['model', 'column', 'row'])


def _short(model: str) -> str:
    return model.removeprefix('alexnet64_').removeprefix('simclr_')


def _stretched(weights: np.ndarray) -> np.ndarray:
    if weights.shape[0] != 3:
        return weights.mean(axis=0)
    return .5 + .5 * weights.transpose(1, 2, 0) / (np.abs(weights).max() or 1)


def _figure(height: float, rows: int = 1, columns: int = 1, **ratios):
    figure = _blank(height)
    return figure, figure.subplots(rows, columns, gridspec_kw=ratios)


def _blank(height: float):
    from matplotlib.figure import Figure
    return Figure((WIDTH, height), dpi=DPI, layout='constrained')


def _array(figure) -> np.ndarray:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.ascontiguousarray(np.asarray(canvas.buffer_rgba())[..., :3])
