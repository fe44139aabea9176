"""Whether models trained on more natural domains predict neurons better: the paper's claim (Fig. 4 right)."""
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from study.domain_comparison import CANNOT_TELL, HIGHER, compare_domains
from study.findings import Findings, Plot, Table
from study.models import FIRST_LAYER, TRAINED
from study.naturalness import SCENES
from study.naturalness_correlation import relate_to_naturalness
from study.plotting import ESTIMATOR_NAMES, panels_by_area, shared_legend
from study.predictivity import KEYS
from study.provenance import rests_on
from study.published_numbers import PAPER
from study.recordings import METRICS, UNITS, marked
from study.starts import known_starts
from study.study_data import StudyData

TITLE = 'Naturalness and predictivity'
MEAN_OF_LAYERS = 'mean of layers'


def tabulate(study: StudyData) -> Findings:
    """Correlations over domains, and comparisons of every two domains."""
    results, scores = study.scored
    trained = results[results.group == TRAINED]
    if trained.domain.nunique() < 2:
        raise LookupError(f'{trained.domain.nunique()} trained model(s) were scored; a comparison takes two')
    relations = relate_to_naturalness(_by_animal(study.animals), study.naturalness, study.seed)
    estimator = SCENES if (relations[relations.estimator == SCENES].n_domains >= 2).any() else PAPER
    measured = study.naturalness[study.naturalness.estimator == estimator].set_index('domain').naturalness
    comparisons = compare_domains(trained, measured, FIRST_LAYER, study.seed)
    points = scores[(scores.group == TRAINED) & (scores.layer == FIRST_LAYER)]
    points = points.assign(naturalness=points.domain.map(measured)).dropna(subset=['naturalness'])
    first = relations[(relations.layer == FIRST_LAYER) & (relations.estimator == estimator)]
    mark = rests_on(study, 'images', 'models', 'recordings')
    shown = relations[relations.layer.isin([FIRST_LAYER, MEAN_OF_LAYERS])].drop(columns=[
        'n_animals', 'p_bh', 'pearson', *(f'pearson_{end}' for end in ('low', 'high', 'p', 'p_negative'))])
    of_most_natural = comparisons[comparisons.more_natural == next(iter(comparisons.more_natural), None)]
    return Findings([
        Table('relation', 'Correlation of naturalness with predictivity', relations, mark, shown),
        Table('comparisons', 'Pairs of domains, conv1', comparisons, mark, of_most_natural),
        Table('test_summary', 'All pairs of domains, conv1', _summarise(comparisons), mark)],
        {'estimator': ESTIMATOR_NAMES[estimator], 'points': points, 'comparisons': comparisons,
         'first_layer': first[first.of == TRAINED],
         'correlations': [{**row, 'recording': marked(row['recording']), 'p': row['p_holm'],
                           'metric': METRICS.get(row['metric'], row['metric'])} for row in first.to_dict('records')],
         'n_seeds': int(trained.groupby('domain').seed.nunique().min()),
         'starts': sorted(set(known_starts(list(study.networks), set(study.scores.model))[0].values()))})


def plot(study: StudyData, findings: Findings) -> list[Plot]:
    """conv1 against naturalness, and p values by splits and by animals."""
    mark = rests_on(study, 'images', 'models', 'recordings')
    points, first, comparisons = (findings.facts[name] for name in ('points', 'first_layer', 'comparisons'))
    tested = comparisons[(comparisons.n_splits > 0) | (comparisons.n_animals > 1)]  # of one value nothing is tested
    return [Plot('against_naturalness', 'conv1 against naturalness (Fig. 4 right)',
                 plot_against_naturalness(points, first, study.colours, findings.facts['estimator']), mark),
            *([Plot('tests', 'p by image splits and by animals', plot_tests(tested), mark)] if len(tested) else [])]


