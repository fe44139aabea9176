"""A channel's preferred image beside the receptive field of its middle unit, as a figure."""
import numpy as np

from napari_viewer.core.dock_figure import accent, as_array, dock_figure, styled


@styled
def unit_figure(preferred: np.ndarray, field: np.ndarray, title: str) -> np.ndarray:
    """Preferred image and receptive field; uint8 (height, width, 3).

    Parameters
    ----------
    preferred : numpy.ndarray, uint8 (size, size, 3)
    field : numpy.ndarray, (size, size)
    title : str
        Model, layer and channel.
    """
    figure = dock_figure(2.3)
    figure.suptitle(title, fontsize=8.5)
    left, right = figure.subplots(1, 2)
    left.imshow(preferred)
    right.imshow(field, cmap='magma')
    rows, columns = np.nonzero(field > 0)
    extent = 'no pixel moves it'
    if rows.size:
        extent = f'{np.ptp(columns) + 1} x {np.ptp(rows) + 1} of {field.shape[1]} x {field.shape[0]} pixels'
        for ax in (left, right):
            ax.plot(columns.min() + np.array([0, 1, 1, 0, 0]) * np.ptp(columns),
                    rows.min() + np.array([0, 0, 1, 1, 0]) * np.ptp(rows), color=accent(), lw=1)
    left.set_title('drives its map most')
    right.set_title('field of its middle unit')
    right.set_xlabel(extent)
    for ax in (left, right):
        ax.set(xticks=[], yticks=[])
    return as_array(figure)
