"""What 50 images can tell: error and power of the benchmarks on Antolik2016, on simulated recordings of its size.

    python bench/few_images.py [--recordings 40] [--seed 1] [--benchmarks pls rdm]

Each simulated recording has the fields of view, neurons, images, trials and reliabilities of the real one. An image is
200 normal numbers of variances 1, 1/2, 1/3, … (as responses of mouse V1 have, Stringer et al. 2019, Nature 571:361); a
neuron's signal is a random projection of them; its noise is that of the real trials, whose images are exchanged, so
that neurons share it as they do, and the signal is as large as gives the neuron its real reliability. A model knows a
share of the variance of what the images are; the rest of its features is of the same spectrum and its own. Share 0 is
chance.

Prints one table. For models of a share: mean score; its standard deviation over recordings; the root mean square of the
errors that are reported beside it, and by what they would have to be multiplied to meet that standard deviation; how
often the reported interval holds the mean score; the standard deviation of the difference between two such models; and
the least true difference that 80 % of recordings show at the level of 5 %, 2.8 times that. Then all shares below 1
together, from which the constants STRETCH of the metric and RESOLVABLE of the benchmark are set. Last, how often a
model of one share is told from one of another by the standard deviation of differences.
"""
import argparse
import itertools
import os

os.environ.setdefault('BS_INSTALL_DEPENDENCIES', 'no')
os.environ.setdefault('TQDM_DISABLE', '1')  # Brain-Score's bars would stand between the rows

import numpy as np
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision import load_dataset, load_metric
from brainscore_vision.metrics.mouse_metrics.assemblies import images_by_trials, trials_by_animal
from measure import print_table

SHARES = (0, .1, .3, 1)
N_LATENT = 200
METRICS = {'pls': 'noise_corrected_pls_folds', 'rdm': 'mouse_rdm'}
POWER = 1.96 + .84  # normal quantiles of a two-sided level of 5 % and a power of 80 %
COLUMNS = ('benchmark', 'share', 'score', 'sd', 'reported error', 'to meet sd', 'coverage', 'sd of difference',
           'resolvable')


def latent(rng, n_images):
    """What images are, (n_images, N_LATENT), variances 1 / i."""
    return rng.standard_normal((n_images, N_LATENT)) / np.sqrt(np.arange(1, N_LATENT + 1))


def simulate(rng, recording, images):
    """The recording with simulated responses, where `images` (n_images, N_LATENT) are those of its stimuli, by id."""
    row = {stimulus_id: i for i, stimulus_id in enumerate(sorted(set(recording['stimulus_id'].values)))}
    values = np.full(recording.shape, np.nan)
    for field, trials in trials_by_animal(recording):
        responses, stimulus_ids = images_by_trials(trials)
        n_images, n_trials, n_neurons = responses.shape
        noise = (responses - responses.mean(axis=1, keepdims=True)) * np.sqrt(n_trials / (n_trials - 1))
        reliability = trials['reliability'].values.clip(0, .99)
        signal = images[[row[stimulus_id] for stimulus_id in stimulus_ids]] @ rng.standard_normal((N_LATENT, n_neurons))
        signal /= np.sqrt((1 / np.arange(1, N_LATENT + 1)).sum())
        signal *= np.sqrt(reliability / (1 - reliability) * noise.var(axis=(0, 1)) / n_trials)
        # drawn anew for each image, with replacement: the residuals of all trials of an image sum to 0
        drawn = rng.integers(n_trials, size=(n_images, n_trials))
        noise = noise[rng.permutation(n_images)[:, None], drawn]
        simulated = signal[:, None] + noise
        of_image = {stimulus_id: i for i, stimulus_id in enumerate(stimulus_ids)}
        shown = [(p, of_image[s], t) for p, (s, t) in enumerate(zip(recording['stimulus_id'].values,
                                                                    recording['repetition'].values))
                 if s in of_image and t < n_trials]
        presentations, images_shown, trials_shown = np.array(shown).T
        neurons = np.flatnonzero(recording['animal'].values == field)
        values[np.ix_(presentations, neurons)] = simulated[images_shown, trials_shown]
    return recording.copy(data=values)


def features(rng, images, share, stimulus_ids):
    """Those of a model that knows a share of the images' variance."""
    values = np.sqrt(share) * images + np.sqrt(1 - share) * latent(rng, len(images))
    return NeuroidAssembly(values, dims=['presentation', 'neuroid'], coords={
        'stimulus_id': ('presentation', stimulus_ids), 'number': ('presentation', np.arange(len(images))),
        'neuroid_num': ('neuroid', np.arange(N_LATENT)), 'layer': ('neuroid', ['latent'] * N_LATENT)})


