"""The analyses, each a section of the report: its tables, its figures and what they mean."""
import numpy as np
import pandas as pd

from brainscore_plugin.sweep.fingerprint import weights_digest
from study import decoding, distances, figures, filters, naturalness, norms, predictivity
from study.activations import Activations, shown_stimuli
from study.context import PAPER, SAMPLE, Study, paper_numbers
from study.models import BASELINE, FIRST_LAYER, TRAINED, UNTRAINED
from study.recordings import FALLBACK, RECORDINGS
from study.report import Picture, Section, Table
from training.backbone import first_filters

FEW_IMAGES = 100  # below this a domain's exponent is said to be uncertain


def analyse_naturalness(study: Study) -> Section:
    table = study.exponents
    measured = table[table.estimator != PAPER]
    for row in measured[measured.estimator == 'log_log'].itertuples():
        if row.n_images < FEW_IMAGES:
            study.missing.append(f"The domain '{row.domain}' has {row.n_images:.0f} images only, of {SAMPLE:,} wanted: "
                                 'its exponent is uncertain.')
        if row.n_undefined:
            study.missing.append(f"{row.n_undefined:.0f} of {row.n_images:.0f} images of the domain '{row.domain}' are "
                                 'constant and have no exponent.')
    images = {name: domain.images for name, domain in study.domains.items()}
    spectra = study.steps.table('spectra', lambda: naturalness.mean_spectra(images, SAMPLE, study.seed), SAMPLE,
                                study.seed, *(domain.fingerprint for domain in study.domains.values()))
    mark = study.rests_on('images')
    return Section(
        'Naturalness of the domains',
        f'The exponent p of 1/f^p, fitted to the power spectrum of each of up to {SAMPLE:,} images a domain at 64 x 64 '
        "pixels, and −log|p − 2|. The released code's estimator fits power itself on images surrounded with zeros: it "
        'sees the frame more than the picture. The other fits logarithms from 4 to 16 cycles an image, under a Hann '
        'window. Where spectra are no power laws (low R²), p depends on that band.',
        [Picture('naturalness', 'Spectra, exponents and naturalness (Fig. 4 left)',
                 'Bars: standard deviation over images; 95 % interval of the mean.',
                 figures.exponents(table, spectra, study.colours), mark)],
        [Table('naturalness', 'Exponents', 'r2_median: of the fits to single images.', table, mark)])


def analyse_scores(study: Study) -> Section:
    _, scores = study.scored
    wide = scores.assign(value=scores.value.round(3)).pivot_table(
        index=['recording', 'area', 'metric', 'label'], columns='layer', values='value', sort=False).reset_index()
    against = predictivity.first_layer_against_mean(scores, FIRST_LAYER).merge(
        scores[['model', 'label']].drop_duplicates(), on='model')
    mark = study.rests_on('models', 'recordings')
    animals = predictivity.per_animal(study.scored[0])
    return Section(
        'Neural predictivity',
        "Each layer's noise-corrected predictivity of held-out responses, as the benchmarks give it. Per neuron: the "
        "median over an animal's neurons, the mean over animals. Pooled, as the paper's code computes it: correlations "
        'over all images and neurons of an animal at once, which mean firing rates dominate; look at what random '
        'features get. tables/predictivity_animals.csv holds each animal; sweep/ holds each image split.',
        [Picture('layers', 'Predictivity by depth (Fig. 7)', 'Bars: standard deviation over draws of animals and '
                 'splits. Horizontal lines: models that have one layer.', figures.layers(scores, study.colours), mark),
         Picture('first_layer', 'conv1 against the mean of all layers (Fig. 8)', '',
                 figures.first_against_mean(against, study.colours), mark)],
        [Table('predictivity', 'Predictivity of every layer', '', scores, mark, wide),
         Table('first_layer', 'conv1 and the mean of layers', '', against.drop(columns='model'), mark),
         Table('predictivity_animals', 'Predictivity by animal', 'Means over image splits; of conv1 here.', animals,
               mark, animals[animals.layer == FIRST_LAYER].pivot_table(
                   index=['recording', 'area', 'metric', 'model'], columns='animal', values='value',
                   sort=False).reset_index())])


