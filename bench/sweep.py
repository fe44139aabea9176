"""How long a sweep of the study's size takes, and how its cost grows.

    python bench/sweep.py [--fraction 0.02] [--processes 2] [--seed 0]
    python bench/sweep.py --scaling [bench/sweep_scaling.png]

The work is that of the calcium recordings: 98 populations (an animal's neurons in one of six areas) of about 175
neurons, 118 images x 50 trials, 8 models x 5 layers of AlexNet's sizes at 64 x 64 pixels, 100 image splits, the
trials halved once. Features and responses are simulated here; a task (model, layer, area) is scored by the metric that
scores a sweep's tasks. `--fraction` computes that part of the pairs of a model and an area, all layers of each,
and projects the rest. The time of scikit-learn is projected from a few of the same fits at its default settings.
"""
import argparse
import functools
import os
import time
import warnings
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

os.environ.update(dict.fromkeys(('OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS'), '1'))
os.environ.setdefault('BS_INSTALL_DEPENDENCIES', 'no')

import measure  # noqa: F401
import numpy as np
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision.metrics.noise_corrected_pls.metric import NoiseCorrectedPLS
from sklearn.cross_decomposition import PLSRegression
from tqdm import tqdm

N_IMAGES, N_TRIALS, N_LATENTS = 118, 50, 100
LAYERS = {'conv1': 14400, 'conv2': 9408, 'conv3': 3456, 'conv4': 2304, 'conv5': 2304}
N_MODELS = 8
AREAS = {'VISp': 22, 'VISl': 18, 'VISal': 15, 'VISpm': 16, 'VISam': 13, 'VISrl': 14}  # animals; together 98
N_NEURONS = 175  # on average
PROTOCOL = 'paper'
SKLEARN_FITS = 3  # of each layer
SCALING = {'n_neurons': (44, 88, 175, 350, 700, 1400), 'n_images': (59, 118, 236, 472), 'n_models': (1, 2, 4, 8)}


def latents(seed: int, n_images: int) -> np.ndarray:
    """What drives features and responses alike, of variance that falls as a power law."""
    return np.random.default_rng(seed).standard_normal((n_images, N_LATENTS)) * np.arange(1, N_LATENTS + 1) ** -.5


def features(seed: int, model: int, layer: str, n_images: int = N_IMAGES) -> NeuroidAssembly:
    """Rectified mixtures of the latents, with noise of each feature's own."""
    rng = np.random.default_rng([seed, 1, model, list(LAYERS).index(layer)])
    driven = latents(seed, n_images) @ rng.standard_normal((N_LATENTS, LAYERS[layer]))
    values = np.maximum(driven + rng.standard_normal(driven.shape), 0).astype(np.float32)
    return NeuroidAssembly(values, dims=['presentation', 'neuroid'], coords={
        'stimulus_id': ('presentation', np.arange(n_images)), 'index': ('presentation', np.arange(n_images)),
        'neuroid_num': ('neuroid', np.arange(LAYERS[layer])), 'layer': ('neuroid', [layer] * LAYERS[layer])})


