"""Speed, memory and accuracy of the PLS of this plugin against scikit-learn's.

    python bench/pls.py [--quick] [--seed 0]

Prints one table. A row fits the same data with scikit-learn's ``PLSRegression`` in the loop
a user would write, at its default tolerance and tightened to the fixed point, and with this
plugin, all in one run with the same number of threads; the sides alternate where a fit is
short, and medians are given. The last row is the stock ``pls`` metric of Brain-Score.
"""
import argparse
import importlib
import os
import resource
import subprocess
import sys
import tempfile
import types
import warnings
from pathlib import Path

os.environ.setdefault('BS_INSTALL_DEPENDENCIES', 'no')
os.environ.setdefault('RESULTCACHING_DISABLE', '1')

import numpy as np
from measure import print_table, timed
from scipy.linalg import blas
from sklearn.cross_decomposition import PLSRegression
from sklearn.model_selection import ShuffleSplit
from threadpoolctl import threadpool_limits

# by its folder, for what else is in it would load Brain-Score, into every process whose memory is measured
_package = types.ModuleType('noise_corrected_pls')
_package.__path__ = [str(Path(__file__).parents[1] / 'brainscore_plugin' / 'metrics' / 'noise_corrected_pls')]
sys.modules['noise_corrected_pls'] = _package
_pls = importlib.import_module('noise_corrected_pls.pls')
fit_predict, fit_predict_many = _pls.fit_predict, _pls.fit_predict_many

N_COMPONENTS = 25
TIGHT = dict(tol=1e-20, max_iter=1_000_000)
FULL = dict(calcium=(59, 59, 14400, 170), ephys=(59, 59, 14400, 35), sensorium=(3000, 100, 14400, 8000),
            stock=(118, 14400, 170))
QUICK = dict(calcium=(59, 59, 3000, 170), ephys=(59, 59, 3000, 35), sensorium=(600, 50, 3000, 1500),
             stock=(118, 2000, 60))
TINY = dict(calcium=(59, 59, 100, 20), ephys=(59, 59, 100, 5), sensorium=(120, 20, 100, 50), stock=(118, 100, 10))
COLUMNS = ('case', 'shape', 'fits', 'threads', 'sklearn s', 'tightened s', 'ours s', 'ratio', 'tightened ratio',
           'peak memory', 'max rel diff')


def features(rng, p, latents):
    """Rectified mixtures of latents whose variance falls as a power law, plus noise."""
    X = latents @ rng.standard_normal((latents.shape[1], p))
    add_noise(rng, X, 0.5)
    return np.maximum(X, 0, out=X)


def responses(rng, latents, q):
    """Linear readouts of the latents with as much noise again."""
    Y = latents @ rng.standard_normal((latents.shape[1], q))
    add_noise(rng, Y, latents.std() * latents.shape[1] ** 0.5)
    return Y


def add_noise(rng, X, size):
    """In place and row by row, so that making the data is not the peak of the memory."""
    for row in X:
        row += size * rng.standard_normal(len(row))


def latents(rng, n):
    return rng.standard_normal((n, 300)) * np.arange(1, 301) ** -0.5


def make(seed, n, n_test, p, widths):
    rng = np.random.default_rng(seed)
    L = latents(rng, n + n_test)
    X = features(rng, p, L)
    return X[:n], [responses(rng, L[:n], q) for q in widths], X[n:]


def sklearn_predict(X, Y, Z, **kwargs):
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        return PLSRegression(N_COMPONENTS, scale=False, **kwargs).fit(X, Y).predict(Z)


def difference(found, expected):
    """Largest absolute difference over the standard deviation of the predictions."""
    return np.abs(found - expected).max() / expected.std()


