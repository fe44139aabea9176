"""The study's figures, each a function of a table of one analysis.

Paper's figures: Prasad, Manor & Pereira (2022).
"""
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from training.mosaic import contrast_normalised, mosaic

NATURAL = 2.
METRICS = {'pls': 'per neuron', 'pls_pooled': 'pooled, as published'}
ESTIMATORS = {'log_log': 'windowed, log-log', 'published': "released code's", 'paper': 'as printed in the paper'}
# Line styles of what is no trained model: what a value is worth.
CONTROL_STYLES = {'gabor_oracle': ('black', '--'), 'pixels64': ('tab:brown', '-.'), 'random_features': ('black', ':')}
UNTRAINED_COLOUR = '.55'


def domain_colours(domains: list) -> dict:
    """A colour for each domain, the same in all figures."""
    palette = [colour for i, colour in enumerate(sns.color_palette('colorblind')) if i != 7]  # grey: untrained
    return dict(zip(domains, palette if len(domains) <= len(palette) else sns.color_palette('husl', len(domains))))


def exponents(table: pd.DataFrame, spectra: pd.DataFrame, colours: dict) -> Figure:
    """Spectra, exponents and naturalness of the domains (Fig. 4 left).

    Parameters
    ----------
    table : pandas.DataFrame
        As of :func:`~study.naturalness.describe_domains`; rows of estimator 'paper' hold the published numbers.
    spectra : pandas.DataFrame
        As of :func:`~study.naturalness.mean_spectra`.
    colours : dict
        Domain -> colour, in the order to be shown.
    """
    figure = _figure(13, 4.2)
    left, middle, right = figure.subplots(1, 3, width_ratios=[1.1, 1, 1])
    for domain, spectrum in spectra.groupby('domain', sort=False):
        left.loglog(spectrum.frequency, spectrum.power, color=colours[domain], label=domain)
    if len(spectra):
        frequencies = np.array([4, 16])
        left.loglog(frequencies, .02 * (4 / frequencies) ** 2., ':k', label='1/f²')
    left.set(xlabel='cycles an image', ylabel='share of power', title='mean spectra')
    left.legend(frameon=False, fontsize=7, ncols=2)
    rows = {domain: row for row, domain in enumerate(reversed(list(colours)))}
    marks = {'log_log': ('o', -.15), 'published': ('s', .05), 'paper': ('x', .25)}
    for estimator, (mark, shift) in marks.items():
        measured = table[table.estimator == estimator].dropna(subset=['naturalness'])
        y = measured.domain.map(rows) + shift
        style = {'color': 'black', 'linestyle': 'none', 'marker': mark, 'markersize': 5, 'elinewidth': 1,
                 'markerfacecolor': 'white' if estimator == 'published' else 'black'}
        with_exponent = measured.p_mean.notna()
        middle.errorbar(measured.p_mean[with_exponent], y[with_exponent], xerr=measured.p_sd[with_exponent],
                        label=ESTIMATORS[estimator], **style)
        span = np.abs(measured[['low', 'high']].to_numpy(dtype=float).T - measured.naturalness.to_numpy(dtype=float))
        right.errorbar(measured.naturalness, y, xerr=np.nan_to_num(span), **style)
    middle.axvline(NATURAL, color='.7', zorder=0)
    middle.set(xlabel='exponent p (mean ± sd over images)', title='1/f^p')
    right.set(xlabel='−log |p − 2| (95 % interval)', title='naturalness')
    middle.legend(frameon=False, fontsize=7, loc='center right')
    for axis in (middle, right):
        axis.set_yticks(list(rows.values()), list(rows))
        axis.set_ylim(-.6, len(rows) - .4)
    return figure


