"""A model's features for every layer of interest in one pass over the images."""
import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from typing import IO

import numpy as np
import psutil
import torch
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_core.supported_data_standards.brainio.stimuli import StimulusSet
from brainscore_vision.model_helpers.activations.core import ActivationsExtractorHelper
from brainscore_vision.model_helpers.activations.pytorch import PytorchWrapper
from brainscore_vision.model_helpers.brain_transformation import ModelCommitment
from brainscore_vision.model_helpers.brain_transformation.neural import LayerMappedModel
from brainscore_vision.model_helpers.brain_transformation.temporal import TemporalAligned
from brainscore_vision.model_interface import BrainModel
from PIL import Image
from tqdm import tqdm

from .commitment import commitment

LARGE_SHARE = .25  # of the memory that is free: what is larger is kept on the disk


def in_memory(layer: str, shape: tuple[int, int], dtype: np.dtype) -> np.ndarray:
    """Room for the features of a layer: memory, or a nameless file mapped into it where they are large."""
    size = int(np.prod(shape)) * dtype.itemsize
    if size <= LARGE_SHARE * psutil.virtual_memory().available:
        return np.empty(shape, dtype)
    with tempfile.TemporaryFile() as file:
        reserve(file, size)
        return np.memmap(file, dtype, 'r+', shape=shape)


def reserve(file: IO[bytes], size: int) -> None:
    """Make a file `size` bytes long, or raise OSError if the disk lacks the room.

    A file with holes would be mapped all the same, and the process killed when the disk is full. What does not fit is
    not even begun: on the way to its end it would take the last of the disk from everybody else.
    """
    # a nameless file has a number for its name and lies in the folder of temporary files
    free = shutil.disk_usage(tempfile.gettempdir() if isinstance(file.name, int) else os.path.dirname(file.name)).free
    if size > free:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(file.name))
    if hasattr(os, 'posix_fallocate'):
        os.posix_fallocate(file.fileno(), 0, size)
    else:
        file.truncate(size)


def layer_features(candidate: BrainModel, stimuli: StimulusSet, region: str, time_bin: tuple[int, int],
                   number_of_trials: int, layers: list[str] | None = None,
                   allocate: Callable[[str, tuple[int, int], np.dtype], np.ndarray] = in_memory
                   ) -> dict[str, NeuroidAssembly]:
    """Show a model the images once and record all layers.

    A :class:`ModelCommitment` of a plain :class:`PytorchWrapper` always answers an image alike, so its features are
    read straight off the network, batch by batch. Any other model, and one whose extractor somebody has hooked, goes
    through `look_at`. The features are the same either way.

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
        Presentations of each image; only models with noise of their own take notice.
    layers : list of str, optional
        Layers to record instead of those that stand for the region; only of a ModelCommitment.
    allocate : callable, optional
        Layer, shape and type -> the array that its features are written to, batch by batch.

    Returns
    -------
    dict of str to NeuroidAssembly
        Layer -> features (presentation, neuroid), one presentation an image, in the order of the map or of `layers`;
        float32, or float64 where the network computes in that.

    Raises
    ------
    ValueError
        If `layers` are asked of a model that is not a ModelCommitment, or the network has no such layer or does not
        use it.
    """
    with _hooks_as_they_were(candidate):
        return _record(candidate, stimuli, region, time_bin, number_of_trials, layers, allocate)


def _record(candidate: BrainModel, stimuli: StimulusSet, region: str, time_bin: tuple[int, int], number_of_trials: int,
            layers: list[str] | None, allocate: Callable[[str, tuple[int, int], np.dtype], np.ndarray]
            ) -> dict[str, NeuroidAssembly]:
    if _layers_can_be_chosen(candidate):
        layers = layers or list(commitment(candidate, region).layers)
        model = candidate.activations_model
        _check_layers(model, layers)
        if _is_plain(model):
            return _read_off(model, stimuli, layers, allocate)
        candidate = TemporalAligned(LayerMappedModel(candidate.identifier, model, {region: layers}))
    elif layers is not None:
        raise ValueError(f'{candidate.identifier} is not a ModelCommitment, so that its layers cannot be recorded one '
                         'by one: score it on the layers it maps to the region.')
    candidate.start_recording(region, time_bins=[time_bin])
    features = candidate.look_at(stimuli, number_of_trials=number_of_trials)
    if 'time_bin' in features.dims:
        features = features.isel(time_bin=0)
    by_layer = _by_layer(features, region)
    return {layer: by_layer[layer] for layer in layers or by_layer}  # Brain-Score orders them as the network runs


@contextlib.contextmanager
def _hooks_as_they_were(candidate: BrainModel) -> Iterator[None]:
    """Take away the hooks that Brain-Score leaves on a network when one of them fails, or all later calls fail, too."""
    network = getattr(getattr(candidate, 'activations_model', None), '_model', None)
    modules = list(network.modules()) if isinstance(network, torch.nn.Module) else []
    before = [set(module._forward_hooks) for module in modules]
    try:
        yield
    except BaseException:
        for module, kept in zip(modules, before):
            for hook in set(module._forward_hooks) - kept:
                del module._forward_hooks[hook]
        raise