def shared_row(case, shape, fits, compared, seed, threads):
    """Many fits on one X, a few of them by scikit-learn too, the sides alternating."""
    n, n_test, p, q = shape
    X, Ys, Z = make(seed, n, n_test, p, [q] * fits)
    stock, tight, ours, worst = [], [], [], 0
    for Y in Ys[:compared]:
        elapsed, found = timed(fit_predict_many, X, [Y, *Ys[1:]], Z, N_COMPONENTS)
        ours.append(elapsed / fits)
        stock.append(timed(sklearn_predict, X, Y, Z)[0])
        elapsed, expected = timed(sklearn_predict, X, Y, Z, **TIGHT)
        tight.append(elapsed)
        worst = max(worst, difference(found[0], expected))
    return row(case, shape, fits, threads, stock, tight, ours, worst)


def lone_row(shape, n_times, seed, threads):
    n, n_test, p, q = shape
    stock, tight, ours, worst = [], [], [], 0
    for repeat in range(n_times):
        X, (Y,), Z = make(seed + repeat, n, n_test, p, [q])
        elapsed, found = timed(fit_predict, X, Y, Z, N_COMPONENTS)
        ours.append(elapsed)
        stock.append(timed(sklearn_predict, X, Y, Z)[0])
        elapsed, expected = timed(sklearn_predict, X, Y, Z, **TIGHT)
        tight.append(elapsed)
        worst = max(worst, difference(found, expected))
    return row('lone fit', shape, 1, threads, stock, tight, ours, worst)


def large_row(shape, seed, threads):
    """One fit a process, whose peak memory is the operating system's account of it."""
    seconds, memory, predictions = {}, {}, {}
    for side in ('ours', 'stock', 'tight', 'double', 'single'):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / 'prediction.npz'
            subprocess.run([sys.executable, __file__, '--child', side, str(path), *map(str, shape),
                            '--seed', str(seed)], check=True)
            with np.load(path) as result:
                seconds[side], memory[side] = float(result['seconds']), float(result['memory'])
                predictions[side] = result['prediction']
    n, _, p, q = shape
    flop, size = n * (n + 1.) * (p + q), 8. * n * (p + q)
    print(f"# X X' and Y Y' alone, {flop / 1e9:.0f} GFLOP and {size / 2 ** 30:.2f} GB to read, take by BLAS")
    for side in ('double', 'single'):
        print(f'# {seconds[side]:.2f} s in {side} precision, {flop / seconds[side] / 1e9:.0f} GFLOP a second: '
              f"{seconds['stock'] / seconds[side]:.1f}x as fast as scikit-learn's whole fit", flush=True)
    peak = f"{memory['ours'] / 2 ** 20:.2f}/{memory['stock'] / 2 ** 20:.2f} GB ({memory['ours'] / memory['stock']:.2f})"
    return row('sensorium', shape, 1, threads, [seconds['stock']], [seconds['tight']], [seconds['ours']],
               difference(predictions['ours'], predictions['tight']), peak)


def large_child(side, path, shape, seed):
    n, n_test, p, q = shape
    X, (Y,), Z = make(seed, n, n_test, p, [q])
    if side == 'ours':
        seconds, prediction = timed(fit_predict, X, Y, Z, N_COMPONENTS)
    elif side in ('double', 'single'):
        rank_k, dtype = (blas.dsyrk, float) if side == 'double' else (blas.ssyrk, np.float32)
        X, Y = X.astype(dtype, copy=False), Y.astype(dtype, copy=False)
        seconds, prediction = timed(lambda: rank_k(1., X.T, trans=1) + rank_k(1., Y.T, trans=1))
    else:
        seconds, prediction = timed(sklearn_predict, X, Y, Z, **(TIGHT if side == 'tight' else {}))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # kB on Linux
    np.savez(path, seconds=seconds, memory=memory, prediction=prediction)


def assembly(values, prefix):
    """Values (n_images, n) as Brain-Score's metrics take them."""
    from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
    names = [f'{prefix}{i}' for i in range(values.shape[1])]
    return NeuroidAssembly(values, dims=['presentation', 'neuroid'], coords={
        'stimulus_id': ('presentation', [f'{i:04d}' for i in range(len(values))]),
        'image': ('presentation', list(range(len(values)))),
        'neuroid_id': ('neuroid', names), 'site': ('neuroid', names)})


