"""Bias and coverage of the noise correction where the truth is known, by reliability, noise and number of animals.

    python bench/noise_correction.py [--animals 58] [--mapping pls] [--seed 0]

Images are 200 normal numbers of variances 1, 1/2, 1/3, … (as responses of mouse V1 have, Stringer et al. 2019, Nature
571:361). A neuron's rate is a rectified random projection of them, scaled so that the mean of all trials has the
reliability asked for; animals differ in how much of their neurons' drive no model knows. A model knows a share of what
the images are. Noise: Poisson spikes; a negative binomial; calcium, whose events of random size leave most responses at
zero and of which trials are missing; spikes whose gain all neurons of an animal share; gamma, whose variance is the
mean; spikes of neurons whose gain drifts in the course of a session of shuffled images.

Two truths. `noise-free` is what the same mapping gets when it is fitted to, and tested on, rates, on the same image
splits. `expected` is the correlation of the rates with the mapping's prediction averaged over the noise of half of the
trials, which is what two halves can tell of; the same as noise-free for a linear mapping, which neither PLS nor ridge
with a penalty chosen among noisy responses is.

The first table has the bias of the ratio of means (mean over neurons) and, before, of the median of the neurons' own
ratios (against the median truth), and how many neurons have none; the ratio's bias is given ± its own standard error.
The second has how often intervals cover what all animals that there are get, by the number of animals: before, by
percentiles of bootstrap samples of animals, and by Student's t; in brackets how often the latter cover the noise-free
truth of these animals, where the bias comes on top. Animals are drawn from those of the first table, with replacement
where these are not ten times as many. Of few the same one is drawn twice, which no interval survives: 40 are enough.
"""
import argparse
import os

os.environ.setdefault('BS_INSTALL_DEPENDENCIES', 'no')

import warnings

warnings.filterwarnings('ignore', message='xarray subclass')

import numpy as np  # noqa: E402
from brainscore_vision.metrics.mouse_metrics.averages import nanmean  # noqa: E402
from brainscore_vision.metrics.mouse_metrics.halvings import EVEN_ODD  # noqa: E402
from brainscore_vision.metrics.mouse_metrics.interval import uncertainty  # noqa: E402
from brainscore_vision.metrics.mouse_metrics.noise_correction import median_ratio, ratio_of_means  # noqa: E402
from brainscore_vision.metrics.noise_corrected_pls.predictivity import (  # noqa: E402
    pooled_predictivity,
    predictivity,
)
from brainscore_vision.metrics.noise_corrected_pls.protocol import Protocol, image_splits  # noqa: E402
from measure import print_table  # noqa: E402
from tqdm import tqdm  # noqa: E402

N_IMAGES, N_TRIALS, N_NEURONS, N_LATENT = 118, 20, 120, 200
SPREAD = np.sqrt(1 / np.arange(1, N_LATENT + 1))
UNKNOWN = .5  # most that an animal's neurons have of what no model knows, as a share of variance
# variance of a response: first x rate + second x rate squared
NOISE = {'Poisson': (1, 0), 'negative binomial': (1, .3), 'calcium': (2, 0), 'shared gain': (1, .09), 'gamma': (1, 0),
         'drift': (1, .08)}
MISSING = .05  # of the trials of calcium
# quartiles of Allen Visual Coding's 39,317 cells are .14, .41, .71
BANDS = {'.05 to .15': (.05, .15), '.15 to .3': (.15, .3), '.3 to .5': (.3, .5), '.5 to .8': (.5, .8),
         'Allen-like': (.02, .14, .41, .71, .95)}
SHARES = (.3, 1)
N_ANIMALS = (2, 3, 8, 29)
N_DRAWS = 1000  # of animals, for coverage
N_TRUTH = 4  # independent recordings whose predictions are averaged for the expected truth
CHUNK = 2  # animals simulated at a time


def latent(rng):
    """What images are, (N_IMAGES, N_LATENT)."""
    return rng.standard_normal((N_IMAGES, N_LATENT)) * SPREAD


def rates(rng, images, animals, band, noise):
    """Mean responses of neurons, (N_IMAGES, n_neurons), as large as gives them reliabilities of a band."""
    known = images @ rng.standard_normal((N_LATENT, len(animals)))
    private = latent(rng) @ rng.standard_normal((N_LATENT, len(animals)))
    unknown = rng.uniform(0, UNKNOWN, animals.max() + 1)[animals]
    drive = np.sqrt(1 - unknown) * known / known.std(axis=0) + np.sqrt(unknown) * private / private.std(axis=0)
    shape = np.maximum(1 + .4 * drive, .05)
    reliability = np.interp(rng.uniform(0, 1, len(animals)), np.linspace(0, 1, len(BANDS[band])), BANDS[band])
    poisson, squared = NOISE[noise]
    variance = shape.var(axis=0)
    room = variance * N_TRIALS * (1 - reliability) / reliability - squared * (shape ** 2).mean(axis=0)
    return shape * poisson * shape.mean(axis=0) / np.maximum(room, .05 * variance)