def measure_layers(candidate: BrainModel, stimuli: StimulusSet, region: str, time_bin: tuple[int, int],
                   layers: list[str]) -> dict[str, int | Exception]:
    """Show a model the first image, to learn how many features each layer has, or why it cannot be recorded.

    Parameters
    ----------
    candidate, stimuli, region, time_bin, layers
        As of :func:`layer_features`.

    Returns
    -------
    dict of str to int or Exception
        In the order of `layers`.
    """
    first = stimuli.iloc[:1].copy()
    first.stimulus_paths, first.identifier = stimuli.stimulus_paths, None  # without a name nothing is stored

    alone = _layers_can_be_chosen(candidate)

    def measure(few: list[str]) -> dict[str, int]:
        found = layer_features(candidate, first, region, time_bin, 1, few if alone else None)
        return {layer: values.sizes['neuroid'] for layer, values in found.items()}
    try:
        return {layer: size or ValueError('it has no features') for layer, size in measure(layers).items()}
    except Exception as error:  # layers may raise anything
        if len(layers) < 2 or not alone:
            return dict.fromkeys(layers, error)
    measured = {}
    for layer in layers:
        try:
            measured[layer] = measure([layer])[layer] or ValueError('it has no features')
        except Exception as error:
            measured[layer] = error
    return measured


def _layers_can_be_chosen(candidate: BrainModel) -> bool:
    return isinstance(candidate, ModelCommitment) and type(candidate).look_at is ModelCommitment.look_at


def _check_layers(model: object, layers: list[str]) -> None:
    if not isinstance(model, PytorchWrapper):
        return
    for layer in layers:
        try:
            model.get_layer(layer)
        except AssertionError as error:
            known = ', '.join(name for name, _ in model._model.named_modules() if name)
            raise ValueError(f"{model.identifier} has no layer '{layer}'. Its layers: {known}.") from error


def _is_plain(model: object) -> bool:
    """Whether a call of the model does nothing but preprocess images and run the network."""
    extractor = model._extractor
    return (isinstance(model, PytorchWrapper) and type(model).__call__ is PytorchWrapper.__call__
            and type(extractor) is ActivationsExtractorHelper
            and not extractor._batch_activations_hooks and not extractor._stimulus_set_hooks)


def _read_off(model: PytorchWrapper, stimuli: StimulusSet, layers: list[str],
              allocate: Callable[[str, tuple[int, int], np.dtype], np.ndarray]) -> dict[str, NeuroidAssembly]:
    ids = stimuli['stimulus_id'].values
    shown = [str(stimuli.get_stimulus(stimulus_id)) for stimulus_id in ids]
    paths = list(dict.fromkeys(shown))  # one that is repeated is seen once
    extractor = model._extractor
    features = {}
    # one after the other: decoding the next batch in a thread meanwhile has not paid on a CPU
    for start in tqdm(range(0, len(paths), extractor._batch_size), desc=f'{model.identifier} sees', unit='batch',
                      leave=False, disable=None):  # shown on a terminal only
        images = _preprocessed(extractor, paths[start:start + extractor._batch_size])
        activations = extractor.get_activations(images, layers)
        for layer in layers:
            if layer not in activations:
                raise ValueError(f"{model.identifier} has a layer '{layer}', but images do not pass through it.")
            values = activations[layer].reshape(len(activations[layer]), -1)
            if layer not in features:
                dtype = np.result_type(values, np.float32)
                features[layer] = allocate(layer, (len(paths), values.shape[1]), dtype)
            features[layer][start:start + len(values)] = values
    if len(paths) < len(shown):
        row = {path: i for i, path in enumerate(paths)}
        rows = [row[path] for path in shown]
        features = {layer: values[rows] for layer, values in features.items()}
    return {layer: layer_assembly(layer, values, ids) for layer, values in features.items()}


def _preprocessed(extractor: ActivationsExtractorHelper, paths: list[str]) -> np.ndarray | list:
    """Images as the network takes them; ValueError names one that is damaged, which the libraries do not."""
    try:
        return extractor.preprocess(paths)
    except FileNotFoundError:
        raise
    except Exception as error:  # decoders raise whatever they meet
        for path in paths:
            _check_image(path)
        raise error


def _check_image(path: str) -> None:
    try:
        with Image.open(path) as image:
            image.load()
    except Exception as error:
        raise ValueError(f'{path} cannot be read as an image ({error}): package its recording again.') from error


def layer_assembly(layer: str, values: np.ndarray, stimulus_ids: np.ndarray) -> NeuroidAssembly:
    """Features of a layer, (n_images, n_features), as Brain-Score's assembly."""
    return NeuroidAssembly(values, dims=['presentation', 'neuroid'], coords={
        # two coordinates a dimension: xarray turns a single one into the dimension's index
        'stimulus_id': ('presentation', stimulus_ids),
        'presentation_number': ('presentation', np.arange(len(stimulus_ids))),
        'neuroid_num': ('neuroid', np.arange(values.shape[1])),
        'layer': ('neuroid', np.full(values.shape[1], layer))})


def _by_layer(features: NeuroidAssembly, region: str) -> dict[str, NeuroidAssembly]:
    if not hasattr(features, 'layer'):
        return {region: features}
    layers = features['layer'].values
    return {layer: features.isel(neuroid=np.flatnonzero(layers == layer)) for layer in dict.fromkeys(layers)}
