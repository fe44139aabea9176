"""Bias and coverage of the noise-corrected predictivity where the truth is known.

The truth of a score is what the same mapping gets when it is fitted and tested on the noise-free rates, on the same
image splits. Populations: the simulated mouse's Gabor neurons (a mapping from 59 images cannot reach 1), neurons that
are linear in 12 features (it can), and such neurons where the features know only 6 of the 12. Features carry more or
less of what drives the neurons. Trials are Poisson; each neuron's rate is scaled so that the mean of all trials has
the reliability asked for.

    python bench/noise_correction.py [--repeats 6] [--out bench/noise_correction.png]
"""
import argparse
import warnings
from pathlib import Path

warnings.filterwarnings('ignore', message='xarray subclass')

import matplotlib  # noqa: E402
import measure  # noqa: E402, F401
import numpy as np  # noqa: E402
from brainscore_vision.metrics.mouse_metrics.averages import mean, median_per_animal, nanmean  # noqa: E402
from brainscore_vision.metrics.mouse_metrics.halvings import EVEN_ODD  # noqa: E402
from brainscore_vision.metrics.noise_corrected_pls.bootstrap import INTERVAL, bootstrap  # noqa: E402
from brainscore_vision.metrics.noise_corrected_pls.predictivity import pooled_predictivity, predictivity  # noqa: E402
from brainscore_vision.metrics.noise_corrected_pls.protocol import Protocol  # noqa: E402
from tqdm import tqdm  # noqa: E402

from brainscore_plugin.data.simulated_mouse.population import Population  # noqa: E402
from brainscore_plugin.data.simulated_mouse.scenes import draw_scenes  # noqa: E402

matplotlib.use('Agg')
import matplotlib.pyplot as plt  # noqa: E402

SEED = 0
N_IMAGES, N_ANIMALS, N_NEURONS = 118, 3, 40
ANIMALS = np.repeat(np.arange(N_ANIMALS), N_NEURONS)
PROTOCOL = Protocol(image_splits=10, trial_halves=5)
RELIABILITIES = (.1, .3, .5, .7, .9)
TRIALS = (10, 50)
SHARES = (0, .02, .05, .15, .5, 1)  # of the variance of the features that carries what drives the neurons
N_NULL = 10  # simulations without any signal


def gabor_neurons():
    """Features that explain the simulated mouse, and a function that draws rates of its neurons."""
    scenes = draw_scenes(N_IMAGES, SEED)
    population = Population.calibrated(scenes, SEED)
    features, rates = population.features(scenes), population.rates(scenes)
    return features, lambda rng: rates[:, rng.choice(rates.shape[1], N_ANIMALS * N_NEURONS, replace=False)]


def linear_neurons():
    """Twelve features, and a function that draws neurons that are linear in them."""
    drive = np.random.default_rng(SEED).standard_normal((N_IMAGES, 12))
    return drive, lambda rng: linear_rates(drive, rng)


def half_known_neurons():
    """Six of the twelve features that drive the neurons: half of their variance is out of reach."""
    drive = np.random.default_rng(SEED).standard_normal((N_IMAGES, 12))
    return drive[:, :6], lambda rng: linear_rates(drive, rng)


def linear_rates(drive, rng):
    rates = drive @ rng.standard_normal((drive.shape[1], N_ANIMALS * N_NEURONS)) / np.sqrt(drive.shape[1])
    return np.maximum(rates + 2.5, .05)


POPULATIONS = {'Gabor': gabor_neurons, 'linear': linear_neurons, 'half known': half_known_neurons}


def mix(drive, share, rng):
    """Features of which a share of the variance is a random rotation of the drive and the rest is noise."""
    drive = (drive - drive.mean(axis=0)) / drive.std(axis=0)
    signal = drive @ rng.standard_normal((drive.shape[1], 400)) / np.sqrt(drive.shape[1])
    return np.sqrt(share) * signal + np.sqrt(1 - share) * rng.standard_normal(signal.shape)


def scaled_to(reliability, rates, n_trials):
    """Rates times a factor per neuron that makes var(rate) / (var(rate) + mean(rate) / n_trials) the reliability."""
    gain = reliability / (1 - reliability) * rates.mean(axis=0) / n_trials / rates.var(axis=0)
    return rates * gain


def score(values):
    return mean(median_per_animal(values[None], ANIMALS)[0])


def truth(features, rates):
    return score(predictivity(features, np.repeat(rates[:, None], 2, axis=1), ANIMALS,
                              Protocol(image_splits=PROTOCOL.image_splits, trial_halves=EVEN_ODD)).corrected()[0])


def simulate(repeats):
    """Rows: population, share, trials, reliability, truth, estimate, published, lower, upper, undefined neurons."""
    rows = []
    cases = [(name, share, n_trials, reliability) for name in POPULATIONS for share in SHARES for n_trials in TRIALS
             for reliability in RELIABILITIES]
    for name, share, n_trials, reliability in tqdm(cases, unit='case', mininterval=10):
        drive, draw = POPULATIONS[name]()
        features = mix(drive, share, np.random.default_rng(SEED))
        for repeat in range(repeats):
            rng = np.random.default_rng([SEED, repeat])
            rates = scaled_to(reliability, draw(rng), n_trials)
            responses = rng.poisson(rates[:, None], (N_IMAGES, n_trials, rates.shape[1])).astype(float)
            result = predictivity(features, responses, ANIMALS, PROTOCOL)
            corrected = result.corrected()[0]
            lower, upper = np.nanquantile(bootstrap(result, ANIMALS, SEED)[0], INTERVAL)
            rows.append((name, share, n_trials, reliability, truth(features, rates), score(corrected),
                         score(nanmean(result.published, axis=0)), lower, upper, np.isnan(corrected).mean()))
    return rows


