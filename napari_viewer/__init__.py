"""A napari plugin to look at domain images, filters and activations."""
from napari_viewer.show import show

__all__ = ['show']
