"""Networks from anywhere: shipped models, linked Brain-Score models, files of weights, modules made in Python.

PyTorch is imported when features are computed, not before: the filters of a file of weights are read without it.
"""
import contextlib
import functools
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from napari_viewer.core.software_gl import keep_triton_out
from training.backbone import CONVOLUTIONS, IMAGENET_MEAN, IMAGENET_STD, first_filters, read_weights, trunk

OWN_SIZE, USUAL_SIZE = 64, 224  # px, of this project's models and of what a network of unknown origin is trained with
WEIGHTS = ('.safetensors',)
CHECKPOINTS = ('.ckpt', '.pt', '.pth')
BATCH = 32  # images at a time
_ONE_THREAD = threading.Lock()


class Network:
    """The convolutions of a network: its first-layer filters, and the feature maps of each layer.

    Parameters
    ----------
    name : str
        Its identifier; titles leave out the prefix of this project's models.
    origin : str
        Identifier or file.
    load_module : callable
        () -> (torch.nn.Module, dict of layer name to the submodule whose output is shown).
    input_size : int
        Width and height in pixels that images are resized to.
    mean, std : tuple of float
        Of the red, green and blue of inputs, which are normalised by them.
    load_filters : callable, optional
        () -> filters, where they can be read without loading the whole network.
    """

    def __init__(self, name: str, origin: str, load_module: Callable[[], tuple], input_size: int = OWN_SIZE,
                 mean: tuple[float, ...] = IMAGENET_MEAN, std: tuple[float, ...] = IMAGENET_STD,
                 load_filters: Callable[[], np.ndarray] | None = None):
        self.identifier, self.name = name, name.removeprefix('alexnet64_').removeprefix('simclr_')
        self.origin, self.input_size = origin, input_size
        self._mean, self._std = (np.array(values, np.float32)[:, None, None] for values in (mean, std))
        self._load_module, self._load_filters = load_module, load_filters
        self._lock = threading.Lock()
        self.gabors = None
        self.better_than_noise = None  # whether each filter is fitted better than noise is, once they are fitted

    @functools.cached_property
    def filters(self) -> np.ndarray:
        """Weights of the first convolution, float32 (n, channels, height, width)."""
        if self._load_filters is not None:
            return self._load_filters()
        return first_filters(self._recorded[0])

    def fit_gabors(self) -> pd.DataFrame:
        """Gabor fits of the filters, see :func:`study.gabor_fit.fit_gabors`; kept as `gabors`."""
        from study.gabor_fit import fit_gabors
        from study.noise_threshold import gabor_like, noise_threshold
        if self.gabors is None:
            fits = fit_gabors(self.filters)
            threshold = noise_threshold(self.filters.shape[-1], self.filters.shape[1])
            self.better_than_noise = gabor_like(fits, threshold)
            self.gabors = fits
        return self.gabors

    @property
    def layers(self) -> list[str]:
        """Names of the layers, in order."""
        return list(self._recorded[1])

    def maps(self, images: np.ndarray) -> dict[str, np.ndarray]:
        """Feature maps of every layer.

        Parameters
        ----------
        images : numpy.ndarray, uint8 (n, input_size, input_size, 3)

        Returns
        -------
        dict of str to numpy.ndarray
            Layer -> float32 (n, channels, height, width), after the layer's rectification where it has one.
        """
        import torch
        module, recorded = self._recorded
        found, inputs = {}, torch.from_numpy(self.normalised(images)).to(_device(module), _dtype(module))
        with self._lock, torch.inference_mode(), one_thread(), _evaluating(module):
            handles = [submodule.register_forward_hook(functools.partial(_keep, found, layer))
                       for layer, submodule in recorded.items()]
            try:
                module(_in_channels(inputs, self.filters.shape[1], self.name))
            finally:
                for handle in handles:
                    handle.remove()
        return {layer: found[layer].cpu().float().numpy() for layer in recorded if layer in found}

    def features(self, images: np.ndarray, layer: str) -> np.ndarray:
        """A layer's features as a metric takes them, float32 (n, channels * height * width), batch by batch."""
        batches = [self.maps(images[start:start + BATCH])[layer] for start in range(0, len(images), BATCH)]
        return np.concatenate([maps.reshape(len(maps), -1) for maps in batches])

    def gradient(self, images: np.ndarray, layer: str, weights: np.ndarray) -> np.ndarray:
        """What a weighted sum of a layer's features responds to, pixel by pixel: its gradient, mean over images.

        Parameters
        ----------
        images : numpy.ndarray, uint8 (n, input_size, input_size, 3)
            Around which the network is linearised; where a rectification is off, nothing passes.
        layer : str
        weights : numpy.ndarray, (channels, height, width)

        Returns
        -------
        numpy.ndarray, float32 (input_size, input_size, 3)
            For a change of a pixel from 0 to 1.
        """
        import torch
        total = np.zeros(images.shape[1:], np.float32)
        for start in range(0, len(images), BATCH):
            inputs = torch.from_numpy(np.ascontiguousarray(images[start:start + BATCH].transpose(0, 3, 1, 2)))
            inputs = (inputs.float() / 255).requires_grad_()
            with self.differentiable(layer) as maps:
                readout = (maps(inputs) * torch.as_tensor(weights)).sum()
                gradient, = torch.autograd.grad(readout, inputs)
            total += gradient.sum(dim=0).permute(1, 2, 0).numpy()
        return total / len(images)

    @contextlib.contextmanager
    def differentiable(self, layer: str) -> Iterator[Callable]:
        """A function from images, tensors (n, 3, height, width) from 0 to 1, to a layer's maps, to differentiate."""
        import torch
        module, recorded = self._recorded
        mean, std = torch.from_numpy(self._mean), torch.from_numpy(self._std)

        def maps(images):
            found = {}
            handle = recorded[layer].register_forward_hook(functools.partial(_keep, found, layer))
            try:
                inputs = ((images - mean) / std).to(_device(module), _dtype(module))
                module(_in_channels(inputs, self.filters.shape[1], self.name))
            finally:
                handle.remove()
            return found[layer].float().cpu()

        with self._lock, torch.enable_grad(), one_thread(), _evaluating(module):
            yield maps

    def normalised(self, images: np.ndarray) -> np.ndarray:
        """What the network is given for images, float32 (n, 3, height, width)."""
        inputs = images.transpose(0, 3, 1, 2).astype(np.float32) / 255
        return np.ascontiguousarray((inputs - self._mean) / self._std)

    @functools.cached_property
    def _recorded(self) -> tuple:
        keep_triton_out()
        module, recorded = self._load_module()
        if not recorded:
            raise ValueError(f"'{self.name}' has no convolutional layer, so it has no filters or feature maps to show: "
                             'choose a model with Conv2d layers, such as alexnet64_untrained.')
        return module, recorded


