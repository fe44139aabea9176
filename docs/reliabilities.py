"""Draws how reliable the simulated and the twin's neurons are, beside the neurons of Allen Visual Coding.

    python docs/reliabilities.py [--allen FILE] [--out docs/images/reliabilities.png]

FILE is a CSV with a column splithalf_r, the correlation of each real neuron's responses to even and odd trials. It is
not part of this project; without it real neurons are shown by their quartiles.
"""
import argparse
import warnings
from pathlib import Path

warnings.filterwarnings('ignore', message='xarray subclass')

import matplotlib  # noqa: E402

matplotlib.use('Agg')
import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from brainscore_vision import load_dataset  # noqa: E402
from brainscore_vision.metrics.mouse_metrics.assemblies import images_by_trials  # noqa: E402

QUARTILES = (.14, .41, .71)  # of 39,317 neurons of Allen Visual Coding, two-photon calcium imaging
RECORDINGS = {'SimulatedMouse': 'simulated', 'TwinMouse': 'twin, calcium-like', 'TwinMouse.spikes': 'twin, spikes'}
BINS = np.linspace(-.3, 1, 27)


def reliabilities(identifier: str) -> np.ndarray:
    """Correlation over scenes of each neuron's mean responses to even and to odd trials, (n_neurons,)."""
    responses, _ = images_by_trials(load_dataset(identifier).isel(time_bin=0))
    even, odd = responses[:, ::2].mean(axis=1), responses[:, 1::2].mean(axis=1)
    return np.array([np.corrcoef(even[:, i], odd[:, i])[0, 1] for i in range(even.shape[1])])


def draw(allen: Path | None, out: Path) -> None:
    """Write the figure, and print the quartiles."""
    found = {name: reliabilities(identifier) for identifier, name in RECORDINGS.items()}
    if allen is not None:
        found['Allen Visual Coding (real)'] = pd.read_csv(allen)['splithalf_r'].dropna().to_numpy()
    figure, axes = plt.subplots(1, len(found), figsize=(3 * len(found), 2.6), sharey=True, layout='constrained')
    for axis, (name, values) in zip(axes, found.items()):
        print(f'{name}: {len(values)} neurons, quartiles', *np.round(np.quantile(values, [.25, .5, .75]), 2))
        axis.hist(values, BINS, weights=np.full(len(values), 1 / len(values)), color='.6')
        for quartile in QUARTILES:
            axis.axvline(quartile, color='black', linestyle=':')
        axis.set(title=name, xlabel='even and odd trials correlate by')
    axes[0].set_ylabel('share of neurons')
    figure.savefig(out, dpi=100)


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--allen', type=Path)
    parser.add_argument('--out', type=Path, default=Path(__file__).parent / 'images' / 'reliabilities.png')
    draw(**vars(parser.parse_args()))