def norms(table: pd.DataFrame, colours: dict) -> Figure:
    """Distributions over images of the norms of activations (Fig. 3), a panel a layer."""
    layers = list(dict.fromkeys(table.layer))
    models = list(dict.fromkeys(table.model))
    figure = _figure(1.6 + 2.3 * len(layers), 1.2 + .26 * len(models))
    for axis, layer in zip(np.atleast_1d(figure.subplots(1, len(layers), sharey=True)), layers):
        of_layer = table[(table.layer == layer) & (table.norm > 0)]
        sns.boxplot(of_layer, y='model', x='norm', order=models, hue='model', hue_order=models, legend=False, ax=axis,
                    palette={model: colours.get(model, UNTRAINED_COLOUR) for model in models},
                    fliersize=1, linewidth=.8)
        axis.set(xscale='log', title=layer, ylabel='', xlabel='norm')
        axis.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.xaxis.set_major_formatter('{x:g}')
        axis.xaxis.set_minor_formatter(NullFormatter())
    return figure


def distances(table: pd.DataFrame) -> Figure:
    """Euclidean distance (Fig. 5) and alignment of every two models, a column a layer."""
    layers, models = list(dict.fromkeys(table.layer)), list(dict.fromkeys([*table.model, *table.other]))
    side = .9 + .17 * len(models)
    figure = _figure(2 + (side + .6) * len(layers), 1.4 + 2 * side)
    axes = figure.subplots(2, len(layers), squeeze=False, sharex=True, sharey=True)
    lowest = np.floor(10 * np.nan_to_num(table.cka.min())) / 10
    for row, (column, name, palette) in enumerate((('distance', 'Euclidean distance', 'viridis'),
                                                   ('cka', 'linear CKA', 'magma'))):
        for axis, layer in zip(axes[row], layers):
            matrix = table[table.layer == layer].pivot(index='model', columns='other', values=column)
            limits = (lowest, 1) if column == 'cka' else (0, np.nanmax(matrix.to_numpy()))
            sns.heatmap(matrix.reindex(index=models, columns=models), ax=axis, cmap=palette, vmin=limits[0],
                        vmax=limits[1], square=True, xticklabels=True, yticklabels=True,
                        cbar_kws={'shrink': .6, 'pad': .02})
            axis.set(xlabel='', ylabel='', title=layer if row == 0 else '')
            axis.tick_params(labelsize=7)
        axes[row, 0].set_ylabel(name)
    return figure


def decoding(table: pd.DataFrame) -> Figure:
    """How often a linear machine tells models by their activations (section 3.1), and the null.

    Parameters
    ----------
    table : pandas.DataFrame
        As of :func:`~study.decoding.summarise_decoding`, with the column group.
    """
    groups = list(dict.fromkeys(table.group))
    figure = _figure(3.6 * len(groups) + .5, 3.4)
    for axis, group in zip(np.atleast_1d(figure.subplots(1, len(groups), sharey=True)), groups):
        rows = table[table.group == group]
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


def layers(scores: pd.DataFrame, colours: dict) -> Figure:
    """Predictivity as a function of depth (Fig. 7).

    Parameters
    ----------
    scores : pandas.DataFrame
        recording, area, metric, model, label (domain or control), group ('trained', 'untrained', 'baseline'), layer,
        value and error.
    """
    figure, panels = _panels(scores)
    for axis, block in panels:
        deep = block[block.group != 'baseline']
        depth = {layer: i for i, layer in enumerate(dict.fromkeys(deep.layer))}
        for _, rows in deep[deep.group == 'trained'].groupby('model', sort=False):
            label = rows.label.iloc[0]
            axis.errorbar(rows.layer.map(depth), rows.value, rows.error, color=colours[label], label=label, marker='o',
                          markersize=3, linewidth=1.2, elinewidth=.6)
        for i, (_, rows) in enumerate(deep[deep.group == 'untrained'].groupby('model', sort=False)):
            axis.plot(rows.layer.map(depth), rows.value, color=UNTRAINED_COLOUR, linewidth=.8,
                      label='untrained, a line a seed' if i == 0 else None)
        for row in block[block.group == 'baseline'].itertuples():
            colour, style = CONTROL_STYLES.get(row.model, ('tab:grey', '-'))
            axis.axhline(row.value, color=colour, linestyle=style, linewidth=1, label=row.model)
        axis.set_xticks(list(depth.values()), list(depth))
    _shared_legend(figure)
    return figure


