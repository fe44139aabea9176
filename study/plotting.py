"""What the figures of the study share: colours, names, and a grid of plots by area and metric.

Paper's figures: Prasad, Manor & Pereira (2022).
"""
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from study.naturalness import SCENES
from study.recordings import METRICS, marked

ESTIMATOR_NAMES = {SCENES: 'distance from natural scenes', 'log_log': 'windowed, log-log',
                   'published': "released code's", 'paper': 'as printed in the paper'}
UNTRAINED_COLOUR = '.55'


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
    """A figure with a column for each area of a recording and a row for each metric.

    Parameters
    ----------
    table : pandas.DataFrame
        With the columns recording, area and metric.
    width, height : float
        Of each panel, in inches.
    sharex : bool
        Whether panels have one horizontal axis.

    Returns
    -------
    figure : matplotlib.figure.Figure
    panels : list of (matplotlib.axes.Axes, pandas.DataFrame)
        Each panel with its rows of the table; panels without rows say so.
    """
    columns = list(table[['recording', 'area']].drop_duplicates().itertuples(index=False))
    metrics = [metric for metric in METRICS if (table.metric == metric).any()]
    figure = new_figure(max(4.5, width * len(columns)), .6 + height * len(metrics))
    axes = figure.subplots(len(metrics), len(columns), squeeze=False, sharex=sharex)
    panels = []
    for row, metric in enumerate(metrics):
        for column, (recording, area) in enumerate(columns):
            block = table[(table.recording == recording) & (table.area == area) & (table.metric == metric)]
            axis = axes[row, column]
            axis.set_title(f'{marked(recording)}\n{area}, {METRICS[metric]}', fontsize=9)
            if column == 0:
                axis.set_ylabel('noise-corrected predictivity')
            if len(block):
                panels.append((axis, block))
            else:
                axis.text(.5, .5, 'missing', transform=axis.transAxes, ha='center')
    return figure, panels


def shared_legend(figure: Figure) -> None:
    """One legend beside the panels of a figure, each label once."""
    entries = {label: handle for axis in figure.axes for handle, label in zip(*axis.get_legend_handles_labels())}
    if entries:
        figure.legend(entries.values(), entries.keys(), loc='outside right upper', frameon=False, fontsize=8)
