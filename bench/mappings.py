"""What each way of scoring gives for truth, random weights and chance on the simulated mouse, and how long it takes.

    python bench/mappings.py [--area VISp] [--times 3]

Prints the table of docs/method.md: a row for each ending of a benchmark's identifier; values ± standard errors of the
layer that a model commits to; what other animals' neurons get; and the time that one layer of the untrained network
takes, and inter-animal consistency, as multiples of what the layer takes by PLS. Features are computed before.
"""
import argparse
import os

os.environ.setdefault('BS_INSTALL_DEPENDENCIES', 'no')
os.environ.setdefault('OMP_NUM_THREADS', '1')

import warnings

warnings.filterwarnings('ignore', message='xarray subclass')

import numpy as np  # noqa: E402
from brainscore_vision import load_benchmark, load_model  # noqa: E402
from measure import alternate, print_table, timed  # noqa: E402

MODELS = {'gabor_oracle': 'truth', 'alexnet64_untrained': 'untrained', 'random_features': 'chance'}
TIMED = 'alexnet64_untrained'
VARIANTS = ('pls', 'ridge', 'pls_pooled', 'rdm', 'cka')


def fewer_neurons(benchmark):
    """Four neurons of each animal, and 6 trials."""
    whole = benchmark.recordings
    neurons = [n for animal in dict.fromkeys(whole['animal'].values)
               for n in np.flatnonzero(whole['animal'].values == animal)[:4]]
    benchmark.recordings = whole.isel(neuroid=neurons, presentation=np.flatnonzero(whole['repetition'].values < 6))
    benchmark.recordings.attrs['stimulus_set'] = whole.attrs['stimulus_set']
    return benchmark


def with_error(score):
    return f"{float(score):.3f} ± {score.attrs['error']:.3f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--area', default='VISp')
    parser.add_argument('--times', type=int, default=3, help='timings of each way')
    parser.add_argument('--tiny', action='store_true', help='few neurons and trials: to see that the script runs')
    args = parser.parse_args()
    benchmarks = {variant: load_benchmark(f'SimulatedMouse.{args.area}-{variant}') for variant in VARIANTS}
    if args.tiny:
        benchmarks = {variant: fewer_neurons(benchmark) for variant, benchmark in benchmarks.items()}
    one = benchmarks['pls']
    features = {model: next(iter(one.features(load_model(model))[1].values())) for model in MODELS}
    scores = {(variant, model): benchmark.score_features(features[model])
              for variant, benchmark in benchmarks.items() for model in MODELS}
    seconds, _ = alternate({variant: lambda benchmark=benchmark: benchmark.score_features(features[TIMED])
                            for variant, benchmark in benchmarks.items()}, 1 if args.tiny else args.times)
    rows = [('', *MODELS.values(), 'other animals', 'time', 'time of other animals')]
    for variant, benchmark in benchmarks.items():
        elapsed, consistency = timed(lambda benchmark=benchmark: benchmark.inter_animal_consistency)
        others = ('-', '-') if consistency is None else (
            f"{with_error(consistency)} ({consistency.attrs['n_animals']} animals; raw "
            f"{consistency.attrs['raw_sources']:.3f})", f"{elapsed / seconds['pls']:.1f}")
        rows.append((f'-{variant}', *(with_error(scores[variant, model]) for model in MODELS), others[0],
                     f"{seconds[variant] / seconds['pls']:.2f}", others[1]))
    print(f'# SimulatedMouse.{args.area}, version {one.version}; the layer takes {seconds["pls"]:.2f} s by PLS')
    print_table(rows)


if __name__ == '__main__':
    main()