def trials(rng, rate, animals, noise):
    """Responses, (N_IMAGES, N_TRIALS, n_neurons), NaN where a trial is missing."""
    rate = np.repeat(rate[:, None], N_TRIALS, axis=1)
    squared = NOISE[noise][1]
    if noise == 'calcium':
        events = rng.poisson(rate)
        sizes = np.where(events > 0, rng.gamma(np.maximum(events, 1e-9)), 0.)
        return np.where(rng.random((N_IMAGES, N_TRIALS, 1)) < MISSING, np.nan, sizes)
    if noise == 'shared gain':
        gain = rng.gamma(1 / squared, squared, (N_IMAGES, N_TRIALS, animals.max() + 1))[:, :, animals]
        return rng.poisson(rate * gain).astype(float)
    if noise == 'gamma':
        return rng.gamma(rate)
    if noise == 'drift':
        rate = rate * drifting_gain(rng, len(animals), squared)
    if noise == 'negative binomial':
        rate = rate * rng.gamma(1 / squared, squared, rate.shape)
    return rng.poisson(rate).astype(float)


def drifting_gain(rng, n_neurons, variance):
    """Of each neuron at each trial of each image, (N_IMAGES, N_TRIALS, n_neurons): half a wave to two in a session."""
    time = np.sort(rng.random((N_IMAGES, N_TRIALS)), axis=1)[..., None]  # images are shown in random order
    waves, phase = rng.uniform(.5, 2, n_neurons), rng.random(n_neurons)
    return 1 + np.sqrt(2 * variance) * np.sin(2 * np.pi * (waves * time + phase))


def noise_free(features, rate, animals, protocol):
    """Truth of every neuron when nothing is noisy: (n_neurons,)."""
    twice = np.repeat(rate[:, None], 2, axis=1)
    return nanmean(predictivity(features, twice, animals, one_halving(protocol)).raw, axis=0)


def one_halving(protocol):
    return type(protocol)(**{**vars(protocol), 'trial_halves': EVEN_ODD})


def expected(rng, features, rate, animals, noise, protocol):
    """What halves of the trials can tell of, without noise: correlations of predictions with rates and each other.

    (n_neurons,) each; the truth of an animal is the ratio of means.
    """
    splits = image_splits(N_IMAGES, protocol.image_splits, protocol.seed)
    halves = [nanmean(trials(rng, rate, animals, noise)[:, half::2], axis=1) for _ in range(N_TRUTH) for half in (0, 1)]
    with_rate, with_each_other = [], []
    for train, test in splits:
        mapping = protocol.mapping(features[train], features[test])
        predicted = [mapping([half[train][:, animals == animal] for half in halves]) for animal in np.unique(animals)]
        predicted = [unit(np.concatenate(columns, axis=1)) for columns in zip(*predicted)]
        total, count = sum(predicted), len(predicted)
        with_rate.append((total * unit(rate[test])).sum(axis=0) / count)
        with_each_other.append(((total ** 2).sum(axis=0) - count) / (count * (count - 1)))
    return nanmean(np.array(with_rate), axis=0), nanmean(np.array(with_each_other), axis=0)


def unit(values):
    values = values - values.mean(axis=0)
    norms = np.sqrt((values ** 2).sum(axis=0))
    return values / np.where(norms > 0, norms, np.nan)  # neurons that are silent in half of the trials


def recordings(rng, features, images, band, noise, protocol, n_animals):
    """Of each animal: undefined neurons, both estimates and three truths; and its value in each split."""
    rows, splits = [], []
    for start in range(0, n_animals, CHUNK):
        animals = np.repeat(np.arange(min(CHUNK, n_animals - start)), N_NEURONS)
        rate = rates(rng, images, animals, band, noise)
        found = predictivity(features, trials(rng, rate, animals, noise), animals, protocol)
        free, (with_rate, with_each_other) = noise_free(features, rate, animals, protocol), expected(
            rng, features, rate, animals, noise, protocol)
        splits.append(found.of_splits(animals))
        for animal, value in enumerate(found.of_animals(animals)):
            own = animals == animal
            a, b, c = (values[own] for values in found.means())
            truth = ratio_of_means(with_rate[own], with_each_other[own], np.ones(own.sum()))
            rows.append((np.isnan(found.of_neurons()[own]).mean(), value, median_ratio(a, b, c), free[own].mean(),
                         np.median(free[own]), truth))
    return np.array(rows), np.concatenate(splits, axis=1)