def report(rows):
    """Print bias and coverage; the interval is to cover the area's truth, the mean over all animals simulated."""
    print(f'seed {SEED}; {N_ANIMALS} animals x {N_NEURONS} neurons, {N_IMAGES} images, {PROTOCOL}')
    print(f"{'population':12}trials  reliability   {'bias, mean (range over truths)':32}{'published formula':32}"
          'coverage  undefined')
    for name in POPULATIONS:
        for n_trials in TRIALS:
            for reliability in RELIABILITIES:
                chosen = [row[1:2] + row[4:] for row in rows if row[0] == name and row[2:4] == (n_trials, reliability)]
                share, true, estimate, published, lower, upper, undefined = np.array(chosen).T
                biases = [[np.mean((values - true)[share == s]) for s in SHARES] for values in (estimate, published)]
                area = np.array([true[share == s].mean() for s in share])
                covered = np.mean((lower <= area) & (area <= upper))
                print(f'{name:12}{n_trials:6}{reliability:13.1f}   ' + ''.join(
                    f'{np.mean(bias):+.3f} ({min(bias):+.3f} to {max(bias):+.3f})'.ljust(32) for bias in biases)
                    + f'{covered:8.2f}{undefined.mean():11.3f}')


def null(rng):
    """Log-normal mean rates, no stimulus signal, random features: what each measure makes of nothing.

    Returns the pooled value, the per-neuron one and the share of neurons for which the latter is undefined.
    """
    rates = np.repeat(rng.lognormal(np.log(4), 1, 60)[None], N_IMAGES, axis=0) * .25
    responses = rng.poisson(rates[:, None], (N_IMAGES, 50, 60)).astype(float)
    features, animals = rng.standard_normal((N_IMAGES, 1000)), np.zeros(60)
    pooled = pooled_predictivity(features, responses, animals, Protocol(10, EVEN_ODD, scale=True))[0].mean()
    per_neuron = predictivity(features, responses, animals, PROTOCOL).corrected()[0]
    return pooled, np.nanmedian(per_neuron), np.isnan(per_neuron).mean()


def figure(rows, path):
    plots, axes = plt.subplots(2, len(TRIALS) * len(POPULATIONS), figsize=(18, 6.5), sharex=True, sharey=True,
                               squeeze=False)
    for column, (name, n_trials) in enumerate((name, n) for name in POPULATIONS for n in TRIALS):
        for line, (label, index) in enumerate((('noise_corrected_pls', 5), ("Nayebi et al.'s formula", 6))):
            axis = axes[line, column]
            axis.axline((0, 0), slope=1, color='.7', zorder=0)
            for reliability, colour in zip(RELIABILITIES, plt.cm.viridis(np.linspace(.9, 0, len(RELIABILITIES)))):
                chosen = [row for row in rows if row[0] == name and row[2:4] == (n_trials, reliability)]
                found = np.array([(r[1], r[4], r[index]) for r in chosen])
                points = np.array([found[found[:, 0] == share, 1:].mean(axis=0) for share in SHARES])
                axis.plot(*points.T, 'o-', color=colour, markersize=4, label=f'reliability {reliability}')
            axis.set_title(f'{name} neurons, {n_trials} trials', fontsize=10)
            if column == 0:
                axis.set_ylabel(f'{label}\nestimate')
            if line == 1:
                axis.set_xlabel('truth (noise-free rates)')
    axes[0, 0].legend(fontsize=8, frameon=False)
    for axis in axes.flat:
        axis.spines[['top', 'right']].set_visible(False)
    plots.tight_layout()
    plots.savefig(path, dpi=110)


def shrink():
    """Make the simulation so small that it says nothing: to see that the script runs."""
    global POPULATIONS, SHARES, TRIALS, RELIABILITIES, PROTOCOL, N_NULL
    POPULATIONS, SHARES, TRIALS, RELIABILITIES = {'linear': linear_neurons}, (0, 1), (4,), (.5,)
    PROTOCOL, N_NULL = Protocol(image_splits=2, trial_halves=1), 2


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--repeats', type=int, default=6, help='simulations of neurons and trials in each case')
    parser.add_argument('--tiny', action='store_true', help='two cases once: to see that the script runs')
    parser.add_argument('--out', type=Path, default=Path(__file__).with_suffix('.png'))
    arguments = parser.parse_args()
    if arguments.tiny:
        shrink()
    rows = simulate(1 if arguments.tiny else arguments.repeats)
    report(rows)
    nulls = np.array([null(np.random.default_rng([SEED, repeat])) for repeat in range(N_NULL)])
    (pooled, per_neuron, undefined), sd = nulls.mean(axis=0), nulls.std(axis=0, ddof=1)
    print(f'no stimulus signal, random features, {N_NULL} simulations: pooled {pooled:.3f} ± {sd[0]:.3f}, '
          f'per neuron {per_neuron:.3f} ± {sd[1]:.3f} ({undefined:.0%} of neurons undefined)')
    figure(rows, arguments.out)
    print(f'figure: {arguments.out}')


if __name__ == '__main__':
    main()