def centred(recording):
    """As the benchmark of dissimilarity matrices takes it."""
    return recording.copy(data=recording.values - np.nanmean(recording.values, axis=0))


def measure(rng, recording, shares, metrics):
    """Scores, errors and intervals of two models of each share on one simulated recording.

    (benchmark, share, 2 models, 4)
    """
    stimulus_ids = sorted(set(recording['stimulus_id'].values))
    images = latent(rng, len(stimulus_ids))
    simulated = simulate(rng, recording, images)
    models = [[features(rng, images, share, stimulus_ids) for _ in range(2)] for share in shares]
    found = np.empty((len(metrics), len(shares), 2, 4))
    for b, (variant, name) in enumerate(metrics.items()):
        target = centred(simulated) if variant == 'rdm' else simulated
        for (i, share), m in itertools.product(enumerate(shares), range(2)):
            if share == 1 and m:  # the same features again
                found[b, i, m] = found[b, i, 0]
                continue
            score = load_metric(name)(models[i][m], target)
            found[b, i, m] = float(score), score.attrs['error'], *score.attrs['interval']
    return found


def rows(found, shares, metrics):
    """Of the table, from (recording, benchmark, share, model, (score, error, low, high))."""
    for b, variant in enumerate(metrics):
        summaries = []
        for i, share in enumerate(shares):
            scores, errors, low, high = np.moveaxis(found[:, b, i], -1, 0)
            covered = ((low < scores.mean()) & (scores.mean() < high)).mean()
            summaries.append((scores.var(axis=0, ddof=1).mean(), (errors ** 2).mean(), covered,
                              np.nan if share == 1 else (scores[:, 0] - scores[:, 1]).var(ddof=1)))
            yield (variant, f'{share:g}', f'{scores.mean():.3f} ± {scores.mean(axis=1).std() / len(scores) ** .5:.3f}',
                   *_printed(*summaries[-1]))
        together = np.mean([summary for summary, share in zip(summaries, shares) if share < 1], axis=0)
        yield variant, 'below 1', '', *_printed(*together)


def _printed(variance, squared_error, covered, of_difference):
    spread, error, difference = np.sqrt([variance, squared_error, of_difference])
    return (f'{spread:.3f}', f'{error:.3f}', f'{spread / error:.2f}', f'{covered:.0%}',
            *(('-', '-') if np.isnan(difference) else (f'{difference:.3f}', f'{POWER * difference:.3f}')))


def comparisons(found, shares, metrics):
    """How often two models of different shares are told apart, by the spread of differences between equal ones."""
    yield 'benchmark', 'shares', 'difference', 'the better one is told'
    for b, variant in enumerate(metrics):
        equal = [(found[:, b, i, 0, 0] - found[:, b, i, 1, 0]).var(ddof=1) for i, share in enumerate(shares)
                 if share < 1]
        spread = np.sqrt(np.mean(equal))
        for i, j in itertools.pairwise(range(len(shares))):
            differences = (found[:, b, j, :, 0] - found[:, b, i, ::-1, 0]).ravel()
            yield (variant, f'{shares[i]:g} and {shares[j]:g}', f'{differences.mean():.3f}',
                   f'{(differences > 1.96 * spread).mean():.0%}')


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--recordings', type=int, default=40, help='simulated ones')
    parser.add_argument('--tiny', action='store_true', help='two of them, to see that the script runs')
    parser.add_argument('--benchmarks', nargs='*', choices=tuple(METRICS), default=tuple(METRICS))
    parser.add_argument('--seed', type=int, default=1)
    args = parser.parse_args()
    metrics = {variant: METRICS[variant] for variant in args.benchmarks}
    n_recordings, shares = (2, (0, .3)) if args.tiny else (args.recordings, SHARES)
    recording = load_dataset('Antolik2016').isel(time_bin=0)
    found = []
    for number in range(n_recordings):
        found.append(measure(np.random.default_rng([args.seed, number]), recording, shares, metrics))
    found = np.stack(found)
    print(f'# seed {args.seed}, {n_recordings} simulated recordings')
    print_table([COLUMNS, *rows(found, shares, metrics)])
    print()
    print_table(list(comparisons(found, shares, metrics)))


if __name__ == '__main__':
    main()