def analyse_relation(study: Study) -> Section:
    cells, scores = study.scored
    trained = cells[cells.group == TRAINED]
    if trained.domain.nunique() < 2:
        raise LookupError(f'{trained.domain.nunique()} trained model(s) were scored; a comparison takes two')
    animals = predictivity.per_animal(trained)
    animals['domain'] = animals.model.map(trained.drop_duplicates('model').set_index('model').domain)
    every = animals.groupby(['recording', 'area', 'metric', 'model', 'domain', 'animal'], sort=False).value.mean()
    animals = pd.concat([animals, every.reset_index().assign(layer='mean of layers')], ignore_index=True)
    relations = predictivity.relate_to_naturalness(animals, study.exponents, study.seed)
    estimator = 'log_log' if (relations[relations.estimator == 'log_log'].n_domains >= 2).any() else PAPER
    measured = study.exponents[study.exponents.estimator == estimator].set_index('domain')
    distance = np.exp(-measured.naturalness)
    comparisons = predictivity.compare_domains(trained, distance, FIRST_LAYER, study.seed)
    points = scores[(scores.group == TRAINED) & (scores.layer == FIRST_LAYER)].rename(columns={'label': 'domain'})
    points = points.assign(naturalness=points.domain.map(measured.naturalness)).dropna(subset=['naturalness'])
    shown = relations[relations.layer.isin([FIRST_LAYER, 'mean of layers'])]
    first = relations[(relations.layer == FIRST_LAYER) & (relations.estimator == estimator)]
    most_natural = distance.dropna().sort_values().index[0]
    mark = study.rests_on('images', 'models', 'recordings')
    return Section(
        'Does naturalness raise predictivity?',
        f"The paper's claim. Naturalness as of the estimator '{estimator}' unless said otherwise. Correlations are "
        'over domains, their intervals over draws of domains and of animals, their p from all orders of the domains '
        '(one-sided: positive), corrected over all rows of a recording. '
        f'{_verdict(first)} Each domain has been trained on once, so that differences between two models are those of '
        'two domains and of two random initialisations at once.',
        [Picture('against_naturalness', 'conv1 against naturalness (Fig. 4 right)', '',
                 figures.against_naturalness(points, first, study.colours), mark),
         Picture('tests', 'What the units do to p', 'All pairs of domains, one-sided: the more natural is the better. '
                 'Image splits are not independent, so that their p says little; with n animals none is below 2^−n '
                 '(dotted).', figures.tests(comparisons), mark)],
        [Table('relation', 'Correlation of naturalness with predictivity', '', relations, mark,
               shown.drop(columns=['n_animals', 'p_bh'])),
         Table('comparisons', 'Pairs of domains, conv1', 'Of the most natural domain here. superiority: probability '
               'that a split of the more natural is above one of the other.', comparisons, mark,
               comparisons[comparisons.more_natural == most_natural]),
         _test_summary(comparisons, mark)])


def analyse_table_1(study: Study) -> Section:
    printed = paper_numbers()
    table = printed[printed.quantity == 'naturalness'][['domain', 'value']].rename(
        columns={'value': 'naturalness, paper'})
    for estimator in naturalness.ESTIMATORS:
        measured = study.exponents[study.exponents.estimator == estimator].set_index('domain').naturalness
        table[f'naturalness, ours ({figures.ESTIMATORS[estimator]})'] = table.domain.map(measured)
    for name in RECORDINGS:
        of_paper = printed[printed.quantity == f'predictivity {name}']
        if len(of_paper):
            table[f'{name}, paper'] = table.domain.map(of_paper.set_index('domain').value)
    try:
        _, scores = study.scored
    except LookupError:
        scores = pd.DataFrame(columns=['layer', 'recording', 'metric', 'label', 'value'])
    first = scores[scores.layer == FIRST_LAYER]
    for (recording, metric), rows in first.groupby(['recording', 'metric'], sort=False):
        means = rows.groupby('label').value.mean()
        table[f'{recording}, ours ({figures.METRICS.get(metric, metric)})'] = table.domain.map(means)
    p = printed[printed.quantity.str.startswith(('Mann', 'decoding'))][['source', 'quantity', 'value']]
    mark = study.rests_on('images', 'models', 'recordings')
    return Section('Table 1', "The paper's numbers and ours, of conv1; ours are means over areas.",
                   tables=[Table('table_1', 'Table 1', 'Columns marked ‘paper’ are as printed; only ours are marked.',
                                 table, mark and f'columns marked ‘ours’ rest on {mark}'),
                           Table('paper_p', 'What the paper prints besides', '', p.rename(columns={'value': 'p'}), '')])


def analyse_activations(study: Study) -> Section:
    shown = shown_stimuli(study)
    pictures, tables = [], []
    for title, stimuli in shown.items():
        features = Activations(study, stimuli)
        suffix = '' if len(shown) == 1 else f'_{title}'
        sections = _activation_tables(study, features, title, suffix)
        pictures += sections[0]
        tables += sections[1]
    return Section(
        "Networks' answers to the same pictures",
        f"Pictures: {', '.join(shown)}. Norms grow with the scale of weights as much as with anything that was learnt. "
        'Euclidean distances compare features that only chance has given the same number; CKA does not. A linear '
        'machine tells any two networks of different weights apart, so that its accuracy on trained networks means '
        'something only beside that on untrained ones, which differ in their seeds alone. Splits are grouped by image.',
        pictures, tables)


