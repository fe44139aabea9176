"""A model's features for every layer of interest in one pass over the stimuli."""
import numpy as np
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_core.supported_data_standards.brainio.stimuli import StimulusSet
from brainscore_vision.model_helpers.brain_transformation import ModelCommitment
from brainscore_vision.model_interface import BrainModel
from tqdm import tqdm

BATCH_SIZE = 64


def layer_features(candidate: BrainModel, stimuli: StimulusSet, region: str, time_bin: tuple, number_of_trials: int,
                   layers: list = None) -> dict:
    """Show a model the stimuli once and record all layers.

    A :class:`ModelCommitment` is a network that answers a picture always alike, so its features are read straight off
    the network, batch by batch. Any other model, and one whose extractor somebody has hooked, goes through `look_at`.

    Parameters
    ----------
    candidate : BrainModel
        The model.
    stimuli : StimulusSet
        Shown as they are, filling the field of view.
    region : str
        Region of the model to record.
    time_bin : (int, int)
        Window in ms.
    number_of_trials : int
        Presentations of each stimulus; only models with noise of their own take notice.
    layers : list of str, optional
        Layers to record instead of those that the model maps to the region; only of a ModelCommitment.

    Returns
    -------
    dict of str to NeuroidAssembly
        Layer -> features (presentation, neuroid), in the order of the map or of `layers`.

    Raises
    ------
    ValueError
        If `layers` are asked of a model that is not a ModelCommitment.
    """
    if isinstance(candidate, ModelCommitment):
        if layers is None:
            mapped = candidate.layer_model.region_layer_map[region]
            layers = [mapped] if isinstance(mapped, str) else list(mapped)
        if not _is_hooked(candidate.activations_model):
            return _read_off(candidate.activations_model, stimuli, layers)
        return _by_layer(candidate.activations_model(stimuli, layers=layers), region)
    if layers is not None:
        raise ValueError(f'{candidate.identifier} is no ModelCommitment, so its layers cannot be recorded one by one: '
                         'score it on the layers it maps to the region.')
    candidate.start_recording(region, time_bins=[time_bin])
    features = candidate.look_at(stimuli, number_of_trials=number_of_trials)
    if 'time_bin' in features.dims:
        features = features.isel(time_bin=0)
    return _by_layer(features, region)


def _is_hooked(activations_model) -> bool:
    extractor = activations_model._extractor
    return bool(extractor._batch_activations_hooks or extractor._stimulus_set_hooks)


def _read_off(activations_model, stimuli: StimulusSet, layers: list) -> dict:
    paths = [str(stimuli.get_stimulus(stimulus_id)) for stimulus_id in stimuli['stimulus_id']]
    features = {}
    for start in tqdm(range(0, len(paths), BATCH_SIZE), desc=f'{activations_model.identifier} sees',
                      unit='batch', leave=False):
        images = activations_model._extractor.preprocess(paths[start:start + BATCH_SIZE])
        for layer, values in activations_model.get_activations(images, layers).items():
            if layer not in features:
                features[layer] = np.empty((len(paths), values[0].size), values.dtype)
            features[layer][start:start + len(values)] = values.reshape(len(values), -1)
    ids = stimuli['stimulus_id'].values
    return {layer: NeuroidAssembly(features[layer], dims=['presentation', 'neuroid'], coords={
        # two coordinates a dimension: xarray turns a single one into the dimension's index
        'stimulus_id': ('presentation', ids), 'presentation_number': ('presentation', np.arange(len(ids))),
        'neuroid_num': ('neuroid', np.arange(features[layer].shape[1])),
        'layer': ('neuroid', np.full(features[layer].shape[1], layer))}) for layer in layers}


def _by_layer(features: NeuroidAssembly, region: str) -> dict:
    if not hasattr(features, 'layer'):
        return {region: features}
    layers = features['layer'].values
    return {layer: features.isel(neuroid=np.flatnonzero(layers == layer)) for layer in dict.fromkeys(layers)}
