"""The results of a sweep side by side: a table for people, for programs and as a figure."""
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Column, Table

from brainscore_plugin.recordings.kinds import with_kind
from training.atomic import replacing

from .results import PARTIAL
from .tasks import Task

CHANCE = 'random_features'
COLUMNS = ['benchmark', 'model', 'value', 'error', 'layer', 'best_layer', 'best_value', 'best_error', 'n_neurons',
           'n_nan', 'consistency', 'n_animals', 'of_consistency', 'note']
FOOTNOTE = ('value ± error: of the layer the model commits to; where it commits to none, the middle one of those it '
            'names. Of other mice: as a share of what all neurons of the other animals get in the place of a model; '
            'they would get more, were there more of them. The best layer is chosen by the same responses that it is '
            'scored on, which flatters it.')


def leaderboard(models: list[str], benchmarks: list[str], summaries: dict[Task, dict]) -> pd.DataFrame:
    """One row for each benchmark and model, best first; NaN where no task has finished.

    Parameters
    ----------
    models, benchmarks : list of str
        What was asked for.
    summaries : dict
        Task -> the summary of its result.

    Returns
    -------
    pandas.DataFrame
        benchmark, model; value, error and layer of the committed layer; best_layer, best_value and best_error;
        n_neurons and n_nan; consistency, which is what other animals' neurons get in the place of a model, with the
        number of animals, and of_consistency, the value as a share of it, where animals saw the same images; note,
        which says where a value is not above chance.
    """
    rows = [_row(benchmark, model, {task.layer: summary for task, summary in summaries.items()
                                    if (task.benchmark, task.model) == (benchmark, model)})
            for benchmark in benchmarks for model in models]
    table = pd.DataFrame(rows, columns=COLUMNS).astype({
        'n_neurons': 'Int64', 'n_nan': 'Int64', 'n_animals': 'Int64', 'consistency': float, 'of_consistency': float})
    chance = table[table.model == CHANCE].set_index('benchmark').value
    table['note'] = [_note(row, chance.get(row.benchmark, 0)) for row in table.itertuples()]
    return table.sort_values(['benchmark', 'value', 'model'], ascending=[True, False, True], ignore_index=True)


def save_leaderboard(table: pd.DataFrame, summaries: dict[Task, dict], out: Path) -> None:
    """Save leaderboard.csv, leaderboard.md and heatmap.png, each whole or not at all."""
    with replacing(out / 'leaderboard.csv', out / PARTIAL) as temporary:
        table.to_csv(temporary, index=False, lineterminator='\n')
    with replacing(out / 'leaderboard.md', out / PARTIAL) as temporary:
        temporary.write_text(_markdown(table), encoding='utf-8', newline='\n')
    if summaries:
        figure = heatmap(summaries)
        with replacing(out / 'heatmap.png', out / PARTIAL) as temporary:
            figure.savefig(temporary, dpi=150, metadata={'Software': None})


def print_leaderboard(table: pd.DataFrame, console: Console) -> None:
    """Print the leaderboard, a table for each benchmark."""
    for benchmark, rows in table.groupby('benchmark', sort=False):
        printed = Table(*whole_names(*_HEADER[1:]), title=with_kind(benchmark), title_justify='left')
        for row in rows.itertuples():
            printed.add_row(*_printed(row)[1:])
        console.print(printed)
    console.print(FOOTNOTE, style='dim', highlight=False)