@functools.lru_cache(maxsize=1)
def recordings(seed: int, area: str, n_animals: int, n_neurons: int, n_images: int = N_IMAGES) -> NeuroidAssembly:
    """Poisson counts, whose rates are exponentials of the latents and of log-normal size."""
    rng = np.random.default_rng([seed, 2, list(AREAS).index(area)])
    sizes = rng.integers(n_neurons * 4 // 5, n_neurons * 6 // 5 + 1, size=n_animals) if n_animals > 1 else [n_neurons]
    animals = np.repeat([f'{area}{animal:02d}' for animal in range(n_animals)], sizes)
    drive = latents(seed, n_images) @ rng.standard_normal((N_LATENTS, animals.size)) / np.sqrt(N_LATENTS)
    rates = np.exp(2 * drive) * rng.lognormal(.5, 1, animals.size)
    counts = rng.poisson(np.repeat(rates, N_TRIALS, axis=0)).astype(np.float32)
    return NeuroidAssembly(counts, dims=['presentation', 'neuroid'], coords={
        'stimulus_id': ('presentation', np.repeat(np.arange(n_images), N_TRIALS)),
        'repetition': ('presentation', np.tile(np.arange(N_TRIALS), n_images)),
        'neuroid_id': ('neuroid', np.arange(animals.size)), 'animal': ('neuroid', animals)})


def score_task(tiny: bool, seed: int, model: int, layer: str, area: str) -> tuple[float, float, float]:
    """Score one task; returns its value and, without the simulation, its seconds of wall clock and of processor."""
    if tiny:
        shrink()  # this process, too
    source, target = features(seed, model, layer), recordings(seed, area, AREAS[area], N_NEURONS)
    start, started = time.perf_counter(), time.process_time()
    score = NoiseCorrectedPLS(PROTOCOL)(source, target)
    return float(score), time.perf_counter() - start, time.process_time() - started


def time_tasks(fraction: float, processes: int, seed: int, tiny: bool) -> None:
    """Score a part of the tasks, print how long that took and what it projects to."""
    pairs = [(area, model) for area in AREAS for model in range(N_MODELS)]
    total = len(pairs) * len(LAYERS)
    tasks = [(model, layer, area) for area, model in pairs[:max(1, round(fraction * len(pairs)))] for layer in LAYERS]
    populations = sum(AREAS[area] for _, _, area in tasks)
    all_populations = N_MODELS * len(LAYERS) * sum(AREAS.values())

    start = time.perf_counter()
    with ProcessPoolExecutor(processes, mp_context=get_context('spawn')) as pool:
        futures = [pool.submit(score_task, tiny, seed, *task) for task in tasks]
        results = [future.result() for future in tqdm(futures, unit='task', desc='scoring', smoothing=0)]
    elapsed = time.perf_counter() - start
    values, wall, processor = (np.array(column) for column in zip(*results))
    print(f'seed {seed}; {processes} processes of 1 thread; protocol {PROTOCOL}; load {os.getloadavg()[0]:.1f}')
    print(f'measured: {len(tasks)} of {total} tasks ({populations} of {all_populations} populations x layers x models) '
          f'in {elapsed:.0f} s; scoring took {wall.sum():.0f} s of its processes and {processor.sum():.0f} s of '
          f'processor; median value {np.median(values):.3f}')
    if len(tasks) < total:
        share = populations / all_populations
        wall_minutes, processor_minutes = (spent.sum() / processes / share / 60 for spent in (wall, processor))
        print(f'projected by the number of populations: all tasks in {wall_minutes:.1f} min on a machine as busy as '
              f'this one, {processor_minutes:.1f} min on one that does nothing else')
    project_sklearn(processes, seed)


def project_sklearn(processes: int, seed: int) -> None:
    """Print how long scikit-learn's fits would take for all tasks, from a few of them."""
    protocol = NoiseCorrectedPLS(PROTOCOL).protocol
    per_layer = {layer: sklearn_seconds(seed, layer) for layer in tqdm(LAYERS, desc='scikit-learn', leave=False)}
    fits = protocol.image_splits * 2  # either half of the trials
    hours = N_MODELS * sum(AREAS.values()) * fits * sum(per_layer.values()) / processes / 3600
    print('scikit-learn: PLSRegression fit and predict, seconds: '
          + ', '.join(f'{layer} {seconds:.3f}' for layer, seconds in per_layer.items()))
    print(f'projected: {N_MODELS * len(LAYERS) * sum(AREAS.values()) * fits:,} such fits in {hours:.1f} h '
          f'on {processes} cores')


def sklearn_seconds(seed: int, layer: str) -> float:
    """Median seconds of one of scikit-learn's fits and predictions at its default tolerance, for one population."""
    X = features(seed, 0, layer).values
    responses = recordings(seed, 'VISp', 1, N_NEURONS)
    Y = responses.values.reshape(N_IMAGES, N_TRIALS, -1)[:, ::2].mean(axis=1)
    protocol = NoiseCorrectedPLS(PROTOCOL).protocol
    seconds = []
    for split in range(SKLEARN_FITS):
        order = np.random.default_rng([seed, 3, split]).permutation(N_IMAGES)
        train, test = order[:N_IMAGES // 2], order[N_IMAGES // 2:]
        start = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            PLSRegression(protocol.n_components, scale=protocol.scale).fit(X[train], Y[train]).predict(X[test])
        seconds.append(time.perf_counter() - start)
    return float(np.median(seconds))


def seconds_to_score(seed: int, n_neurons: int | None = None, n_images: int | None = None, n_models: int = 1) -> float:
    """Best of two times to score models on one animal; the machine may be busy with something else."""
    n_images = n_images or N_IMAGES
    target = recordings(seed, 'VISp', 1, n_neurons or N_NEURONS, n_images)
    sources = [features(seed, model, 'conv3', n_images) for model in range(n_models)]
    best = np.inf
    for _ in range(2):
        start = time.perf_counter()
        for source in sources:
            NoiseCorrectedPLS(PROTOCOL)(source, target)
        best = min(best, time.perf_counter() - start)
    return best


def plot_scaling(path: str, seed: int) -> None:
    """Seconds of tasks of one layer and animal against neurons, images and models; saved as a figure."""
    from matplotlib.figure import Figure
    seconds_to_score(seed, n_neurons=10)  # imports and caches
    figure = Figure(figsize=(10, 3.2), layout='constrained')
    bar = tqdm(total=sum(map(len, SCALING.values())), desc='scaling')
    for axis, (name, sizes) in zip(figure.subplots(1, 3), SCALING.items()):
        times = []
        for size in sizes:
            times.append(seconds_to_score(seed, **{name: size}))
            bar.update()
        slope = np.polyfit(np.log(sizes[-3:]), np.log(times[-3:]), 1)[0]
        bar.write(f"{name}: " + ', '.join(f'{size} {taken:.2f} s' for size, taken in zip(sizes, times))
                  + f'; grows with power {slope:.2f} at the end')
        axis.loglog(sizes, times, 'o-', color='tab:blue')
        axis.loglog(sizes, times[-1] * np.array(sizes) / sizes[-1], ':', color='grey', label='proportional')
        axis.set_xticks(sizes, map(str, sizes))
        axis.minorticks_off()
        axis.set_xlabel(name.removeprefix('n_'))
        axis.set_title(f'grows with power {slope:.2f} at the end', fontsize=10)
        axis.set_ylabel('seconds, 1 core')
        axis.legend(frameon=False)
    bar.close()
    figure.suptitle(f"one animal of {N_NEURONS} neurons, {N_IMAGES} images, one model, conv3 ({LAYERS['conv3']} "
                    f"features), protocol '{PROTOCOL}', unless the axis says otherwise", fontsize=10)
    figure.savefig(path, dpi=150)
    print(path)


def shrink() -> None:
    """Make tasks so small that their times say nothing: to see that the script runs."""
    global LAYERS, N_MODELS, AREAS, N_NEURONS, PROTOCOL, SKLEARN_FITS, SCALING
    LAYERS, N_MODELS, AREAS, N_NEURONS = {'conv1': 60, 'conv3': 50}, 2, {'VISp': 2}, 6
    PROTOCOL, SKLEARN_FITS = 'quick', 1
    SCALING = {'n_neurons': (2, 4), 'n_images': (59, 118), 'n_models': (1, 2)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--fraction', type=float, default=1., help='part of the tasks to compute (default: all)')
    parser.add_argument('--processes', type=int, default=2)
    parser.add_argument('--tiny', action='store_true', help='few, small tasks: to see that the script runs')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--scaling', nargs='?', const='bench/sweep_scaling.png', metavar='PNG',
                        help='plot how cost grows instead')
    args = parser.parse_args()
    if not 0 < args.fraction <= 1:
        parser.error(f'--fraction {args.fraction}: give a number above 0 and up to 1')
    if args.tiny:
        shrink()
    if args.scaling:
        plot_scaling(args.scaling, args.seed)
    else:
        time_tasks(args.fraction, 1 if args.tiny else args.processes, args.seed, args.tiny)


if __name__ == '__main__':
    main()
