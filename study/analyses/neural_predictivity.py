"""How well every layer of every model predicts neurons (Figs. 7 and 8)."""
from collections.abc import Callable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from brainscore_plugin.recordings.kinds import ORACLES
from study.findings import Findings, Plot, Table
from study.models import BASELINE, FIRST_LAYER, TRAINED, UNTRAINED
from study.other_animals import other_animals, pooled_label
from study.plotting import UNTRAINED_COLOUR, panels_by_area, shared_legend
from study.predictivity import KEYS, first_layer_against_mean
from study.provenance import rests_on
from study.published_numbers import published_by_layer
from study.recordings import METRICS, VALUES, Recording, marked
from study.starts import GAIN
from study.study_data import StudyData

TITLE = 'Neural predictivity'
# Line styles of baselines, which show what a value is worth.
BASELINE_STYLES = {'pixels64': ('tab:brown', '-.'), 'random_features': ('black', ':'),
                   **{oracle: ('black', '--') for oracle in ORACLES.values()}}
TRUTHS = {oracle: f'{oracle}, the truth of {marked(recording)}' for recording, oracle in ORACLES.items()}


def tabulate(study: StudyData) -> Findings:
    """Predictivity of every layer, of conv1 beside the mean of layers, and of every animal."""
    _, scores = study.scored
    gains, missing = study.gains
    rows = pd.concat([scores, gains], ignore_index=True)
    wide = rows.assign(value=rows.value.round(3)).pivot_table(
        index=[*KEYS, 'label'], columns='layer', values='value', sort=False).reset_index()
    first = first_layer_against_mean(rows, FIRST_LAYER).merge(
        rows[['model', 'label', 'group', 'domain']].drop_duplicates(), on='model')
    animals = study.animals
    of_first_layer = animals[animals.layer == FIRST_LAYER].pivot_table(
        index=[*KEYS, 'model'], columns='animal', values='value', sort=False).reset_index()
    mark, others = rests_on(study, 'models', 'recordings'), other_animals(scores)
    return Findings([Table('predictivity', 'Predictivity of every layer', rows, mark, wide),
                     Table('other_animals', "What other animals' neurons get in the place of a model", others, mark),
                     *_beside_the_paper(scores, mark),
                     Table('first_layer', 'conv1 and the mean of layers', first.drop(columns='model'), mark),
                     Table('predictivity_animals', 'Predictivity by animal', animals, mark, of_first_layer)],
                    {'first_layer': first[first.group != GAIN], 'resolvable': _resolvable(study.recordings),
                     'other_animals': others}, missing)


def plot(study: StudyData, findings: Findings) -> list[Plot]:
    """Predictivity by depth, and conv1 against the mean of layers."""
    mark = rests_on(study, 'models', 'recordings')
    return [Plot('layers', 'Predictivity by depth (Fig. 7)', plot_layers(
                study.scores, study.colours, findings.facts['other_animals']), mark),
            Plot('first_layer', 'conv1 against the mean of all layers (Fig. 8)',
                 plot_first_against_mean(
                findings.facts['first_layer'], study.colours, findings.facts['other_animals']), mark)]


def plot_layers(scores: pd.DataFrame, colours: dict[str, tuple], others: pd.DataFrame) -> Figure:
    """Predictivity as a function of depth (Fig. 7).

    Parameters
    ----------
    scores : pandas.DataFrame
        recording, area, metric, model, label (domain or control), group ('trained', 'untrained', 'baseline'), layer,
        value and error.
    colours : dict of str to tuple
        Domain -> colour.
    others : pandas.DataFrame
        As of :func:`~study.other_animals.other_animals`.
    """
    figure, panels = panels_by_area(scores)
    for axis, block in panels:
        depth = {layer: i for i, layer in enumerate(dict.fromkeys(block.layer[block.group != BASELINE]))}
        _draw_depth(axis, block, depth, colours)
        for row in block[block.group == BASELINE].itertuples():
            colour, style = BASELINE_STYLES.get(row.model, ('tab:grey', '-'))
            axis.axhline(row.value, color=colour, linestyle=style, linewidth=1,
                         label=TRUTHS.get(row.model, row.model))
        _draw_others(axis.axhline, block, others)
        axis.set_xticks(list(depth.values()), list(depth))
    shared_legend(figure)
    return figure


