"""How long the study's own analyses take, and what the two estimators of the spectrum's exponent recover.

    python bench/spectra_and_filters.py [--seed 0]

Exponents: 1,000 RGB images of 64 x 64 of a known 1/f^p, both estimators. Gabor fits: 64 filters of 11 x 11 with noise,
scipy's least_squares from the same kind of start on some of them for comparison, and what white noise reaches.
"""
import argparse
import os
import time

os.environ.setdefault('OMP_NUM_THREADS', '1')

import measure  # noqa: F401
import numpy as np
import pandas as pd
from scipy.optimize import least_squares

from study.gabor import gabor
from study.gabor_fit import fit_gabors
from study.naturalness import ESTIMATORS, fit_power_law
from study.noise_threshold import NULL_FILTERS, noise_fits, noise_threshold

N_TIMES = 5
N_IMAGES, N_FILTERS, SCIPY_FILTERS = 1000, 64, 5


def power_law_images(p: float, n: int, seed: int) -> np.ndarray:
    """RGB images, uint8 (n, 64, 64, 3), of random phases whose power falls as 1 / f^p."""
    frequency = np.hypot(np.fft.fftfreq(64, 1 / 64)[:, None], np.fft.rfftfreq(64, 1 / 64))
    frequency[0, 0] = np.inf
    noise = np.fft.rfft2(np.random.default_rng(seed).standard_normal((n, 64, 64)))
    images = np.fft.irfft2(noise * frequency ** (-p / 2), (64, 64))
    images = np.clip(127 + 35 * images / images.std(), 0, 255).astype(np.uint8)
    return np.repeat(images[..., None], 3, axis=3)


def seconds(function) -> tuple:
    """Best wall clock and processor time of several calls; the machine may be busy with something else."""
    function()
    times = []
    for _ in range(N_TIMES):
        start, started = time.perf_counter(), time.process_time()
        function()
        times.append((time.perf_counter() - start, time.process_time() - started))
    return tuple(np.min(times, axis=0))


def scipy_fit(pattern: np.ndarray, start: np.ndarray) -> float:
    """R² of a fit by scipy; parameters as columns of the table of fits."""
    names = ['orientation_deg', 'frequency_cycles_per_pixel', 'phase', 'x', 'y', 'sigma', 'aspect', 'amplitude']

    def residual(values):
        return (gabor(pd.DataFrame([values], columns=names), pattern.shape[0])[0] - pattern).ravel()
    return 1 - 2 * least_squares(residual, start).cost / ((pattern - pattern.mean()) ** 2).sum()


def time_spectra(seed: int) -> None:
    """Print how long both estimators take for images of 64 x 64, and which exponents they find."""
    print(f'{N_IMAGES:,} images of 64 x 64, spectra and fits:')
    images = power_law_images(2, N_IMAGES, seed)
    for estimator in ESTIMATORS:
        wall, processor = seconds(lambda name=estimator: fit_power_law(images, name))
        found = ', '.join(f'{p} -> {fit_power_law(power_law_images(p, N_IMAGES, seed), estimator).p.mean():.3f}'
                          for p in (0, 1, 2, 3, 4))
        print(f'  {estimator:10}{wall:.3f} s ({processor:.3f} s of processor); p {found}')


def random_gabors(seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Parameters of Gabor functions, and these as filters of 11 x 11 with noise."""
    rng, n = np.random.default_rng(seed), N_FILTERS
    truth = pd.DataFrame({
        'orientation_deg': rng.uniform(0, 180, n), 'frequency_cycles_per_pixel': rng.uniform(.08, .35, n),
        'phase': rng.uniform(-np.pi, np.pi, n), 'x': rng.uniform(-2, 2, n), 'y': rng.uniform(-2, 2, n),
        'sigma': rng.uniform(1.5, 3, n), 'aspect': rng.uniform(.7, 2, n), 'amplitude': 1.})
    patterns = gabor(truth, 11)
    patterns += .2 * patterns.std(axis=(1, 2), keepdims=True) * rng.standard_normal(patterns.shape)
    return truth, patterns


def time_gabor_fits(seed: int) -> None:
    """Print how long the fits take, how good they are, and how long scipy takes for some of them."""
    truth, patterns = random_gabors(seed)
    wall, processor = seconds(lambda: fit_gabors(patterns))
    fits = fit_gabors(patterns)
    error = np.abs((fits.orientation_deg - truth.orientation_deg + 90) % 180 - 90)
    print(f'{N_FILTERS} Gabor fits with three starts each: {wall:.3f} s ({processor:.3f} s of processor); R² '
          f'{fits.r2.median():.3f} (lowest {fits.r2.min():.3f}), orientation within {error.max():.1f} degrees')
    start = time.perf_counter()
    r2 = [scipy_fit(patterns[i], truth.iloc[i].to_numpy()) for i in range(SCIPY_FILTERS)]
    each = (time.perf_counter() - start) / SCIPY_FILTERS
    gain = fits.r2[:SCIPY_FILTERS] - r2
    print(f'scipy.optimize.least_squares from the truth: {each:.3f} s a filter; our R² less its: '
          f'{gain.min():.1e} to {gain.max():.1e}')


def shrink() -> None:
    """Make images and filters so few that their times say nothing: to see that the script runs."""
    global N_TIMES, N_IMAGES, N_FILTERS, SCIPY_FILTERS
    N_TIMES, N_IMAGES, N_FILTERS, SCIPY_FILTERS = 1, 8, 4, 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--tiny', action='store_true', help='few images and filters: to see that the script runs')
    parser.add_argument('--seed', type=int, default=0)
    arguments = parser.parse_args()
    if arguments.tiny:
        shrink()
    seed = arguments.seed
    print(f'# seed {seed}; 1 thread; best of {N_TIMES}; load {os.getloadavg()[0]:.1f}')
    time_spectra(seed)
    time_gabor_fits(seed)
    noise = noise_fits(seed=seed).r2
    print(f'{NULL_FILTERS} filters of white noise: R² {noise.median():.3f} (from {noise.min():.3f} to '
          f'{noise.max():.3f}), threshold {noise_threshold(seed=seed):.3f}')


if __name__ == '__main__':
    main()
