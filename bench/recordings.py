"""Packaging of the Allen calcium recordings: speed against AllenSDK's own analysis, and memory at the real size.

    python bench/recordings.py [--sessions 4] [--part .1] [--seed 0]

Prints two tables. The first reduces fabricated sessions of the published size (79 cells, 63 minutes at 30 Hz, 118
scenes of 918 x 1174 pixels) and lets AllenSDK's ``NaturalScenes`` compute the mean sweep responses of three cells of
one of them, whose time is proportional to the cells. The second writes assemblies, with reliabilities for calcium, of
noise as large as the real ones (``--part 1``) or as a part of them, each in a process of its own, and gives its peak
memory: if it does not grow with the part, it does not grow with the number of sessions.
"""
import argparse
import multiprocessing
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

# in the place of this folder, in which training.py hides the package of that name
sys.path[0] = str(Path(__file__).resolve().parents[1] / 'tests')
from fabricated.allen_calcium import N_IMAGES, N_TRIALS, Session, make_calcium_cache  # noqa: E402

from brainscore_plugin.recordings import allen_environment  # noqa: E402
from brainscore_plugin.recordings.allen_calcium.recording import SCRIPT, Recording  # noqa: E402
from brainscore_plugin.recordings.brainio_writer import AssemblyWriter, image_trials  # noqa: E402
from brainscore_plugin.recordings.neuron_reliability import mean_reliability  # noqa: E402

N_CELLS, N_FRAMES = 79, 113_400  # of an average session
COMPARED_CELLS = 3
COMPARISON = Path(__file__).resolve().parents[1] / 'tests' / 'recordings' / 'allensdk_comparison.py'
# sessions, neurons of each, time bins
SIZES = {'calcium, 40,000 cells': (506, 79, 1), 'Neuropixels, 8,300 units x 25 bins': (32, 260, 25)}


def session(container, n_cells, rng):
    responses = rng.normal(.1, .05, (N_IMAGES, N_TRIALS, n_cells))
    return Session(container, 'VISp', 'Cux2-CreERT2', 175, responses, n_frames=N_FRAMES)


def speed(n_sessions, seed):
    rng = np.random.default_rng(seed)
    scenes = rng.integers(0, 256, (N_IMAGES, 918, 1174), dtype=np.uint8)
    sessions = [session(10 * number, N_CELLS, rng) for number in range(1, n_sessions + 1)]
    with tempfile.TemporaryDirectory() as folder:
        cache = make_calcium_cache(Path(folder) / 'cache', [*sessions, session(5, COMPARED_CELLS, rng)], scenes)
        numbers = [str(fabricated.session_id) for fabricated in sessions]
        answers = Recording().reduce(cache, numbers)
        next(answers)  # with the start of the process, which happens once
        start = time.perf_counter()
        n_done = sum('error' not in answer for answer in answers)
        seconds = (time.perf_counter() - start) / n_done
        driver = Path(shutil.copy(COMPARISON, folder))
        (compared,) = allen_environment.run(driver, SCRIPT.parent, cache / 'ophys_experiment_data' / '1005.nwb')
    theirs = compared['allensdk_s'] / COMPARED_CELLS * N_CELLS
    print(f'sessions of {N_CELLS} cells, {N_FRAMES} frames              s a session   sessions a minute')
    print(f'from NWB to reduced file (reading and all)           {seconds:10.2f}   {60 / seconds:10.1f}')
    print(f"AllenSDK's NaturalScenes.mean_sweep_response alone   {theirs:10.1f}   {60 / theirs:10.2f}")
    print(f"ratio of sessions a minute: {theirs / seconds:.0f}; of the responses alone: {compared['ratio']:.0f}; "
          f"largest difference: {compared['difference']:.1e}\n")


def write(size, part, seed, result):
    n_sessions, n_neurons, n_bins = size
    n_sessions = max(1, round(part * n_sessions))
    rng = np.random.default_rng(seed)
    bins = [(10 * start, 10 * start + 10) for start in range(n_bins)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / 'assembly.nc'
        start = time.perf_counter()
        with AssemblyWriter(path, image_trials([f'{image:03d}' for image in range(N_IMAGES)], N_TRIALS),
                            bins) as writer:
            for number in range(n_sessions):
                shape = (N_IMAGES, N_TRIALS, n_neurons, n_bins)
                responses = (rng.standard_normal(shape, np.float32) if n_bins == 1
                             else rng.poisson(.1, shape).astype(np.float32))
                reliability = mean_reliability(responses)[:, 0] if n_bins == 1 else 0.
                writer.append(responses, pd.DataFrame({
                    'neuroid_id': [f'{number}.{neuron}' for neuron in range(n_neurons)], 'region': 'VISp',
                    'animal': f'mouse{number}', 'session_id': number, 'reliability': reliability}))
        result.put((n_sessions * n_neurons, time.perf_counter() - start, path.stat().st_size,
                    resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024))


def memory(part, seed):
    print('assembly                                neurons          s   file GB   peak memory GB')
    for name, size in SIZES.items():
        for share in (part / 2, part):
            context = multiprocessing.get_context('spawn')
            result = context.Queue()
            process = context.Process(target=write, args=(size, share, seed, result))
            process.start()
            neurons, seconds, n_bytes, peak = result.get()
            process.join()
            print(f'{name:36} {neurons:10,} {seconds:10.1f} {n_bytes / 1e9:9.2f} {peak / 1e9:16.2f}', flush=True)


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--sessions', type=int, default=4, help='sessions to reduce; 0: no first table')
    parser.add_argument('--part', type=float, default=.1, help='part of the real number of sessions to write')
    parser.add_argument('--seed', type=int, default=0)
    arguments = parser.parse_args()
    if arguments.sessions:
        speed(arguments.sessions, arguments.seed)
    memory(arguments.part, arguments.seed)