def heatmap(summaries: dict[Task, dict]):
    """Values of all layers of all models, a panel for each benchmark.

    The columns are the layers in the model's order, since models name theirs differently; the committed layer's value
    is set in bold.

    Parameters
    ----------
    summaries : dict
        Task -> the summary of its result; tasks of a model in the order of its layers.

    Returns
    -------
    matplotlib.figure.Figure
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    panels = {}
    for task, summary in summaries.items():
        panels.setdefault(task.benchmark, {}).setdefault(task.model, []).append((task.layer, summary))
    models = list(dict.fromkeys(task.model for task in summaries))
    depth = max(len(layers) for panel in panels.values() for layers in panel.values())
    top = max(.1, np.nanmax([0, *(summary['value'] for summary in summaries.values())]))

    columns = min(len(panels), max(1, 12 // depth))
    rows = -(-len(panels) // columns)
    figure = Figure(figsize=(2.4 + columns * max(2.2, .85 * depth), .9 + rows * (.9 + .5 * len(models))),
                    layout='constrained')
    FigureCanvasAgg(figure)
    axes = figure.subplots(rows, columns, squeeze=False, sharey=True)
    for axis, (benchmark, panel) in zip(axes.flat, panels.items()):
        values = np.full((len(models), depth), np.nan)
        for row, model in enumerate(models):
            for column, (layer, summary) in enumerate(panel.get(model, [])):
                values[row, column] = summary['value']
                _write(axis, column, row, layer, summary, top)
        image = axis.imshow(values, cmap='viridis', vmin=0, vmax=top, aspect='auto')
        axis.set_title(with_kind(benchmark), fontsize=10)
        axis.set_xticks([])
        axis.set_yticks(range(len(models)), models, fontsize=9)
        axis.tick_params(length=0)
        axis.spines[:].set_visible(False)
        axis.set_xlabel('layers in the order of the model; bold: committed', fontsize=8)
    for axis in axes.flat[len(panels):]:
        axis.set_visible(False)
    figure.colorbar(image, ax=axes, label='value', shrink=.8, aspect=25)
    return figure


def whole_names(*headers: str) -> list[Column]:
    """Columns that break a name that is too long, rather than cut it to look like another."""
    return [Column(header, overflow='fold') for header in headers]


_HEADER = ('benchmark', 'model', 'value', 'of other mice', 'layer', 'best layer', 'note')


def _row(benchmark: str, model: str, layers: dict[str, dict]) -> dict:
    row = {'benchmark': benchmark, 'model': model, 'note': '' if layers else 'failed'}
    defined = {layer: summary for layer, summary in layers.items() if np.isfinite(summary['value'])}
    if defined:
        best = max(defined, key=lambda layer: defined[layer]['value'])  # the first one, if several are
        row |= {'best_layer': best, 'best_value': defined[best]['value'], 'best_error': defined[best]['error']}
    for layer, summary in layers.items():
        if summary['committed']:
            row |= {'layer': layer, **{name: summary[name] for name in ('value', 'error', 'n_neurons', 'n_nan')}}
            if summary.get('consistency', 0) > 0:
                row |= {name: summary[name] for name in ('consistency', 'n_animals')}
                row['of_consistency'] = summary['value'] / summary['consistency']
            area = benchmark.rpartition('.')[2].partition('-')[0]
            if summary['region'] not in ('', area):
                row['note'] = f"{summary['region']} recorded"
    if not all(summary['mapped'] for summary in layers.values()):
        row['note'] = 'no layer committed: the middle one' + ('' if 'layer' in row else ', which failed')
    return row


def _note(row, chance: float) -> str:
    notes = [row.note] if row.note else []
    if row.model == CHANCE:
        notes.append('chance')
    elif isinstance(row.layer, str) and not row.value - 2 * (0 if np.isnan(row.error) else row.error) > chance:
        notes.append('not above chance')
    return '; '.join(notes)


def _printed(row) -> list[str]:
    best = '–' if pd.isna(row.best_layer) else f'{row.best_layer}: {row.best_value:.3f}'
    layer = '–' if pd.isna(row.layer) else row.layer
    others = '–' if pd.isna(row.of_consistency) else f'{row.of_consistency:.2f} of {row.consistency:.3f}'
    return [with_kind(row.benchmark), row.model, _with_error(row.value, row.error), others, layer, best, row.note]


def _with_error(value: float, error: float) -> str:
    if np.isnan(value):
        return '–'
    return f'{value:.3f}' if np.isnan(error) else f'{value:.3f} ± {error:.3f}'


def _markdown(table: pd.DataFrame) -> str:
    lines = [_HEADER, ['---'] * len(_HEADER), *map(_printed, table.itertuples())]
    return '\n'.join(f"| {' | '.join(line)} |" for line in lines) + f'\n\n{FOOTNOTE}\n'


def _write(axis, column: int, row: int, layer: str, summary: dict, top: float) -> None:
    value = summary['value']
    colour = 'black' if value > .6 * top else 'white'
    weight = 'bold' if summary['committed'] else 'normal'
    if not np.isfinite(value):
        colour = 'black'
    axis.text(column, row - .13, f'{value:.2f}', ha='center', va='center', color=colour, fontsize=9, weight=weight)
    name = layer if len(layer) <= 14 else f'…{layer[-13:]}'
    axis.text(column, row + .25, name, ha='center', va='center', color=colour, fontsize=6, weight=weight)