def analyse_filters(study: Study) -> Section:
    weights = {}
    for model, network in study.networks.items():
        try:
            weights[model] = first_filters(network.activations_model._model, FIRST_LAYER)
        except (AttributeError, LookupError) as error:
            if model.group != BASELINE:
                study.missing.append(f"'{model.identifier}' is left out of the filters: {error}.")
    if not weights:
        raise LookupError(f"no model has a layer '{FIRST_LAYER}'")
    digests = [weights_digest(study.networks[model]) for model in weights]
    fits = study.steps.table('filters', lambda: filters.describe_filters(
        {model.label: bank for model, bank in weights.items()}, study.seed), study.seed,
        *(model.label for model in weights), *digests).rename(columns={'model': 'label'})
    size, colours = next(iter(weights.values())).shape[-1], next(iter(weights.values())).shape[1]
    noise = study.steps.table('noise_fits', lambda: filters.noise_fits(size, colours, study.seed), size, colours,
                              study.seed)
    measured = study.exponents[study.exponents.estimator == 'log_log'].set_index('domain').naturalness
    shares = fits.groupby('label', sort=False).agg(share=('gabor_like', 'mean'), r2_median=('r2', 'median'))
    shares = shares.reset_index().assign(naturalness=lambda table: table.label.map(measured))
    trained = shares.dropna(subset=['naturalness'])
    related = predictivity.correlate(trained.naturalness.to_numpy(), trained[['share']].to_numpy(), study.seed)
    shown = {model.label: bank for model, bank in weights.items() if model.group == TRAINED}
    untrained = [model for model in weights if model.group == UNTRAINED][:1]
    shown |= {model.label: weights[model] for model in untrained}
    by_label = shares.set_index('label').share
    mark = study.rests_on('models')
    return Section(
        'First-layer filters',
        'Gabor functions fitted to the principal colour of every filter. Gabor-like: R² above what '
        f'{1 - filters.NULL_QUANTILE:.0%} of {filters.NULL_FILTERS} filters of white noise reach '
        f'({fits.threshold.iloc[0]:.2f}), and a lower as well as an upper cut-off frequency. '
        f"{_relation_in_words('Their share and naturalness', related)}",
        [Picture('filters', 'Filters of conv1 (Fig. 6)', '', figures.filters(shown, by_label), mark),
         Picture('gabor_fits', 'Gabor fits', 'Left: distribution of R² over filters. Right: share that is Gabor-like.',
                 figures.gabor_fits(fits, noise, shares, study.colours), mark)],
        [Table('gabor_share', 'Gabor-like filters', '', shares, mark),
         Table('gabor_fits', 'Fits', 'The first rows.', fits, mark, fits.head(5))])


def analyse_controls(study: Study) -> Section:
    _, scores = study.scored
    controls = scores[(scores.group == BASELINE) | (scores.layer == FIRST_LAYER)]
    untrained = controls[controls.group == UNTRAINED].groupby(['recording', 'area', 'metric'], sort=False).value
    spread = untrained.agg(['mean', 'std', 'count']).reset_index()
    trained = controls[controls.group == TRAINED].groupby(['recording', 'area', 'metric'], sort=False).value
    spread = spread.merge(trained.agg(lowest_trained='min', highest_trained='max', sd_trained='std').reset_index(),
                          how='left')
    mark = study.rests_on('models', 'recordings')
    wide = controls.pivot_table(index='label', columns=['recording', 'area', 'metric'], values='value', sort=False)
    wide.columns = [f'{recording} {area} {metric}' for recording, area, metric in wide.columns]
    return Section(
        'Controls', 'What a value is worth: random features are chance, pixels64 is the picture itself, gabor_oracle '
        'the truth of the simulated mouse, the best any model can do; untrained networks differ in their seeds alone. '
        '`brainscore-mouse control-domains` makes domains to train further controls on: every domain with its phases '
        'scrambled, and all domains equalised to one spectrum.',
        tables=[Table('controls', 'Models and controls, conv1 or their only layer', '', wide.reset_index(), mark),
                Table('untrained_seeds', 'Differences between training domains beside those between seeds',
                      'mean, std and count: of untrained networks.', spread, mark)])


ANALYSES = {
    'Table 1': analyse_table_1,
    'Naturalness': analyse_naturalness,
    'Neural predictivity': analyse_scores,
    'Naturalness and predictivity': analyse_relation,
    'Controls': analyse_controls,
    'First-layer filters': analyse_filters,
    'Activations': analyse_activations,
}


