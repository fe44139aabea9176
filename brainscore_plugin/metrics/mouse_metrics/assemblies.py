"""From Brain-Score's assemblies to arrays, and from values to Brain-Score's scores."""
from collections.abc import Iterator, Sequence

import numpy as np
from brainscore_core.metrics import Score
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly


def images_by_trials(assembly: NeuroidAssembly) -> tuple[np.ndarray, np.ndarray]:
    """Single trials as an array.

    Parameters
    ----------
    assembly : NeuroidAssembly, (presentation, neuroid)
        Coordinates stimulus_id and repetition.

    Returns
    -------
    responses : numpy.ndarray, float, shape (n_images, n_trials, n_neurons)
        Ordered by stimulus_id and repetition; NaN where an image lacks a trial.
    stimulus_ids : numpy.ndarray, shape (n_images,)

    Raises
    ------
    ValueError
        If an image has two trials of the same number.
    """
    ids, images = np.unique(assembly['stimulus_id'].values, return_inverse=True)
    repetitions, trials = np.unique(assembly['repetition'].values, return_inverse=True)
    shown = np.bincount(images * len(repetitions) + trials)
    if shown.max() > 1:
        image, trial = divmod(shown.argmax(), len(repetitions))
        raise ValueError(f"{shown.max()} trials of '{ids[image]}' have the number {repetitions[trial]} in the "
                         'coordinate repetition: number the trials of each image, and give the images of different '
                         'sessions different ids.')
    values = assembly.transpose('presentation', 'neuroid').values
    responses = np.full((len(ids), len(repetitions), values.shape[1]), np.nan, np.result_type(values, np.float32))
    responses[images, trials] = values
    return responses, ids


def trials_by_animal(assembly: NeuroidAssembly) -> Iterator[tuple[str, NeuroidAssembly]]:
    """Name and trials of every animal, in the order of their first neurons, without the images it was not shown.

    Parameters
    ----------
    assembly : NeuroidAssembly, (presentation, neuroid)
        Coordinate animal; NaN where an image was not shown to an animal.

    Yields
    ------
    name : str
    trials : NeuroidAssembly, (presentation, neuroid)
    """
    assembly = assembly.transpose('presentation', 'neuroid')
    animals = assembly['animal'].values
    for name in dict.fromkeys(animals):
        own = assembly.isel(neuroid=np.flatnonzero(animals == name))
        yield name, own.isel(presentation=np.flatnonzero(np.isfinite(own.values).any(axis=1)))


def feature_rows(source: NeuroidAssembly, stimulus_ids: Sequence[str]) -> np.ndarray:
    """The features of images, averaged where a model answers one image repeatedly.

    Parameters
    ----------
    source : NeuroidAssembly, (presentation, neuroid)
        Coordinate stimulus_id.
    stimulus_ids : sequence of str
        The images, in the order that is wanted.

    Returns
    -------
    numpy.ndarray, shape (n_images, n_features)

    Raises
    ------
    ValueError
        If the features of an image are missing.
    """
    values = source.transpose('presentation', 'neuroid').values
    found = {}
    for row, stimulus_id in enumerate(source['stimulus_id'].values):
        found.setdefault(stimulus_id, []).append(row)
    missing = [stimulus_id for stimulus_id in stimulus_ids if stimulus_id not in found]
    if missing:
        raise ValueError(f"The features lack {len(missing)} of {len(stimulus_ids)} images, first '{missing[0]}': "
                         'show the model every image of the recordings.')
    if all(len(found[stimulus_id]) == 1 for stimulus_id in stimulus_ids):
        rows = [found[stimulus_id][0] for stimulus_id in stimulus_ids]
        return values if rows == list(range(len(values))) else values[rows]  # no copy of what may be large
    return np.stack([values[found[stimulus_id]].mean(axis=0) for stimulus_id in stimulus_ids])


def with_raw(value: float, raw: Score) -> Score:
    """A score with the values that it summarises in its attribute raw."""
    score = Score(value)
    score.attrs[Score.RAW_VALUES_KEY] = raw
    return score
