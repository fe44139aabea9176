"""What the figures of the study share: colours, names, and a plot for each area and metric.

Paper's figures: Prasad, Manor & Pereira (2022).
"""
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from study.naturalness import SCENES
from study.predictivity import KEYS
from study.recordings import METRICS, VALUES, marked

ESTIMATOR_NAMES = {SCENES: 'distance from natural scenes', 'log_log': 'windowed, log-log',
                   'published': "released code's", 'paper': 'as printed in the paper'}
UNTRAINED_COLOUR = '.55'
MOST_COLUMNS = 4  # of a figure: more are too small to read on a page


def domain_colours(domains: list[str]) -> dict[str, tuple[float, float, float]]:
    """A colour for each domain, the same in all figures."""
    palette = [colour for i, colour in enumerate(sns.color_palette('colorblind')) if i != 7]  # grey: untrained
    return dict(zip(domains, palette if len(domains) <= len(palette) else sns.color_palette('husl', len(domains))))


def new_figure(width: float, height: float) -> Figure:
    """An empty figure of that size in inches, which no window shows."""
    figure = Figure(figsize=(width, height), layout='constrained')
    FigureCanvasAgg(figure)
    return figure


def panels_by_area(table: pd.DataFrame, width: float = 3.6, height: float = 3.2,
                   sharex: bool = False) -> tuple[Figure, list[tuple[Axes, pd.DataFrame]]]:
    """A figure with a panel for each recording, metric and area that the table has, row by row.

    Parameters
    ----------
    table : pandas.DataFrame
        With the columns recording, area and metric.
    width, height : float
        Of each panel, in inches.
    sharex : bool
        Whether panels of a metric have one horizontal axis.

    Returns
    -------
    figure : matplotlib.figure.Figure
    panels : list of (matplotlib.axes.Axes, pandas.DataFrame)
        Each panel with its rows of the table.
    """
    blocks = [table[(table[KEYS] == [recording, area, metric]).all(axis=1)]
              for recording in dict.fromkeys(table.recording) for metric in METRICS
              for area in dict.fromkeys(table.area[(table.recording == recording) & (table.metric == metric)])]
    columns = min(len(blocks), MOST_COLUMNS)
    rows = -(-len(blocks) // columns)
    figure = new_figure(max(4.5, width * columns), .6 + height * rows)
    first_of_metric: dict[str, Axes] = {}
    panels = []
    for number, block in enumerate(blocks):
        recording, area, metric = block[KEYS].iloc[0]
        axis = figure.add_subplot(rows, columns, number + 1, sharex=first_of_metric.get(metric) if sharex else None)
        first_of_metric.setdefault(metric, axis)
        axis.set_title(f'{marked(recording)}\n{area}, {METRICS[metric]}', fontsize=9)
        axis.set_ylabel(VALUES[metric])
        panels.append((axis, block))
    return figure, panels


def shared_legend(figure: Figure) -> None:
    """One legend beside the panels of a figure, each label once."""
    entries = {label: handle for axis in figure.axes for handle, label in zip(*axis.get_legend_handles_labels())}
    if entries:
        figure.legend(entries.values(), entries.keys(), loc='outside right upper', frameon=False, fontsize=8)
