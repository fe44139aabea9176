"""Speed and exactness of this plugin's split-half reliability against Brain-Score's.

    python bench/reliability.py [--quick] [--seed 0]

Prints one table. A row computes the reliability of the same simulated trials with Brain-Score's
``internal_consistency`` and with this plugin's ``split_half_reliability``, from assembly to score,
both in the same run and alternating; medians of their times are given. The differences are the
largest between the two scores and between the reliabilities of any neuron in any halving.
"""
import argparse
import os

os.environ.setdefault('BS_INSTALL_DEPENDENCIES', 'no')
os.environ.setdefault('TQDM_DISABLE', '1')  # Brain-Score's bars would stand between the rows

import numpy as np
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision import load_metric
from measure import alternate, print_table

N_IMAGES, N_TRIALS = 118, 50  # of the Allen Natural Scenes
COLUMNS = ('images x trials x neurons', 'Brain-Score s', 'ours s', 'ratio', 'max score diff', 'max neuron diff')


def recordings(rng, n_neurons):
    """Normal trials whose reliability spreads from near 0 to near 1 over the neurons."""
    noise = rng.uniform(.5, 20, n_neurons)
    trials = rng.standard_normal((N_IMAGES, 1, n_neurons)) + noise * rng.standard_normal(
        (N_IMAGES, N_TRIALS, n_neurons))
    return NeuroidAssembly(trials.reshape(-1, n_neurons).astype(np.float32), dims=['presentation', 'neuroid'], coords={
        'stimulus_id': ('presentation', np.repeat([f'image_{i:03d}' for i in range(N_IMAGES)], N_TRIALS)),
        'repetition': ('presentation', np.tile(np.arange(N_TRIALS), N_IMAGES)),
        'neuroid_id': ('neuroid', [f'neuron_{i:05d}' for i in range(n_neurons)]),
        'region': ('neuroid', ['VISp'] * n_neurons)})


def by_name(score):
    """Reliabilities (split, neuroid) in the order of the neurons' names: Brain-Score sorts them."""
    values = score.raw.transpose('split', 'neuroid')
    return values.values[:, np.argsort(values['neuroid_id'].values)]


def row(rng, n_neurons, n_times):
    assembly = recordings(rng, n_neurons)
    stock, ours = load_metric('internal_consistency'), load_metric('split_half_reliability')
    seconds, scores = alternate({'ours': lambda: ours(assembly), 'stock': lambda: stock(assembly)}, n_times)
    return (f'{N_IMAGES} x {N_TRIALS} x {n_neurons}', f"{seconds['stock']:.2f}", f"{seconds['ours']:.4f}",
            f"{seconds['stock'] / seconds['ours']:.0f}x", f"{abs(float(scores['ours']) - float(scores['stock'])):.1e}",
            f"{np.abs(by_name(scores['ours']) - by_name(scores['stock'])).max():.1e}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--quick', action='store_true', help='fewer neurons, timed fewer times')
    parser.add_argument('--tiny', action='store_true', help='5 neurons, timed once: to see that the script runs')
    parser.add_argument('--seed', type=int, default=0)
    args = parser.parse_args()
    rng = np.random.default_rng(args.seed)
    neurons, n_times = ((5,), 1) if args.tiny else ((40, 170), 2) if args.quick else ((40, 170, 2000), 5)
    row(rng, 5, 1)  # the first call of each side imports what it needs
    rows = [COLUMNS, *(row(rng, n, n_times) for n in neurons)]
    print(f'# seed {args.seed}; medians of {n_times} alternating runs')
    print_table(rows)


if __name__ == '__main__':
    main()