def score_by_ours(X, Y):
    """The splits of the stock metric, its correlation and its median, on our fits."""
    medians = []
    for train, test in ShuffleSplit(10, train_size=.9, random_state=1).split(X):
        P = fit_predict(X[train], Y[train], X[test], N_COMPONENTS)
        a, b = P - P.mean(axis=0), Y[test] - Y[test].mean(axis=0)
        medians.append(np.median((a * b).sum(axis=0) / np.sqrt((a * a).sum(axis=0) * (b * b).sum(axis=0))))
    return np.mean(medians)


def stock_row(shape, n_times, seed, threads):
    """The stock metric, 10 splits 90/10, against the same score by our fits."""
    from brainscore_vision import load_metric
    n, p, q = shape
    X, (Y,), _ = make(seed, n, 0, p, [q])
    source, target = assembly(X, 'x'), assembly(Y, 'y')
    metric = load_metric('pls', crossvalidation_kwargs=dict(stratification_coord=None))
    # The stock metric stops at scikit-learn's tolerance: tightened, it is to be equal.
    regression = metric.regression._regression
    default = regression.get_params()
    seconds, scores = {'stock': [], 'tight': [], 'ours': []}, {}
    for repeat in range(n_times):
        elapsed, found = timed(score_by_ours, X, Y)
        seconds['ours'].append(elapsed)
        for side, parameters in (('stock', default), ('tight', TIGHT))[:1 if repeat else 2]:
            regression.set_params(**{**default, **parameters})
            with warnings.catch_warnings():
                warnings.simplefilter('ignore')
                elapsed, score = timed(metric, source, target)
            seconds[side].append(elapsed)
            print(f'# Brain-Score pls, {side}: {float(score):.9f}; ours: {found:.9f}', flush=True)
            scores[side] = float(score)
    return row('stock pls metric', shape, 10, threads, seconds['stock'], seconds['tight'], seconds['ours'],
               abs(found / scores['tight'] - 1))


def row(case, shape, fits, threads, stock, tight, ours, worst, memory='-'):
    stock, tight, ours = np.median(stock), np.median(tight), np.median(ours)
    return (case, ' x '.join(map(str, shape)), str(fits), str(threads), f'{stock:.3f}', f'{tight:.3f}', f'{ours:.5f}',
            f'{stock / ours:.1f}x', f'{tight / ours:.1f}x', memory, f'{worst:.1e}')


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--quick', action='store_true', help='smaller shapes and fewer fits')
    parser.add_argument('--tiny', action='store_true', help='tiny shapes, once: to see that the script runs')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--child', nargs=6, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        large_child(args.child[0], args.child[1], tuple(map(int, args.child[2:])), args.seed)
        return
    shapes, fits, n_times = (TINY, 2, 1) if args.tiny else (QUICK, 64, 2) if args.quick else (FULL, 512, 3)
    cores = len(os.sched_getaffinity(0))
    # First, while this process is small: a child's peak counts its parent's size at the fork.
    large = large_row(shapes['sensorium'], args.seed, cores)
    rows = [COLUMNS]
    with threadpool_limits(1):
        rows.append(shared_row('calcium', shapes['calcium'], fits, n_times, args.seed, 1))
        rows.append(shared_row('ephys', shapes['ephys'], fits, n_times, args.seed, 1))
        rows.append(lone_row(shapes['calcium'], n_times, args.seed, 1))
        stock = stock_row(shapes['stock'], 1 if args.quick else n_times, args.seed, 1)
    rows += [large, stock]
    print(f'# seed {args.seed}; {N_COMPONENTS} components; seconds per fit (per call in the last row); shapes are '
          'train x test x features x targets (images x features x targets in the last row);\n'
          f'# tightened: {TIGHT}; ratio: scikit-learn over ours; max rel diff: from tightened scikit-learn')
    print_table(rows)


if __name__ == '__main__':
    main()
