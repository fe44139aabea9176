"""A napari plugin to look at images, filters, activations, neurons and scores."""
from napari_viewer.figure import figure
from napari_viewer.show import show

__all__ = ['figure', 'show']
