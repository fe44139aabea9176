"""What a channel responds to: the image that drives it most, made by gradient ascent, and its field in the image."""
from collections.abc import Iterator

import numpy as np

from napari_viewer.core.networks import Network

STEPS = 96
RATE = .05  # of Adam
SHIFT = 4  # px that the image is moved by at random in each step, against patterns of single pixels
SMOOTHING = 1.  # px, standard deviation of the blur of gradients, against high frequencies
PROBES = 8  # images of noise that a field is measured with


def preferred_image(network: Network, layer: str, channel: int, seed: int = 0) -> Iterator[np.ndarray]:
    """Activation maximisation (Erhan et al. 2009), regularised by shifts and smooth gradients (Olah et al. 2017).

    Parameters
    ----------
    network : Network
    layer : str
    channel : int
        The mean of whose map is maximised.
    seed : int
        Of the noise that it begins with, and of the shifts.

    Yields
    ------
    numpy.ndarray, uint8 (input_size, input_size, 3)
        After each of :data:`STEPS` steps.
    """
    import torch
    from scipy.ndimage import gaussian_filter
    rng, size = np.random.default_rng(seed), network.input_size
    logits = torch.from_numpy(.1 * rng.standard_normal((1, 3, size, size)).astype(np.float32)).requires_grad_()
    optimiser = torch.optim.Adam([logits], RATE)
    for _ in range(STEPS):
        shift = tuple(rng.integers(-SHIFT, SHIFT + 1, 2))
        with network.differentiable(layer) as maps:  # step by step: others may look at the network in between
            response = maps(torch.sigmoid(torch.roll(logits, shift, (2, 3))))[0, channel].mean()
            gradient, = torch.autograd.grad(-response, logits)
        smooth = gaussian_filter(gradient.numpy(), (0, 0, SMOOTHING, SMOOTHING))
        logits.grad = torch.from_numpy(smooth / (np.abs(smooth).max() or 1))
        optimiser.step()
        image = torch.sigmoid(logits.detach())[0].permute(1, 2, 0).numpy()
        yield np.rint(255 * image).astype(np.uint8)


def receptive_field(network: Network, layer: str, channel: int) -> np.ndarray:
    """How much each pixel moves the unit in the middle of a channel's map: mean absolute gradient over images of noise.

    Parameters
    ----------
    network, layer, channel
        As of :func:`preferred_image`.

    Returns
    -------
    numpy.ndarray, float32 (input_size, input_size)
        0 outside of the field.
    """
    size = network.input_size
    images = np.random.default_rng(0).integers(0, 256, (PROBES, size, size, 3), dtype=np.uint8)
    shape = network.maps(images[:1])[layer].shape[1:]
    weights = np.zeros(shape, np.float32)
    weights[channel, shape[1] // 2, shape[2] // 2] = 1
    gradients = [network.gradient(images[k:k + 1], layer, weights) for k in range(PROBES)]
    return np.mean([np.abs(gradient).sum(axis=2) for gradient in gradients], axis=0)
