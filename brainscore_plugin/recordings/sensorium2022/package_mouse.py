"""Packages one mouse: its trials of the tiers that can be used, its images, and its neurons' reliability."""
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from brainscore_plugin.data.mouse_recordings.layout import packaged
from brainscore_plugin.recordings.brainio_writer import AssemblyWriter, write_stimuli
from brainscore_plugin.recordings.neuron_reliability import mean_reliability
from brainscore_plugin.recordings.packaged_folder import packaged_folder
from brainscore_plugin.recordings.sensorium2022.mice import Mouse
from brainscore_plugin.recordings.sensorium2022.published_mouse import PublishedMouse, open_mouse

PACKAGED_TIERS = ('train', 'validation', 'test')
WINDOW = (50, 550)  # ms: the half second that an image is shown, 50 ms later; one published number for each trial


def package_mouse(mouse: Mouse, place: Path, home: Path | None = None) -> Path:
    """Package one mouse; returns the folder of its files.

    Parameters
    ----------
    mouse : Mouse
    place : pathlib.Path
        Its folder or zip.
    home : pathlib.Path, optional
        Instead of Brain-Score's data home.

    Raises
    ------
    FileNotFoundError, ValueError
        If the published files are not in the published layout, or the test responses are withheld.
    """
    published = open_mouse(place)
    trials = published.trials.rename_axis('trial').reset_index()
    trials = trials[trials['tier'].isin(PACKAGED_TIERS)].reset_index(drop=True)
    trials['repetition'] = trials.groupby('stimulus_id').cumcount()
    _check_tiers(trials, place)
    responses = np.stack([published.responses(trial) for trial in
                          tqdm(trials['trial'], desc=f'{mouse.identifier} responses', unit='trial', disable=None)])
    neurons = _neurons(published, mouse, _reliability(responses, trials, place))
    images = trials.drop_duplicates('stimulus_id')
    recipe = {'source': mouse.folder, 'window_ms': WINDOW,
              'counts': {'neurons': len(neurons), 'images': len(images),
                         'trials': {tier: int((trials['tier'] == tier).sum()) for tier in PACKAGED_TIERS}}}
    with packaged_folder(mouse.identifier, recipe, home) as layout:
        write_stimuli(layout, images[['stimulus_id']].reset_index(drop=True), _images(published, trials, mouse))
        with AssemblyWriter(layout.assembly, trials[['stimulus_id', 'repetition', 'tier']], [WINDOW]) as writer:
            writer.append(responses, neurons)
    return packaged(mouse.identifier, home).directory


def _check_tiers(trials: pd.DataFrame, place: Path) -> None:
    n_trials = trials[trials['tier'] == 'test'].groupby('stimulus_id').size()
    if n_trials.empty or n_trials.min() < 2:
        raise ValueError(f'{place}: ' + ('no trial is of the tier test' if n_trials.empty else
                                         f"the test image '{n_trials.idxmin()}' was shown once") +
                         '; a score is computed on test images that were shown in several trials.')
    mixed = trials.groupby('stimulus_id')['tier'].agg(lambda tiers: 'test' in set(tiers) and len(set(tiers)) > 1)
    if mixed.any():
        raise ValueError(f"{place}: '{mixed.idxmax()}' is both a test image and a training image; expected "
                         'trials to be split by image.')


def _reliability(responses: np.ndarray, trials: pd.DataFrame, place: Path) -> np.ndarray:
    """Split-half reliability of each neuron, from the trials of the test images."""
    test = trials[trials['tier'] == 'test']
    if not responses[test.index].any():
        raise ValueError(f'{place}: all responses to test images are 0, that is, withheld: models cannot be scored on '
                         'a mouse of the competition.')
    images = test['stimulus_id'].astype('category').cat.codes.to_numpy()
    of_image = test.groupby('stimulus_id').cumcount().to_numpy()  # the number of a trial among those of its image
    by_image = np.full((images.max() + 1, of_image.max() + 1, responses.shape[1]), np.nan, np.float32)
    by_image[images, of_image] = responses[test.index]
    return mean_reliability(by_image)


def _neurons(published: PublishedMouse, mouse: Mouse, reliability: np.ndarray) -> pd.DataFrame:
    neurons = published.neurons
    return neurons.assign(
        neuroid_id=[f'{mouse.key}.{unit}' for unit in neurons['unit_id']], animal=mouse.key.split('-')[0],
        session=mouse.key, reliability=reliability)


def _images(published: PublishedMouse, trials: pd.DataFrame, mouse: Mouse) -> Iterator[np.ndarray]:
    """Each image once, after making sure that all of its trials showed the same pixels."""
    shown = trials.groupby('stimulus_id', sort=False)['trial']
    for stimulus_id, of_image in tqdm(shown, desc=f'{mouse.identifier} images', unit='image', disable=None):
        first, *others = of_image
        image = published.image(first)
        for trial in others:
            if not np.array_equal(published.image(trial), image):
                raise ValueError(f"{published.root}: trials {first} and {trial} show different images under the id "
                                 f"'{stimulus_id}'.")
        yield image
