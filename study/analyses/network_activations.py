"""How networks respond to the same images: norms, distances, and telling them apart (section 3.1, Figs. 3 and 5)."""
import functools
from collections.abc import Callable, Collection, Iterable

import numpy as np
import pandas as pd
import seaborn as sns
from brainscore_core.supported_data_standards.brainio.stimuli import StimulusSet
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from brainscore_plugin.recordings.kinds import REAL, kind_of
from brainscore_plugin.sweep.fingerprint import stimuli_digest, weights_digest
from study.decoding import decode_models, summarise_decoding
from study.distances import pairwise_distances
from study.findings import Findings, Plot, Table
from study.models import BASELINE, FIRST_LAYER, TRAINED, UNTRAINED, StudyModel
from study.norms import activation_norms
from study.plotting import UNTRAINED_COLOUR, new_figure
from study.provenance import rests_on
from study.recordings import marked
from study.shown_images import record_activations, shown_images
from study.study_data import StudyData

TITLE = 'Activations'
GROUPS = {TRAINED: 'trained on domains', UNTRAINED: 'untrained, seeds'}


def tabulate(study: StudyData) -> Findings:
    """Norms, distances and decoding for the images of each recording."""
    shown = shown_images(study.recordings, study.seed)
    tables, missing, measured = [], [], {}
    for recording, images in shown.items():
        suffix = _suffix(recording, shown)
        found, failures = _measure(study, images, suffix)
        missing += [f"'{row.model}' is left out of the activations: {row.error}" for row in failures.itertuples()]
        if 'decoding' not in found:
            missing.append('No two networks of a kind have a layer in common: none were told apart on '
                           f'{marked(recording)}.')
        tables += _as_tables(found, suffix, marked(recording), _mark(study, recording))
        measured[recording] = found
    return Findings(tables, {'measured': measured, 'images': [marked(recording) for recording in measured]}, missing)


def plot(study: StudyData, findings: Findings) -> list[Plot]:
    """Norms, distances and decoding for the images of each recording."""
    measured, plots = findings.facts['measured'], []
    for recording, found in measured.items():
        suffix, mark = _suffix(recording, measured), _mark(study, recording)
        plots += [Plot(f'norms{suffix}', f'Norms of activations by {marked(recording)} (Fig. 3)',
                       plot_norms(found['norms'], study.colours), mark),
                  Plot(f'distances{suffix}', f'Distances between models on {marked(recording)} (Fig. 5)',
                       plot_distances(found['distances']), mark)]
        if 'decoding' in found:
            plots.append(Plot(f'decoding{suffix}', f'Telling models apart on {marked(recording)} (section 3.1)',
                              plot_decoding(found['decoding']), mark))
    return plots


def plot_norms(norms: pd.DataFrame, colours: dict[str, tuple]) -> Figure:
    """Distributions over images of the norms of activations (Fig. 3), one plot a layer.

    Parameters
    ----------
    norms : pandas.DataFrame
        As of :func:`~study.norms.activation_norms`.
    colours : dict of str to tuple
        Domain -> colour.
    """
    layers = list(dict.fromkeys(norms.layer))
    models = list(dict.fromkeys(norms.model))
    figure = new_figure(1.6 + 2.3 * len(layers), 1.2 + .26 * len(models))
    for axis, layer in zip(np.atleast_1d(figure.subplots(1, len(layers), sharey=True)), layers):
        of_layer = norms[(norms.layer == layer) & (norms.norm > 0)]
        sns.boxplot(of_layer, y='model', x='norm', order=models, hue='model', hue_order=models, legend=False, ax=axis,
                    palette={model: colours.get(model, UNTRAINED_COLOUR) for model in models},
                    fliersize=1, linewidth=.8)
        axis.set(xscale='log', title=layer, ylabel='', xlabel='norm')
        axis.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.xaxis.set_major_formatter('{x:g}')
        axis.xaxis.set_minor_formatter(NullFormatter())
    return figure


def plot_distances(distances: pd.DataFrame) -> Figure:
    """Euclidean distance (Fig. 5) and alignment of every two models, a column a layer.

    Parameters
    ----------
    distances : pandas.DataFrame
        As of :func:`~study.distances.pairwise_distances`.
    """
    layers = list(dict.fromkeys(distances.layer))
    models = list(dict.fromkeys([*distances.model, *distances.other]))
    side = .9 + .17 * len(models)
    figure = new_figure(2 + (side + .6) * len(layers), 1.4 + 2 * side)
    axes = figure.subplots(2, len(layers), squeeze=False, sharex=True, sharey=True)
    lowest = np.floor(10 * np.nan_to_num(distances.cka.min())) / 10
    for row, (column, name, palette) in enumerate((('distance', 'Euclidean distance', 'viridis'),
                                                   ('cka', 'linear CKA', 'magma'))):
        for axis, layer in zip(axes[row], layers):
            matrix = distances[distances.layer == layer].pivot(index='model', columns='other', values=column)
            limits = (lowest, 1) if column == 'cka' else (0, np.nanmax(matrix.to_numpy()))
            sns.heatmap(matrix.reindex(index=models, columns=models), ax=axis, cmap=palette, vmin=limits[0],
                        vmax=limits[1], square=True, xticklabels=True, yticklabels=True,
                        cbar_kws={'shrink': .6, 'pad': .02})
            axis.set(xlabel='', ylabel='', title=layer if row == 0 else '')
            axis.tick_params(labelsize=7)
        axes[row, 0].set_ylabel(name)
    return figure