def first_against_mean(table: pd.DataFrame, colours: dict) -> Figure:
    """conv1 beside the mean of all layers (Fig. 8)."""
    figure, panels = _panels(table, width=3.9, height=.9 + .22 * table.model.nunique(), sharex=True)
    for axis, block in panels:
        rows = np.arange(len(block))[::-1]
        axis.hlines(rows, block.first_layer, block.mean_of_layers, color='.8')
        axis.plot(block.mean_of_layers, rows, 'o', color='white', markeredgecolor='.3', label='mean of layers')
        for row, entry in zip(rows, block.itertuples()):
            axis.plot(entry.first_layer, row, 'o', color=colours.get(entry.label, UNTRAINED_COLOUR))
        axis.plot([], [], 'o', color='.3', label='conv1')
        axis.set_yticks(rows, block.label)
        axis.set(xlabel='noise-corrected predictivity', ylabel='')
    _shared_legend(figure)
    return figure


def against_naturalness(points: pd.DataFrame, relations: pd.DataFrame, colours: dict) -> Figure:
    """conv1's predictivity against the training domain's naturalness (Fig. 4 right).

    Parameters
    ----------
    points : pandas.DataFrame
        recording, area, metric, domain, naturalness, value and error.
    relations : pandas.DataFrame
        As of :func:`~study.predictivity.relate_to_naturalness`, of the same layer and estimator.
    """
    figure, panels = _panels(points, width=4)
    for axis, block in panels:
        for row in block.itertuples():
            axis.errorbar(row.naturalness, row.value, row.error, fmt='o', color=colours[row.domain], elinewidth=.8,
                          label=row.domain)
        keys = ['recording', 'area', 'metric']
        same = (relations[keys] == block[keys].iloc[0]).all(axis=1)
        for row in relations[same & relations.spearman.notna()].itertuples():
            axis.set_title(f'{axis.get_title()}\nSpearman {row.spearman:.2f} [{row.spearman_low:.2f}, '
                           f'{row.spearman_high:.2f}], p = {row.spearman_p:.3f}', fontsize=9)
        axis.set_xlabel('naturalness of the training domain')
    _shared_legend(figure)
    return figure


def tests(comparisons: pd.DataFrame) -> Figure:
    """The p of all pairs of domains with image splits for units, as in the paper, and with animals."""
    figure, panels = _panels(comparisons, width=3, height=3)
    rng = np.random.default_rng(0)
    for axis, block in panels:
        for x, (units, colour) in enumerate((('splits', 'tab:red'), ('animals', 'tab:blue'))):
            p = np.clip(block[f'p_{units}_holm'].dropna(), 1e-300, 1)
            axis.plot(x + rng.uniform(-.15, .15, len(p)), p, 'o', color=colour, markersize=3, alpha=.7)
        axis.hlines(2. ** -block.n_animals.max(), .7, 1.3, color='tab:blue', linestyle=':', linewidth=1)
        axis.axhline(.05, color='.6', linewidth=.8)
        axis.set(yscale='log', ylim=(None, 2), xlim=(-.5, 1.5))
        axis.set_xticks([0, 1], [f'{block.n_splits.max()} image splits\n(Mann-Whitney)',
                                 f'{block.n_animals.max()} animals\n(sign flips)'])
        axis.set_ylabel('p, Holm-corrected')
    return figure


