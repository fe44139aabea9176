"""Any network by its name: a BrainModel of torchvision's, timm's or a Python file's, without a plugin of its own."""
from .named_model import load_model
from .network_name import NetworkName, is_network_name

__all__ = ['NetworkName', 'is_network_name', 'load_model']
