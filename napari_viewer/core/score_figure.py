"""Predictivity of the models of a sweep, as a figure."""
import numpy as np
import pandas as pd

from napari_viewer.core.dock_figure import as_array, dock_figure, faint, styled
from napari_viewer.core.model_style import model_style

Styles = dict[str, tuple[str, str]]  # model -> colour and marker


@styled
def score_figure(results: pd.DataFrame, benchmark: str, shown: tuple[str, ...],
                 naturalness: dict[str, float]) -> tuple[np.ndarray, pd.DataFrame]:
    """Predictivity of models: by layer, of the first layer against the mean of all, and against naturalness.

    Parameters
    ----------
    results : pandas.DataFrame
        Of a sweep, as :func:`~napari_viewer.core.sweep_scores.sweep_scores` returns them.
    benchmark : str
    shown : tuple of str
        Models that are drawn in colour; the others are grey.
    naturalness : dict of str to float
        Model -> naturalness of the images it was trained on, where that is known.

    Returns
    -------
    figure : numpy.ndarray, uint8 (height, width, 3)
    points : pandas.DataFrame
        model, column, row: pixels where models are drawn.
    """
    results = results[results.benchmark == benchmark]
    styles = {model: model_style(model) for model in shown}
    figure = dock_figure(4.7)
    axes = figure.subplot_mosaic([['layers'] * 2, ['mean', 'naturalness']], height_ratios=(1.2, 1))
    points = [*_draw_layers(axes['layers'], results, benchmark, styles),
              *_draw_first_against_mean(axes['mean'], results, sorted(results.layer.unique()), styles),
              *_draw_naturalness(axes['naturalness'], results, naturalness, styles)]
    handles, names = axes['layers'].get_legend_handles_labels()
    figure.legend(handles[::-1], names[::-1], loc='outside upper center', ncols=3, columnspacing=1)
    pixels = as_array(figure)  # before the points' places are known
    places = [(model, *ax.transData.transform((x, y))) for ax, model, x, y in points]
    return pixels, pd.DataFrame([(model, x, pixels.shape[0] - y) for model, x, y in places],
                                columns=['model', 'column', 'row'])


def _draw_layers(ax, results: pd.DataFrame, benchmark: str, styles: Styles) -> list[tuple]:
    """A line for each model, its score and error by layer."""
    layers, points = sorted(results.layer.unique()), []
    for model in sorted(results.model.unique(), key=lambda model: (model in styles, model)):  # those shown on top
        rows = results[results.model == model].set_index('layer').reindex(layers)
        colour, marker = styles.get(model, (faint(), 'o'))
        ax.errorbar(layers, rows.value, rows.error, marker=marker, ms=4.5, capsize=2, label=_short(model), color=colour,
                    lw=1.8 if model in styles else .8)
        points += [(ax, model, k, value) for k, value in enumerate(rows.value) if np.isfinite(value)]
    ax.set(ylabel='score', title=benchmark)
    ax.margins(x=.06)
    ax.tick_params(axis='x', labelsize=7)
    return points


def _draw_first_against_mean(ax, results: pd.DataFrame, layers: list[str], styles: Styles) -> list[tuple]:
    """The first layer of each model against the mean of its layers."""
    from study.predictivity import first_layer_against_mean, with_keys
    first, points = layers[0], []
    ax.set(xlabel='mean of layers', ylabel=first)
    keyed = with_keys(results)
    if keyed.recording.isna().any() or len(layers) < 2:
        return points
    pairs = first_layer_against_mean(keyed, first)
    for row in pairs.itertuples():
        colour, marker = styles.get(row.model, (faint(), 'o'))
        ax.plot(row.mean_of_layers, row.first_layer, marker, ms=6, color=colour)
        points.append((ax, row.model, row.mean_of_layers, row.first_layer))
    if len(pairs):
        both = pairs[['first_layer', 'mean_of_layers']].to_numpy()
        limits = both.min() - .05, both.max() + .05
        ax.plot(limits, limits, color=faint(), lw=.8, ls=':', label='equal')
        ax.set(xlim=limits, ylim=limits)
    return points


def _draw_naturalness(ax, results: pd.DataFrame, naturalness: dict[str, float], styles: Styles) -> list[tuple]:
    """The first layer of each model against the naturalness of the images that it was trained on."""
    first, points = min(results.layer), []
    of_first = results[results.layer == first].set_index('model').value
    known = {model: value for model, value in naturalness.items()
             if np.isfinite(value) and model in set(results.model)}
    for model, value in known.items():
        if model in of_first:
            colour, marker = styles.get(model, (faint(), 'o'))
            ax.plot(value, of_first[model], marker, ms=6, color=colour)
            points.append((ax, model, value, of_first[model]))
    ax.set(xlabel='naturalness', ylabel=first)
    ax.margins(x=.25)
    if not known:
        ax.set(xticks=[], yticks=[])
        ax.text(.5, .5, 'needs models\ntrained on domains\nthat are prepared', ha='center', va='center', color=faint(),
                transform=ax.transAxes)
    return points


def _short(model: str) -> str:
    return model.removeprefix('alexnet64_').removeprefix('simclr_')