def plot_decoding(decoded: pd.DataFrame) -> Figure:
    """How often a linear classifier tells models apart by their activations (section 3.1), and the null.

    Parameters
    ----------
    decoded : pandas.DataFrame
        As of :func:`~study.decoding.summarise_decoding`, with the column group.
    """
    groups = list(dict.fromkeys(decoded.group))
    figure = new_figure(3.6 * len(groups) + .5, 3.4)
    for axis, group in zip(np.atleast_1d(figure.subplots(1, len(groups), sharey=True)), groups):
        rows = decoded[decoded.group == group]
        x = np.arange(len(rows))
        for measure, mark in (('accuracy', 'o'), ('precision', '^'), ('recall', 'v')):
            axis.plot(x, rows[measure], mark, label=measure, alpha=.7)
        axis.plot(x, rows.null_accuracy, '_k', markersize=12, label='names shuffled')
        axis.plot(x, rows.chance, ':', color='.5', label='chance')
        axis.set_xticks(x, rows.layer)
        axis.set(ylim=(0, 1.05), title=f'{group} ({rows.n_models.iloc[0]} models)')
    figure.axes[0].set_ylabel('share')
    figure.axes[0].legend(frameon=False, fontsize=8, loc='center left')
    return figure


def _measure(study: StudyData, images: StimulusSet, suffix: str) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Finished tables of norms, distances and, where there is any, decoding; and models that failed, with the error.

    Activations are recorded only where a table has not been finished before.
    """
    networks = {model: network for model, network in study.networks.items() if model.group != BASELINE}
    record = functools.cache(lambda: record_activations(networks, images))

    def finished(name: str, compute: Callable[[], pd.DataFrame], models: Iterable[StudyModel]) -> pd.DataFrame:
        return study.finished.table(f'{name}{suffix}', compute, stimuli_digest(images), study.seed, *(
            f'{model.label} {weights_digest(networks[model])}' for model in models))

    def decode(models: list[StudyModel]) -> pd.DataFrame:
        return finished(f'decoding_{models[0].group}', lambda: decode_models(
            {model.label: record()[0][model.label] for model in models}, seed=study.seed), models)

    failures = finished('activation_failures', lambda: _as_failures(record()[1]), networks)
    models = [model for model in networks if model.identifier not in set(failures.model)]
    if len(models) < 2:
        raise LookupError('; '.join([f'{len(models)} network(s) could be shown the images, a comparison takes two',
                                     *(failures.model + ': ' + failures.error)]))
    found = {'norms': finished('norms', lambda: activation_norms(record()[0]), networks),
             'distances': finished('distances', lambda: pairwise_distances(record()[0]), networks)}
    # of each domain one network: telling seeds apart is what the untrained ones are for
    groups = {group: [model for model in models if model.group == group and (group != TRAINED or model.seed == 0)]
              for group in GROUPS}
    folds = {group: decode(members) for group, members in groups.items() if len(members) >= 2}
    decoded = [summarise_decoding(table).assign(group=GROUPS[group]) for group, table in folds.items() if len(table)]
    if decoded:
        together = pd.concat(decoded)
        found['decoding'] = together[['group', *together.columns.drop('group')]]
    return found, failures


def _as_failures(errors: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame({'model': list(errors), 'error': list(errors.values())}, dtype=str)


def _as_tables(found: dict[str, pd.DataFrame], suffix: str, images: str, mark: str) -> list[Table]:
    norms = found['norms'].groupby(['model', 'layer'], sort=False).norm.agg(['mean', 'std']).reset_index()
    distances = found['distances']
    first = distances.model.iloc[0]
    from_first = distances[distances.model == first].pivot_table(index='other', columns='layer', values='distance',
                                                                 sort=False)
    tables = [Table(f'norms{suffix}', f'Norms by {images}', norms, mark, norms[norms.layer == FIRST_LAYER]),
              Table(f'distances{suffix}', f"Euclidean distance from '{first}' on {images}", distances, mark,
                    from_first.reset_index())]
    if 'decoding' in found:
        tables.append(Table(f'decoding{suffix}', f'Decoding on {images}', found['decoding'], mark))
    return tables


def _suffix(recording: str, recordings: Collection[str]) -> str:
    """Of names of tables and figures, which need none where there is only one recording."""
    return '' if len(recordings) == 1 else f'_{recording}'


def _mark(study: StudyData, recording: str) -> str:
    scenes = '' if kind_of(recording) == REAL else f'artificial scenes ({recording})'
    return '; '.join(filter(None, [rests_on(study, 'models'), scenes]))
