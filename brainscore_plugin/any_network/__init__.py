"""Any network by its name: found in torchvision, timm or a Python file, and a BrainModel without a plugin of its own."""
from .named_model import load_model
from .network_name import NetworkName, is_network_name

__all__ = ['NetworkName', 'is_network_name', 'load_model']