def filters(weights: dict, shares: dict) -> Figure:
    """First-layer filters (Fig. 6).

    Parameters
    ----------
    weights : dict of str to numpy.ndarray, shape (n, 3, k, k)
        Label -> filters; each is stretched to its own range, keeping grey where its weights are 0.
    shares : dict of str to float
        Label -> share of Gabor-like filters.
    """
    columns = min(4, len(weights))
    rows = -(-len(weights) // columns)
    figure = _figure(3 * columns, 3.25 * rows)
    axes = np.atleast_1d(figure.subplots(rows, columns)).reshape(-1)
    for axis, (label, bank) in zip(axes, weights.items()):
        axis.imshow(mosaic(contrast_normalised(bank)), interpolation='nearest')
        axis.set_title(f'{label}: {shares[label]:.0%} Gabor-like', fontsize=10)
    for axis in axes:
        axis.axis('off')
    return figure


def gabor_fits(fits: pd.DataFrame, noise: pd.DataFrame, shares: pd.DataFrame, colours: dict) -> Figure:
    """R² of Gabor fits against that of white noise, and the share of Gabor-like filters against naturalness.

    Parameters
    ----------
    fits : pandas.DataFrame
        As of :func:`~study.filters.describe_filters`, with the column label.
    noise : pandas.DataFrame
        As of :func:`~study.filters.noise_fits`.
    shares : pandas.DataFrame
        label, share and naturalness (NaN for controls).
    """
    figure = _figure(11, 4)
    left, right = figure.subplots(1, 2)
    for label, rows in fits.groupby('label', sort=False):
        sns.ecdfplot(x=rows.r2.dropna(), ax=left, color=colours.get(label, UNTRAINED_COLOUR), label=label)
    sns.ecdfplot(x=noise.r2, ax=left, color='black', linestyle=':', label='white noise')
    left.axvline(fits.threshold.iloc[0], color='.7', zorder=0)
    left.set(xlabel='R² of the Gabor fit', ylabel='share of filters below', xlim=(0, 1))
    left.legend(frameon=False, fontsize=7)
    trained = shares.dropna(subset=['naturalness'])
    for row in trained.itertuples():
        right.plot(row.naturalness, row.share, 'o', color=colours.get(row.label, UNTRAINED_COLOUR))
    for row in shares[shares.naturalness.isna()].itertuples():
        right.axhline(row.share, color=UNTRAINED_COLOUR, linewidth=.8)
    right.set(xlabel='naturalness of the training domain', ylabel='share of Gabor-like filters', ylim=(-.03, 1.03))
    if shares.naturalness.isna().any():
        right.text(.99, .99, 'grey lines: untrained', transform=right.transAxes, ha='right', va='top', fontsize=8,
                   color=UNTRAINED_COLOUR)
    return figure


def _figure(width: float, height: float) -> Figure:
    figure = Figure(figsize=(width, height), layout='constrained')
    FigureCanvasAgg(figure)
    return figure


def _panels(table: pd.DataFrame, width: float = 3.6, height: float = 3.2, sharex: bool = False) -> tuple:
    """A figure with a column for each area and a row for each metric, and (axis, rows of the table) for each panel."""
    columns = list(table[['recording', 'area']].drop_duplicates().itertuples(index=False))
    metrics = [metric for metric in METRICS if (table.metric == metric).any()]
    figure = _figure(max(4.5, width * len(columns)), .6 + height * len(metrics))
    axes = figure.subplots(len(metrics), len(columns), squeeze=False, sharex=sharex)
    panels = []
    for row, metric in enumerate(metrics):
        for column, (recording, area) in enumerate(columns):
            block = table[(table.recording == recording) & (table.area == area) & (table.metric == metric)]
            axis = axes[row, column]
            axis.set_title(f'{recording} {area}\n{METRICS[metric]}', fontsize=9)
            if column == 0:
                axis.set_ylabel('noise-corrected predictivity')
            if len(block):
                panels.append((axis, block))
            else:
                axis.text(.5, .5, 'missing', transform=axis.transAxes, ha='center')
    return figure, panels


def _shared_legend(figure: Figure) -> None:
    entries = {label: handle for axis in figure.axes for handle, label in zip(*axis.get_legend_handles_labels())}
    if entries:
        figure.legend(entries.values(), entries.keys(), loc='outside right upper', frameon=False, fontsize=8)
