"""What real neurons give without noise correction, field of view by field of view: `Antolik2016`, 50 images each.

    python bench/real_neurons.py

Measures that need nothing of this project, over averages of all trials: the correlation of dissimilarities (1 - r over
neurons, each less its mean, against 1 - r over features); and ten-fold ridge regression (scikit-learn's), the mean over
neurons of the correlation of predicted and measured responses. Its penalty is the one of nine that scores best on what
was held out: it is the most that ridge can get, and so it is called. A fold's prediction holds the mean of its training
images, which is the lower, the higher what was held out; the next column is of predictions less that mean.

Beside them what the benchmarks find before they correct for noise: `-pls` from all trials, in ten folds, too; `-rdm`
and `-ridge` from half of the trials, `-ridge` from half of the images. Last, the benchmarks' scores. Of several seeds:
mean ± standard deviation over them.
"""
import argparse
import os

os.environ.setdefault('BS_INSTALL_DEPENDENCIES', 'no')
os.environ.setdefault('TQDM_DISABLE', '1')  # Brain-Score's bars would stand between the rows

import measure  # noqa: F401  (puts the packages before the scripts)
import numpy as np
from brainscore_core.metrics import Score
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision import load_benchmark, load_model
from brainscore_vision.metrics.mouse_metrics.assemblies import feature_rows, images_by_trials, trials_by_animal
from brainscore_vision.metrics.mouse_metrics.correlation import correlation
from brainscore_vision.metrics.mouse_rdm.dissimilarity import dissimilarities
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold

VARIANTS = ('pls', 'ridge', 'rdm')
UNTRAINED = ('alexnet64_untrained', *(f'alexnet64_untrained_seed{seed}' for seed in range(1, 5)))
N_RANDOM, N_RANDOM_FEATURES = 12, 1000
PENALTIES = np.logspace(-4, 4, 9)  # in units of the features' variance, mean over the directions in which images lie
OWN = ('features', 'dissimilarities', 'ridge, at most', '… less training means')


def fields(benchmark):
    """Name of each field of view -> averages over its trials, (50, n_neurons), and their stimulus_ids."""
    found = {}
    for name, trials in trials_by_animal(benchmark.recordings):
        responses, stimulus_ids = images_by_trials(trials)
        found[name] = np.nanmean(responses, axis=1), stimulus_ids
    return found


def ridge(features, averages):
    """The most that ten-fold ridge gets, mean over neurons: of predictions, and of these less their training means."""
    centred = features - features.mean(axis=0)
    left, scale, _ = np.linalg.svd(centred, full_matrices=False)  # coordinates of the images: the same predictions
    images, found = left * scale, []
    for penalty in PENALTIES * (scale ** 2).mean():
        predicted = np.empty((2, *averages.shape))
        for train, test in KFold(10, shuffle=True, random_state=0).split(images):
            predicted[:, test] = Ridge(penalty).fit(images[train], averages[train]).predict(images[test])
            predicted[1, test] -= averages[train].mean(axis=0)
        found.append([np.nanmean(correlation(lambda values: values.mean(axis=0), values, averages))
                      for values in predicted])
    return np.max(found, axis=0)


def by_field(score: Score, variant):
    """What a benchmark finds in each field before it corrects for noise."""
    if variant == 'pls':  # all trials
        return score.attrs['animals'].values * np.sqrt(score.attrs['reliability'].values)
    raw = score.raw.raw
    if variant == 'rdm':
        return raw.values
    owners = raw['animal'].values
    return np.array([np.nanmean(raw.values[:, owners == name]) for name in dict.fromkeys(owners)])


def measured(features, benchmarks, of_fields):
    """For each measure the values of the fields, uncorrected; and the scores of the benchmarks with their errors."""
    columns = [np.array([np.corrcoef(dissimilarities(feature_rows(features, ids)),
                                     dissimilarities(averages - averages.mean(axis=0)))[0, 1]
                         for averages, ids in of_fields.values()]),
               *np.transpose([ridge(feature_rows(features, ids), averages) for averages, ids in of_fields.values()])]
    scores = {variant: benchmark.score_features(features) for variant, benchmark in benchmarks.items()}
    columns += [by_field(score, variant) for variant, score in scores.items()]
    return columns, [(float(score), score.attrs['error']) for score in scores.values()]


def random_features(seed, like):
    """Normal numbers, as many for each image of a model's features."""
    values = np.random.default_rng([seed, 5]).standard_normal((like.sizes['presentation'], N_RANDOM_FEATURES))
    return NeuroidAssembly(values, dims=['presentation', 'neuroid'], coords={
        'stimulus_id': ('presentation', like['stimulus_id'].values), 'row': ('presentation', np.arange(len(values))),
        'neuroid_num': ('neuroid', np.arange(N_RANDOM_FEATURES)), 'layer': ('neuroid', ['random'] * N_RANDOM_FEATURES)})


def row(label, found):
    """Of one set of features with the benchmarks' errors; of several with the spread over them."""
    columns, scores = zip(*found)
    cells = []
    for values in map(np.stack, zip(*columns)):
        spread = f' (± {values.std(axis=0, ddof=1).mean():.2f})' if len(found) > 1 else ''
        cells.append(' / '.join(f'{value:.2f}' for value in values.mean(axis=0)) + spread)
    for values in np.array(scores).transpose(1, 0, 2):
        error = values[:, 0].std(ddof=1) if len(found) > 1 else values[0, 1]
        cells.append(f'{values[:, 0].mean():.2f} ± {error:.2f}')
    return f"| {' | '.join([label, *cells])} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--tiny', action='store_true', help='few features: to see that the script runs')
    args = parser.parse_args()
    variants = ('rdm',) if args.tiny else VARIANTS
    benchmarks = {variant: load_benchmark(f'Antolik2016.VISp-{variant}') for variant in variants}
    first = next(iter(benchmarks.values()))
    of_fields = fields(load_benchmark('Antolik2016.VISp-pls'))

    def features(model):
        return next(iter(first.features(load_model(model))[1].values()))
    pixels = features('pixels64')
    n_random = 2 if args.tiny else N_RANDOM
    sets = {'`pixels64`': [pixels], '`alexnet64_untrained`': [] if args.tiny else [features(UNTRAINED[0])],
            f'untrained, {len(UNTRAINED)} seeds': [] if args.tiny else [features(model) for model in UNTRAINED],
            f'random features, {n_random} sets': [random_features(seed, pixels) for seed in range(n_random)]}
    columns = [*OWN, *(f'-{variant}, uncorrected' for variant in variants), *(f'-{variant}' for variant in variants)]
    print(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    for label, chosen in sets.items():
        if chosen:
            print(row(label, [measured(one, benchmarks, of_fields) for one in chosen]), flush=True)


if __name__ == '__main__':
    main()
