"""Packages the fields of view: the repeated images, which are also part of this repository, and the training images."""
from pathlib import Path

import netCDF4
import numpy as np
import pandas as pd

from brainscore_plugin.data.mouse_recordings.layout import Layout, packaged
from brainscore_plugin.recordings.antolik2016 import IDENTIFIER
from brainscore_plugin.recordings.antolik2016.supplement import FIELDS, Field, read_field
from brainscore_plugin.recordings.brainio_writer import AssemblyWriter, write_stimuli
from brainscore_plugin.recordings.neuron_reliability import mean_reliability
from brainscore_plugin.recordings.packaged_folder import packaged_folder

TRAINING = f'{IDENTIFIER}.training'
WINDOW = (0, 500)  # ms: an image was shown for 500 ms; one published number for each presentation
TERMS = {
    'title': 'Antolik, Hofer, Bednar, Mrsic-Flogel (2016): Model Constrained by Visual Hierarchy Improves Prediction '
             'of Neural Responses to Natural Scenes, PLoS Computational Biology 12(6): e1004927',
    'doi': '10.1371/journal.pcbi.1004927',
    'license': 'CC BY 4.0, https://creativecommons.org/licenses/by/4.0/',
    'source': 'supporting information S1 of the article',
    'changes': 'responses rounded to 32 bits and arranged as presentation x neuroid x time_bin; images as 8-bit PNGs; '
               "neurons and images named; each neuron's split-half reliability added",
}


def package_fields(supplement: Path, home: Path | None = None) -> list[Path]:
    """Write `Antolik2016` and, where the supplement has the training images, `Antolik2016.training`.

    Parameters
    ----------
    supplement : pathlib.Path
        See :func:`.supplement.read_field`.
    home : pathlib.Path, optional
        Instead of Brain-Score's data home.

    Returns
    -------
    list of pathlib.Path
        The folders written.

    Raises
    ------
    FileNotFoundError, ValueError
        If the files are not those of the supplement.
    """
    fields = [read_field(supplement, name) for name in FIELDS]
    names = _name_images([field.images for field in fields], 'antolik2016')
    written = [_package(IDENTIFIER, fields, _repeated(fields, names), names, home)]
    if all(field.training_images is not None for field in fields):
        training, counts = _without(fields, names)
        more = _name_images([field.training_images for field in training], 'antolik2016_training')
        written.append(_package(TRAINING, training, _single(training, more), {**names, **more}, home,
                                {'presentations_of_test_images_left_out': counts}))
    return written


def _name_images(images: list[np.ndarray], prefix: str) -> dict[bytes, str]:
    """An id for each different image, in the order of their first appearance."""
    different = dict.fromkeys(image.tobytes() for of_field in images for image in of_field)
    return {image: f'{prefix}_{number:04d}' for number, image in enumerate(different)}


def _without(fields: list[Field], names: dict[bytes, str]) -> tuple[list[Field], int]:
    """The fields without training presentations of images that are scored on, and how many these were."""
    kept = [np.array([image.tobytes() not in names for image in field.training_images]) for field in fields]
    return ([Field(field.name, field.images, field.responses, field.training_images[mask],
                   field.training_responses[mask]) for field, mask in zip(fields, kept)],
            int(sum((~mask).sum() for mask in kept)))


def _repeated(fields: list[Field], names: dict[bytes, str]) -> tuple[pd.DataFrame, list[np.ndarray]]:
    """Presentations, image by image, and each field's responses to these: NaN where there are none."""
    n_trials = max(field.responses.shape[1] for field in fields)
    table = pd.DataFrame({'stimulus_id': np.repeat(np.array(list(names.values()), object), n_trials),
                          'repetition': np.tile(np.arange(n_trials), len(names))})
    row, values = {image: i for i, image in enumerate(names)}, []
    for field in fields:
        of_field = np.full((len(names), n_trials, field.responses.shape[2]), np.nan)
        rows = [row[image.tobytes()] for image in field.images]
        of_field[rows, :field.responses.shape[1]] = field.responses
        values.append(of_field.reshape(len(table), -1))
    return table, values


def _single(fields: list[Field], names: dict[bytes, str]) -> tuple[pd.DataFrame, list[np.ndarray]]:
    """The same for the training images: one field's presentations after another's."""
    tables = [pd.DataFrame({'stimulus_id': [names[image.tobytes()] for image in field.training_images],
                            'session': field.name}) for field in fields]
    tables = [table.assign(repetition=table.groupby('stimulus_id').cumcount()) for table in tables]
    table = pd.concat(tables, ignore_index=True)
    values = []
    for field in fields:
        of_field = np.full((len(table), field.responses.shape[2]), np.nan)
        of_field[table['session'] == field.name] = field.training_responses
        values.append(of_field)
    return table.rename(columns={'session': 'shown_to'}), values


def _package(identifier: str, fields: list[Field], presented: tuple[pd.DataFrame, list[np.ndarray]],
             names: dict[bytes, str], home: Path | None, counts: dict | None = None) -> Path:
    presentations, values = presented
    side = fields[0].images.shape[1:]
    recipe = {**TERMS, 'window_ms': WINDOW, 'counts': {
        'images': len(names), 'neurons': {field.name: field.responses.shape[2] for field in fields},
        'trials': {field.name: field.responses.shape[1] for field in fields}, **(counts or {})}}
    with packaged_folder(identifier, recipe, home) as layout:
        table = pd.DataFrame({'stimulus_id': list(names.values()), 'doi': TERMS['doi'], 'license': TERMS['license']})
        write_stimuli(layout, table, (np.frombuffer(image, np.uint8).reshape(side) for image in names), TERMS)
        layout.stimuli_zip.unlink()  # it would hold the images a second time
        with AssemblyWriter(layout.assembly, presentations, [WINDOW]) as writer:
            for field, responses in zip(fields, values):
                writer.append(responses, _neurons(field))
        _sign(layout)
    return packaged(identifier, home).directory


def _neurons(field: Field) -> pd.DataFrame:
    n_neurons = field.responses.shape[2]
    return pd.DataFrame({
        'neuroid_id': [f'{field.name}.{i:03d}' for i in range(n_neurons)],
        # metrics take neurons together by animal; which of the two mice a field is of is not published
        'animal': field.name, 'session': field.name, 'region': 'VISp', 'layer': '2/3',
        'reliability': mean_reliability(field.responses)})


def _sign(layout: Layout) -> None:
    """Say in the assembly whose it is, and what was changed."""
    with netCDF4.Dataset(layout.assembly, 'a') as file:
        file.setncatts(TERMS)
