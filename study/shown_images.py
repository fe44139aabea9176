"""The images that all networks are shown, and the activations that these evoke."""
import numpy as np
from brainscore_core.supported_data_standards.brainio.stimuli import StimulusSet
from brainscore_vision.model_interface import BrainModel
from tqdm import tqdm

from study.models import StudyModel
from study.recordings import FALLBACK, RECORDINGS, Recording

N_SHOWN = 500  # of a recording, drawn at random


def shown_images(recordings: list[Recording], seed: int) -> dict[str, StimulusSet]:
    """Images of the recordings that can be had, at most :data:`N_SHOWN` of each.

    Parameters
    ----------
    recordings : list of Recording
    seed : int
        Of the drawing.

    Returns
    -------
    dict of str to StimulusSet
        Recording -> its images; recordings of the same images are there once. The simulated mouse's scenes where there
        are no others.
    """
    from brainscore_vision import load_benchmark
    shown = {}
    for recording in [*recordings, RECORDINGS[FALLBACK]]:
        if recording.name == FALLBACK and shown and recording not in recordings:
            continue  # only wanted where there are no others
        try:
            images = load_benchmark(recording.benchmarks[0]).recordings.attrs['stimulus_set']
        except Exception:  # plugins may raise anything; the scores say what is missing
            continue
        if not any(set(other['stimulus_id']) == set(images['stimulus_id']) for other in shown.values()):
            shown[recording.identifier] = _draw(images, seed)
    return shown


def record_activations(networks: dict[StudyModel, BrainModel],
                       images: StimulusSet) -> tuple[dict[str, dict[str, np.ndarray]], dict[str, str]]:
    """Activations of every layer of networks by the same images.

    Parameters
    ----------
    networks : dict of StudyModel to BrainModel
    images : StimulusSet

    Returns
    -------
    activations : dict of str to dict of str to numpy.ndarray, shape (n_images, n_features)
        Label of the model -> layer -> activations.
    failures : dict of str to str
        Identifier of a model that could not be shown the images -> its error.
    """
    from brainscore_vision.benchmarks.mouse_predictivity.activations import layer_features
    activations, failures = {}, {}
    for model, network in tqdm(networks.items(), desc='showing images', unit='model', leave=False, disable=None):
        try:
            layers = layer_features(network, images, 'VISp', (0, 250), number_of_trials=1)
        except Exception as error:  # models may raise anything
            failures[model.identifier] = str(error)
            continue
        activations[model.label] = {layer: values.values for layer, values in layers.items()}
    return activations, failures


def _draw(images: StimulusSet, seed: int) -> StimulusSet:
    rows = np.sort(np.random.default_rng(seed).permutation(len(images))[:N_SHOWN])
    drawn = images.iloc[rows].copy()
    drawn.stimulus_paths, drawn.identifier = images.stimulus_paths, None
    return drawn