def identifiers() -> list[str]:
    """Identifiers of this project's models, trained ones first."""
    from brainscore_plugin.link import plugins
    own = [identifier for plugin in plugins() if plugin.type == 'models' for identifier in plugin.identifiers]
    return sorted(own, key=lambda identifier: (not identifier.startswith('alexnet64_simclr'), own.index(identifier)))


def open_network(source) -> Network:
    """A network by what the user names it by.

    Parameters
    ----------
    source : str, pathlib.Path, torch.nn.Module or Network
        Identifier of a linked Brain-Score model; a safetensors backbone; the folder or a checkpoint of a training run;
        a published checkpoint; or a module.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    LookupError
        If Brain-Score has no such model.
    ValueError
        If the file does not hold weights, or the network has no convolutional layer.
    """
    if isinstance(source, Network):
        return source
    keep_triton_out()
    if not isinstance(source, (str, Path)):
        return from_module(source)
    path = Path(source).expanduser()
    if path.suffix in WEIGHTS + CHECKPOINTS or path.is_dir():
        return from_file(path)
    if path.is_file():
        raise ValueError(f"{path} is not a file of weights: choose a '.safetensors' backbone or a "
                         "checkpoint ('.ckpt', '.pt', '.pth').")
    shipped = shipped_weights() / f'{source}.safetensors'
    return from_file(shipped) if shipped.is_file() else from_identifier(str(source))


def from_file(path: Path) -> Network:
    """A backbone of AlexNet from a file of weights, see :func:`open_network`."""
    name = path.stem
    if path.is_dir():  # of a training run
        name, path = path.name, path / 'checkpoints' / 'last.ckpt'
    if not path.is_file():
        raise FileNotFoundError(f"No weights at {path}: choose a '.safetensors' file, a checkpoint, or the folder of a "
                                "training run, which 'brainscore-mouse train' makes.")
    if path.suffix in WEIGHTS:
        network = Network(name, str(path), lambda: _alexnet(read_weights(path)),
                          load_filters=functools.partial(first_filters, path))
    else:
        from training.checkpoint import read_checkpoint
        weights = read_checkpoint(path)
        if path.parent.name == 'checkpoints':
            name = path.parent.parent.name
        network = Network(name, str(path), lambda: _alexnet(weights),
                          load_filters=functools.partial(first_filters, weights))
    network.filters  # noqa: B018  raises for a wrong file now, not when it is drawn
    return network