def coverage(rng, values, splits, free, n_animals):
    """Share of intervals that hold what all animals get: by bootstrap percentiles, and Student's t; and their truth."""
    held, everyone = np.zeros(3), values.mean()
    for _ in range(N_DRAWS):
        drawn = rng.choice(len(values), n_animals, replace=10 * n_animals > len(values))
        samples = values[drawn][rng.integers(n_animals, size=(200, n_animals))].mean(axis=1)
        before = np.quantile(samples, (.025, .975))
        after = uncertainty(values[drawn], splits[:, drawn], True, ('animal', 'split')).interval(values[drawn].mean())
        held += [low <= truth <= high for (low, high), truth in (
            (before, everyone), (after, everyone), (after, free.mean()))]
    return held / N_DRAWS


def standard_error(values):
    values = values[np.isfinite(values)]
    return values.std(ddof=1) / np.sqrt(len(values)) if len(values) > 1 else np.nan


def null(rng, protocol):
    """Log-normal mean rates, no signal, random features: the pooled value, and the share of neurons without a ratio."""
    responses = rng.poisson(rng.lognormal(0, 1, 60), (N_IMAGES, N_TRIALS, 60)).astype(float)
    features, animals = rng.standard_normal((N_IMAGES, 500)), np.zeros(60, int)
    pooled = pooled_predictivity(features, responses, animals, Protocol(protocol.image_splits, EVEN_ODD, scale=True))
    found = predictivity(features, responses, animals, protocol)
    return pooled[0].mean(), np.isnan(found.of_neurons()).mean()


def protocols():
    from brainscore_vision.metrics.noise_corrected_ridge.protocol import RidgeProtocol
    return {'pls': Protocol(10, 5), 'ridge': RidgeProtocol(10, 5)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--animals', type=int, default=58, help='simulated for each line')
    parser.add_argument('--mapping', choices=('pls', 'ridge'), default='pls')
    parser.add_argument('--noise', choices=tuple(NOISE), nargs='*', default=tuple(NOISE))
    parser.add_argument('--share', type=float, nargs='*', default=SHARES, help='that the model knows of the images')
    parser.add_argument('--tiny', action='store_true', help='two animals of one kind: to see that the script runs')
    parser.add_argument('--seed', type=int, default=0)
    args = parser.parse_args()
    n_animals, bands, noises, shares = (2, list(BANDS)[:1], args.noise[:1], (1,)) if args.tiny else (
        args.animals, list(BANDS), args.noise, args.share)
    protocol = protocols()[args.mapping]
    biases = [('noise', 'reliability', 'share', 'truth', 'undefined', 'median ratio, before', 'ratio of means',
               'of expected')]
    covered = [('noise', 'reliability', 'share', 'sd of animals', *(f'{n} animals' for n in N_ANIMALS))]
    for noise, band, share in tqdm([(n, b, s) for n in noises for b in bands for s in shares], mininterval=10):
        rng = np.random.default_rng([args.seed, list(NOISE).index(noise), list(BANDS).index(band), int(10 * share)])
        images = latent(rng)
        features = np.sqrt(share) * images + np.sqrt(1 - share) * latent(rng)
        rows, splits = recordings(rng, features, images, band, noise, protocol, n_animals)
        undefined, value, median, free, median_free, truth = np.nanmean(rows, axis=0)
        biases.append((noise, band, f'{share:g}', f'{free:.3f}', f'{undefined:.0%}', f'{median - median_free:+.3f}',
                       f'{value - free:+.3f} ± {standard_error(rows[:, 1] - rows[:, 3]):.3f}', f'{value - truth:+.3f}'))
        kept = np.isfinite(rows[:, 1])
        found = [coverage(rng, rows[kept, 1], splits[:, kept], rows[kept, 3], n) for n in N_ANIMALS]
        covered.append((noise, band, f'{share:g}', f'{rows[kept, 1].std():.3f}',
                        *(f'{before:.0%} -> {after:.0%} ({of_truth:.0%})' for before, after, of_truth in found)))
    print(f'# seed {args.seed}; {n_animals} animals of {N_NEURONS} neurons a line, {N_IMAGES} images x {N_TRIALS} '
          f'trials; {protocol}')
    print_table(biases)
    print('\n# coverage, before -> after (of the noise-free truth)')
    print_table(covered)
    nulls = [null(np.random.default_rng([args.seed, i]), protocol) for i in range(1 if args.tiny else 10)]
    pooled, without = np.mean(nulls, axis=0)
    print(f'\nno stimulus signal, random features: pooled, as published, {pooled:.3f}; {without:.0%} of neurons '
          'have no ratio of their own')


if __name__ == '__main__':
    main()
