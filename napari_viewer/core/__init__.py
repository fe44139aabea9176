"""What the viewer shows, as arrays and tables; knows nothing of Qt and napari."""