def from_identifier(identifier: str) -> Network:
    """The network of a linked Brain-Score model."""
    from brainscore_vision import load_model
    try:
        model = load_model(identifier)
    except (AssertionError, LookupError, ImportError, OSError, ValueError) as error:
        if isinstance(error, AssertionError) or 'No registrations' in str(error):
            raise LookupError(f"Brain-Score has no model '{identifier}': 'brainscore-mouse status' lists this "
                              "project's, 'brainscore-mouse link' makes them visible.") from error
        raise
    wrapper = getattr(model, 'activations_model', model)
    module = getattr(wrapper, '_model', None)
    preprocessing = getattr(getattr(wrapper, '_extractor', wrapper), 'preprocess', None)
    given = getattr(preprocessing, 'keywords', {})
    return from_module(module, identifier, given.get('image_size', getattr(wrapper, 'image_size', USUAL_SIZE)),
                       given.get('normalize_mean', IMAGENET_MEAN), given.get('normalize_std', IMAGENET_STD),
                       getattr(model, 'layers', None))


def from_module(module, name: str | None = None, input_size: int = USUAL_SIZE,
                mean: tuple[float, ...] = IMAGENET_MEAN, std: tuple[float, ...] = IMAGENET_STD,
                declared: list[str] | None = None) -> Network:
    """A torch.nn.Module as a network; `declared` names the layers to show, where they are convolutional."""
    import torch
    name = name or type(module).__name__
    if not isinstance(module, torch.nn.Module):
        raise ValueError(f"'{name}' is not a PyTorch network but a {type(module).__name__}, so it has no filters or "
                         'feature maps to show: choose a model with Conv2d layers, such as alexnet64_untrained.')
    network = Network(name, name, lambda: (module, convolutional_layers(module, declared)), input_size, mean, std)
    network.filters  # noqa: B018  raises for a network without convolutions now
    return network


def convolutional_layers(module, declared: list[str] | None = None) -> dict:
    """Submodules whose outputs are feature maps, by name.

    A convolution that is followed by a rectification in the same sequence is shown after it.

    Parameters
    ----------
    module : torch.nn.Module
    declared : list of str, optional
        Names of submodules; only those that hold a convolution are taken.
    """
    from torch import nn
    by_name = dict(module.named_modules())
    named = [name for name in declared or [] if name in by_name
             and any(isinstance(part, nn.Conv2d) for part in by_name[name].modules())]
    if named:
        return {name: by_name[name] for name in named}
    layers = {}
    for name, part in by_name.items():
        if isinstance(part, nn.Conv2d):
            parent = by_name[name.rpartition('.')[0]]
            siblings = list(parent) if isinstance(parent, nn.Sequential) else [part]
            following = siblings[next(k for k, sibling in enumerate(siblings) if sibling is part) + 1:][:1]
            rectified = following and isinstance(following[0], (nn.ReLU, nn.ReLU6, nn.GELU, nn.SiLU, nn.LeakyReLU))
            layers[name or 'conv'] = following[0] if rectified else part
    return layers


@contextlib.contextmanager
def one_thread():
    """One thread for PyTorch: single images are no faster with more, and much slower where a core is busy."""
    import torch
    with _ONE_THREAD:
        before = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            yield
        finally:
            torch.set_num_threads(before)


def _keep(found: dict, layer: str, module, inputs, output) -> None:
    if output.ndim == 4:
        found[layer] = output.clone()  # a rectification in place may follow


def _device(module):
    return next((parameter.device for parameter in module.parameters()), 'cpu')


def _dtype(module):
    import torch
    return next((parameter.dtype for parameter in module.parameters() if parameter.is_floating_point()), torch.float32)


def _in_channels(inputs, channels: int, name: str):
    """Colour images as a network takes them; one channel is their mean."""
    if channels == 3:
        return inputs
    if channels == 1:
        return inputs.mean(dim=1, keepdim=True)
    raise ValueError(f"'{name}' takes images of {channels} channels; the viewer has images of 3, or 1 for grey: choose "
                     'a model of colour or grey images.')


@contextlib.contextmanager
def _evaluating(module):
    """Evaluation mode for a while: the module may be its owner's, in training."""
    training = [part for part in module.modules() if part.training]
    module.eval()
    try:
        yield
    finally:
        for part in training:
            part.training = True


def shipped_weights() -> Path:
    """The folder of the weights that this project ships."""
    import brainscore_plugin
    return Path(brainscore_plugin.__file__).parent / 'models' / 'alexnet64' / 'weights'


def _alexnet(weights: dict) -> tuple:
    features = trunk(weights)
    return features, {layer: features[index + 1] for layer, index in CONVOLUTIONS.items()}
