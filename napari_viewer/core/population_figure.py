"""The answer of every neuron of a recording to one image, as a figure."""
import numpy as np
import pandas as pd

from napari_viewer.core.dock_figure import accent, as_array, dock_figure, faint, styled
from napari_viewer.core.recording import Recording
from napari_viewer.core.theme import theme


@styled
def population_figure(recording: Recording, image: int, neuron: int) -> tuple[np.ndarray, pd.DataFrame]:
    """Each neuron's response to an image against its reliability.

    Parameters
    ----------
    recording : Recording
    image : int
        Number among the recording's images.
    neuron : int
        The one that is marked.

    Returns
    -------
    figure : numpy.ndarray, uint8 (height, width, 3)
    points : pandas.DataFrame
        neuron, column, row: pixels where neurons are drawn.
    """
    averages = recording.averages
    spread = np.nanstd(averages, axis=1)
    answers = (averages[:, image] - np.nanmean(averages, axis=1)) / np.where(spread > 0, spread, np.nan)
    figure = dock_figure(2.3)
    ax = figure.subplots()
    ax.axhline(0, color=faint(), lw=.8, ls=':')
    ax.plot(recording.reliability, answers, '.', ms=4, color=theme().models[1])
    if np.isfinite(answers[neuron]):
        ax.plot(recording.reliability[neuron], answers[neuron], 'o', ms=7, color=accent())
    n = int(np.isfinite(answers).sum())
    ax.set(xlabel='reliability', ylabel='response (z over images)',
           title=f'image {image}: {n} of {len(recording)} neurons saw it')
    pixels = as_array(figure)
    shown = np.flatnonzero(np.isfinite(answers) & np.isfinite(recording.reliability))
    places = ax.transData.transform(np.column_stack([recording.reliability[shown], answers[shown]]))
    return pixels, pd.DataFrame({'neuron': shown, 'column': places[:, 0], 'row': pixels.shape[0] - places[:, 1]})
