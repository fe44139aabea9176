"""A napari plugin to look at domain images, filters and activations."""