def _activation_tables(study: Study, features: Activations, title: str, suffix: str) -> tuple:
    models = features.models
    if len(models) < 2:
        raise LookupError(f'{len(models)} network(s) could be loaded; a comparison takes two')
    digests = features.digests(models)
    of_norms = study.steps.table(f'norms{suffix}', lambda: norms.activation_norms(features.of(models)), *digests)
    apart = study.steps.table(f'distances{suffix}', lambda: distances.pairwise_distances(features.of(models)), *digests)
    folds = []
    for group, name in ((TRAINED, 'trained on domains'), (UNTRAINED, 'untrained, seeds')):
        of_group = [model for model in models if model.group == group]
        if len(of_group) >= 2:
            folds.append(study.steps.table(
                f'decoding_{group}{suffix}', lambda chosen=of_group: decoding.decode_models(
                    features.of(chosen), seed=study.seed), *features.digests(of_group)).assign(group=name))
    folds = [table for table in folds if len(table)]
    if not folds:
        study.missing.append(f'No two networks of a kind have a layer in common: none were told apart on {title}.')
    summary = of_norms.groupby(['model', 'layer'], sort=False).norm.agg(['mean', 'std']).reset_index()
    first = apart.model.iloc[0]
    from_first = apart[apart.model == first].pivot_table(index='other', columns='layer', values='distance', sort=False)
    mark = study.rests_on('models')
    if title == RECORDINGS[FALLBACK].prefix:
        mark = '; '.join(filter(None, [mark, "the simulated mouse's scenes"]))
    pictures, tables = [
        Picture(f'norms{suffix}', f'Norms of activations by {title} (Fig. 3)', 'Boxes: quartiles over pictures.',
                figures.norms(of_norms, study.colours), mark),
        Picture(f'distances{suffix}', f'Distances between models on {title} (Fig. 5)', 'Means over pictures.',
                figures.distances(apart), mark),
    ], [
        Table(f'norms{suffix}', 'Norms', 'Mean and standard deviation over pictures, here of conv1.', summary, mark,
              summary[summary.layer == FIRST_LAYER]),
        Table(f'distances{suffix}', f"Euclidean distance from '{first}'", 'Means over pictures.', apart, mark,
              from_first.reset_index())]
    if folds:
        decoded = pd.concat([decoding.summarise_decoding(table).assign(group=table.group.iloc[0]) for table in folds])
        decoded = decoded[['group', *decoded.columns.drop('group')]]
        pictures.append(Picture(f'decoding{suffix}', f'Telling models apart on {title} (section 3.1)', 'Five folds, '
                                'grouped by picture.', figures.decoding(decoded), mark))
        tables.append(Table(f'decoding{suffix}', 'Decoding', 'Accuracy, precision and recall, means over five folds '
                            'and over models; null: the models’ names shuffled within each picture.', decoded, mark))
    return pictures, tables


def _test_summary(comparisons: pd.DataFrame, mark: str) -> Table:
    rows = [{**dict(zip(predictivity.KEYS, keys)), 'pairs': len(pairs), 'n_splits': pairs.n_splits.max(),
             'n_animals': pairs.n_animals.max(), 'in favour of naturalness': (pairs.difference > 0).sum(),
             'smallest p_splits': f'{pairs.p_splits.min():.2g}', 'smallest p_animals': f'{pairs.p_animals.min():.2g}',
             'significant, splits': (pairs.p_splits_holm < .05).sum(),
             'significant, animals': (pairs.p_animals_holm < .05).sum()}
            for keys, pairs in comparisons.groupby(predictivity.KEYS, sort=False)]
    return Table('test_summary', 'All pairs of domains, conv1', 'Significant: p below 0.05 after Holm’s correction.',
                 pd.DataFrame(rows), mark)


def _verdict(relations: pd.DataFrame) -> str:
    return ' '.join(_relation_in_words(f'{row.recording} {row.area}, {figures.METRICS.get(row.metric, row.metric)}',
                                       row._asdict()) for row in relations.itertuples())


def _relation_in_words(what: str, relation: dict) -> str:
    if not np.isfinite(relation['spearman']):
        return f"{what}: too few domains for a correlation ({relation['n_domains']})."
    low, high = relation['spearman_low'], relation['spearman_high']
    answer = ('positive' if low > 0 and relation['spearman_p'] < .05 else 'negative' if high < 0 else
              'undecided: the interval holds 0, or the domains are too few')
    return (f"{what}: Spearman {relation['spearman']:.2f} [{low:.2f}, {high:.2f}] over {relation['n_domains']} "
            f"domains, p = {relation['spearman_p']:.3f}, {answer}.")