def plot_first_against_mean(table: pd.DataFrame, colours: dict[str, tuple], others: pd.DataFrame) -> Figure:
    """conv1 beside the mean of all layers (Fig. 8).

    Parameters
    ----------
    table : pandas.DataFrame
        As of :func:`~study.predictivity.first_layer_against_mean`, with the column label.
    colours : dict of str to tuple
        Domain -> colour.
    others : pandas.DataFrame
        As of :func:`~study.other_animals.other_animals`.
    """
    figure, panels = panels_by_area(table, width=3.9, height=.9 + .22 * table.model.nunique(), sharex=True)
    for axis, block in panels:
        rows = np.arange(len(block))[::-1]
        axis.hlines(rows, block.first_layer, block.mean_of_layers, color='.8')
        axis.plot(block.mean_of_layers, rows, 'o', color='white', markeredgecolor='.3', label='mean of layers')
        for row, entry in zip(rows, block.itertuples()):
            axis.plot(entry.first_layer, row, 'o', color=colours.get(entry.label, UNTRAINED_COLOUR))
        axis.plot([], [], 'o', color='.3', label='conv1')
        _draw_others(axis.axvline, block, others)
        axis.set_yticks(rows, block.label)
        axis.set(xlabel=VALUES[block.metric.iloc[0]], ylabel='')
    shared_legend(figure)
    return figure


def _resolvable(recordings: list[Recording]) -> dict[str, float]:
    """Benchmark, in words -> the least difference between two models that it can show, where that is known."""
    from brainscore_vision import load_benchmark
    found = {}
    for recording in recordings:
        for metric in recording.metrics:
            try:
                benchmark = load_benchmark(f'{recording.identifier}.{recording.areas[0]}-{metric}')
            except Exception:  # plugins may raise anything; the scores say what is missing
                continue
            if benchmark.resolvable_difference is not None:
                found[f'{marked(recording.identifier)}, {METRICS[metric]}'] = benchmark.resolvable_difference
    return found


def _beside_the_paper(scores: pd.DataFrame, mark: str) -> list[Table]:
    """The paper's values by domain, area and layer, with ours in columns, means over seeds."""
    table = published_by_layer()
    keys = ['domain', 'area', 'layer']
    scores = scores.assign(domain=scores.domain.fillna(scores.group.where(scores.group == UNTRAINED)))
    for (recording, metric), rows in scores[scores.domain.notna()].groupby(['recording', 'metric'], sort=False):
        ours = rows.groupby(keys).value.mean().rename(f'{marked(recording)}, ours ({METRICS.get(metric, metric)})')
        table = table.merge(ours.reset_index(), on=keys, how='left')
    shown = table[(table.layer == FIRST_LAYER)].dropna(axis=1, how='all')
    return [Table('published_layers', "The paper's predictivity by area and layer, beside ours", table,
                  mark and f'columns marked ‘ours’ rest on {mark}', shown)]


def _draw_others(draw_line: Callable, block: pd.DataFrame, others: pd.DataFrame) -> None:
    """A line at what other animals' neurons get on the benchmark of a block of scores, where that is known."""
    for row in others.merge(block[KEYS].drop_duplicates(), on=KEYS).itertuples():
        draw_line(row.value, color='tab:red', linestyle='--', linewidth=1.2, label=pooled_label(row.n_animals))


def _draw_depth(axis: Axes, block: pd.DataFrame, depth: dict[str, int], colours: dict[str, tuple]) -> None:
    for _, rows in block[block.group == TRAINED].groupby('model', sort=False):
        label = rows.label.iloc[0]
        axis.errorbar(rows.layer.map(depth), rows.value, rows.error, color=colours[label], label=rows.domain.iloc[0],
                      marker='o', markersize=3, linewidth=1.2, elinewidth=.6)
    for i, (_, rows) in enumerate(block[block.group == UNTRAINED].groupby('model', sort=False)):
        axis.plot(rows.layer.map(depth), rows.value, color=UNTRAINED_COLOUR, linewidth=.8,
                  label='untrained, a line a seed' if i == 0 else None)
