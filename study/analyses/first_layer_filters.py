"""Which first-layer filters are Gabor-like, and whether more of them are after training on natural images (Fig. 6)."""
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from brainscore_plugin.sweep.fingerprint import weights_digest
from study.findings import Findings, Plot, Table
from study.models import BASELINE, FIRST_LAYER, TRAINED, UNTRAINED, StudyModel
from study.naturalness import SCENES
from study.naturalness_correlation import correlate, verdict
from study.noise_threshold import NULL_FILTERS, NULL_QUANTILE, describe_filters, noise_fits
from study.plotting import UNTRAINED_COLOUR, new_figure
from study.provenance import rests_on
from study.study_data import StudyData
from training.backbone import first_filters
from training.mosaic import contrast_normalised, mosaic

TITLE = 'First-layer filters'


def tabulate(study: StudyData) -> Findings:
    """Gabor fits of every filter, and the share of Gabor-like filters of every model."""
    weights, missing = read_filters(study)
    if not weights:
        raise LookupError(' '.join([f"no model has a layer '{FIRST_LAYER}'.", *missing]).rstrip('.'))
    fits, noise = _fit(study, weights)
    measured = study.naturalness[study.naturalness.estimator == SCENES].set_index('domain').naturalness
    shares = fits.groupby('label', sort=False).agg(share=('gabor_like', 'mean'), r2_median=('r2', 'median'))
    domains = {model.label: model.domain for model in weights}
    shares = shares.reset_index().assign(naturalness=lambda table: table.label.map(domains).map(measured))
    of_domains = shares.assign(domain=shares.label.map(domains)).groupby('domain')[['naturalness', 'share']].mean()
    trained = of_domains.dropna()
    related = correlate(trained.naturalness.to_numpy(), trained[['share']].to_numpy(), study.seed)
    related |= {'p': related['spearman_p'], 'verdict': verdict(*(
        related[f'spearman_{name}'] for name in ('low', 'high', 'p', 'p_negative')))}
    mark = rests_on(study, 'models')
    return Findings([Table('gabor_share', 'Gabor-like filters', shares, mark),
                     Table('gabor_fits', 'Fits', fits, mark, fits.head(5))],
                    {'weights': weights, 'fits': fits, 'noise': noise, 'shares': shares, 'correlation': related,
                     'threshold': fits.threshold.iloc[0], 'n_noise_filters': NULL_FILTERS,
                     'noise_quantile': NULL_QUANTILE}, missing)


def plot(study: StudyData, findings: Findings) -> list[Plot]:
    """Filters of the trained models and of one untrained; R² of their fits and share that is Gabor-like."""
    weights, fits, noise, shares = (findings.facts[name] for name in ('weights', 'fits', 'noise', 'shares'))
    shown = {model.label: filters for model, filters in weights.items() if model.group == TRAINED}
    shown |= {model.label: weights[model] for model in [m for m in weights if m.group == UNTRAINED][:1]}
    mark = rests_on(study, 'models')
    return [Plot('filters', 'Filters of conv1 (Fig. 6)', plot_filters(shown, shares.set_index('label').share), mark),
            Plot('gabor_fits', 'Gabor fits', plot_gabor_fits(fits, noise, shares, study.colours), mark)]


def read_filters(study: StudyData) -> tuple[dict[StudyModel, np.ndarray], list[str]]:
    """Weights of conv1, (n, 3, k, k), of each model that has them, and a sentence for each network that should."""
    weights, missing = {}, []
    for model, network in study.networks.items():
        try:
            weights[model] = first_filters(network.activations_model._model, FIRST_LAYER)
        except (AttributeError, LookupError) as error:
            if model.group != BASELINE:
                missing.append(f"'{model.identifier}' is left out of the filters: {error}.")
    return weights, missing


def plot_filters(weights: dict[str, np.ndarray], shares: dict[str, float] | pd.Series) -> Figure:
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
    figure = new_figure(3 * columns, 3.25 * rows)
    axes = np.atleast_1d(figure.subplots(rows, columns)).reshape(-1)
    for axis, (label, filters) in zip(axes, weights.items()):
        axis.imshow(mosaic(contrast_normalised(filters)), interpolation='nearest')
        axis.set_title(f'{label}: {shares[label]:.0%} Gabor-like', fontsize=10)
    for axis in axes:
        axis.axis('off')
    return figure


def plot_gabor_fits(fits: pd.DataFrame, noise: pd.DataFrame, shares: pd.DataFrame,
                    colours: dict[str, tuple]) -> Figure:
    """R² of Gabor fits against that of white noise, and the share of Gabor-like filters against naturalness.

    Parameters
    ----------
    fits : pandas.DataFrame
        As of :func:`~study.noise_threshold.describe_filters`, with the column label.
    noise : pandas.DataFrame
        As of :func:`~study.noise_threshold.noise_fits`.
    shares : pandas.DataFrame
        label, share and naturalness (NaN for controls).
    colours : dict of str to tuple
        Domain -> colour.
    """
    figure = new_figure(11, 4)
    left, right = figure.subplots(1, 2)
    named: set[str] = set()
    for label, rows in fits.groupby('label', sort=False):
        name = label.partition(', seed')[0]  # seeds have a curve each, and one line of the legend
        sns.ecdfplot(x=rows.r2.dropna(), ax=left, color=colours.get(label, UNTRAINED_COLOUR),
                     label='' if name in named else name)
        named.add(name)
    sns.ecdfplot(x=noise.r2, ax=left, color='black', linestyle=':', label='white noise')
    left.axvline(fits.threshold.iloc[0], color='.7', zorder=0)
    left.set(xlabel='R² of the Gabor fit', ylabel='share of filters below', xlim=(0, 1))
    left.legend(frameon=False, fontsize=7)
    for row in shares.dropna(subset=['naturalness']).itertuples():
        right.plot(row.naturalness, row.share, 'o', color=colours.get(row.label, UNTRAINED_COLOUR))
    for row in shares[shares.naturalness.isna()].itertuples():
        right.axhline(row.share, color=UNTRAINED_COLOUR, linewidth=.8)
    right.set(xlabel='naturalness of the training domain', ylabel='share of Gabor-like filters', ylim=(-.03, 1.03))
    if shares.naturalness.isna().any():
        right.text(.99, .99, 'grey lines: untrained', transform=right.transAxes, ha='right', va='top', fontsize=8,
                   color=UNTRAINED_COLOUR)
    return figure


def _fit(study: StudyData, weights: dict[StudyModel, np.ndarray]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Fits of all filters, by label of the model, and of white noise of the same size."""
    fits = study.finished.table(
        'filters', lambda: describe_filters({model.label: filters for model, filters in weights.items()}, study.seed),
        study.seed, *(model.label for model in weights),
        *(weights_digest(study.networks[model]) for model in weights)).rename(columns={'model': 'label'})
    _, colours, size, _ = next(iter(weights.values())).shape
    noise = study.finished.table('noise_fits', lambda: noise_fits(size, colours, study.seed), size, colours, study.seed)
    return fits, noise
