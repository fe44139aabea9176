"""A supplement in the layout of Antolík et al. (2016), small."""
from pathlib import Path

import numpy as np

N_IMAGES, N_TRAINING = 20, 60
NEURONS = {'region1': 4, 'region2': 3, 'region3': 5}


def make_supplement(directory: Path, training_images: bool = True) -> Path:
    """Write region1 to region3, whose neurons respond linearly to pixels; two of them saw the same images.

    Parameters
    ----------
    directory : pathlib.Path
        Made if absent, and returned.
    training_images : bool
        Whether `training_inputs.npy` is there; the first image of it is one that is repeated, too.
    """
    for seed, (name, n_neurons) in zip((0, 0, 1), NEURONS.items()):
        rng = np.random.default_rng(seed)
        repeated, training = (rng.integers(0, 256, (n, 961)) for n in (N_IMAGES, N_TRAINING))
        training[0] = repeated[0]
        fields = rng.standard_normal((961, n_neurons)) / 1000
        trials = repeated @ fields + .1 * rng.standard_normal((6, N_IMAGES, n_neurons))
        folder = directory / name
        folder.mkdir(parents=True)
        np.save(folder / 'validation_inputs.npy', repeated * 1e-6)
        np.save(folder / 'raw_validation_set.npy', trials)
        np.save(folder / 'validation_set.npy', trials.mean(axis=0))
        np.save(folder / 'training_set.npy', training @ fields)
        if training_images:
            np.save(folder / 'training_inputs.npy', training * 1e-6)
    return directory