def plot_against_naturalness(points: pd.DataFrame, relations: pd.DataFrame, colours: dict[str, tuple],
                             estimator: str) -> Figure:
    """conv1's predictivity against the training domain's naturalness (Fig. 4 right).

    Parameters
    ----------
    points : pandas.DataFrame
        recording, area, metric, domain, naturalness, value and error.
    relations : pandas.DataFrame
        As of :func:`~study.naturalness_correlation.relate_to_naturalness`, of the same layer and estimator.
    colours : dict of str to tuple
        Domain -> colour.
    estimator : str
        By which name readers know the measure of naturalness.
    """
    figure, panels = panels_by_area(points, width=4)
    for axis, block in panels:
        for row in block.itertuples():
            axis.errorbar(row.naturalness, row.value, row.error, fmt='o', color=colours[row.domain], elinewidth=.8,
                          label=row.domain)
        same = (relations[KEYS] == block[KEYS].iloc[0]).all(axis=1)
        for row in relations[same & relations.spearman.notna()].itertuples():
            axis.set_title(f'{axis.get_title()}\nSpearman {row.spearman:.2f} [{row.spearman_low:.2f}, '
                           f'{row.spearman_high:.2f}], corrected p = {row.p_holm:.3f}', fontsize=8)
        sign = '−' if estimator == ESTIMATOR_NAMES[SCENES] else ''
        axis.set_xlabel(f'naturalness of the training domain\n({sign}{estimator})')
    shared_legend(figure)
    return figure


def plot_tests(comparisons: pd.DataFrame) -> Figure:
    """The p of all pairs of domains with image splits for units, as in the paper, and with animals.

    Parameters
    ----------
    comparisons : pandas.DataFrame
        As of :func:`~study.domain_comparison.compare_domains`.
    """
    figure, panels = panels_by_area(comparisons, width=3.4, height=3)
    rng = np.random.default_rng(0)
    for axis, block in panels:
        n_splits, n_animals = block.n_splits.max(), block.n_animals.max()
        units = {'splits': (f'{n_splits} image splits\n(Mann-Whitney)', 'tab:red'),
                 'animals': (f'{n_animals} {UNITS[block.recording.iloc[0]]}\n(sign flips)', 'tab:blue')}
        for x, (unit, (_, colour)) in enumerate(units.items()):
            p = np.clip(block[f'p_{unit}_holm'].dropna(), 1e-300, 1)
            axis.plot(x + rng.uniform(-.15, .15, len(p)), p, 'o', color=colour, markersize=3, alpha=.7)
        if not n_splits:
            axis.text(.25, .5, 'no image splits', transform=axis.transAxes, ha='center', color='.5', fontsize=8)
        axis.hlines(2. ** -n_animals, .7, 1.3, color='tab:blue', linestyle=':', linewidth=1)
        axis.axhline(.05, color='.6', linewidth=.8)
        axis.set(yscale='log', ylim=(min(axis.get_ylim()[0], .02), 2), xlim=(-.5, 1.5))
        axis.set_xticks([0, 1], [name for name, _ in units.values()], fontsize=8)
        axis.set_ylabel('p, Holm-corrected')
    return figure


def _by_animal(animals: pd.DataFrame) -> pd.DataFrame:
    """Of trained models, and of them less their starts: values of each layer and means of all layers."""
    animals = animals[animals.domain.notna()].rename(columns={'group': 'of'})
    of_layers = animals.groupby([*KEYS, 'of', 'model', 'domain', 'animal'], sort=False).value.mean()
    return pd.concat([animals, of_layers.reset_index().assign(layer=MEAN_OF_LAYERS)], ignore_index=True)


def _summarise(comparisons: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame([
        {**dict(zip(KEYS, keys)), 'pairs': len(pairs), 'n_splits': pairs.n_splits.max(),
         'n_animals': pairs.n_animals.max(), 'in favour of naturalness': (pairs.difference > 0).sum(),
         'splits, smallest p': pairs.p_splits.min(), 'animals, smallest p': pairs.p_animals.min(),
         'significant, splits': (pairs.p_splits_holm < .05).sum(),
         'higher, animals': (pairs.verdict == HIGHER).sum(), 'cannot tell': (pairs.verdict == CANNOT_TELL).sum(),
         'animals needed': pairs.animals_needed.max()}
        for keys, pairs in comparisons.groupby(KEYS, sort=False)])
