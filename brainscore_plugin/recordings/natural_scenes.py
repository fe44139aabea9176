"""The images of the Allen survey: 118 natural scenes, each shown in 50 trials."""
from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import pandas as pd

from brainscore_plugin.data.mouse_recordings.layout import Layout
from brainscore_plugin.recordings.brainio_writer import image_trials, write_stimuli
from brainscore_plugin.recordings.reduced_folder import reduced_file

N_IMAGES, N_TRIALS = 118, 50


def write_scenes(layout: Layout, cache: Path) -> pd.DataFrame:
    """Write the scenes that the sessions of a cache showed as a stimulus set.

    Returns
    -------
    pandas.DataFrame
        The presentations, 118 scenes x 50 trials: columns stimulus_id and repetition.

    Raises
    ------
    ValueError
        If the file of the scenes is damaged.
    """
    scenes = pd.DataFrame({'stimulus_id': [f'allen_ns_{number:03d}' for number in range(N_IMAGES)],
                           'image_number': range(N_IMAGES)})
    write_stimuli(layout, scenes, _templates(cache))
    return image_trials(scenes['stimulus_id'], N_TRIALS)


def _templates(cache: Path) -> Iterator[np.ndarray]:
    path = reduced_file(cache, 'natural_scenes.h5')
    try:
        with h5py.File(path) as file:
            yield from file['templates']
    except (OSError, KeyError) as error:
        raise ValueError(f'{path} is damaged ({error}): delete {path.parent} and package again.') from error
