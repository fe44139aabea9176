"""How strongly a layer of several models responds to images, as a figure."""
import numpy as np

from napari_viewer.core.dock_figure import FAINT, GROUND, PALETTE, as_array, dock_figure, styled


@styled
def norms_figure(norms: dict[str, np.ndarray], layer: str, image: int | None) -> np.ndarray:
    """Distribution of activation norms over the images, a box a model (Prasad et al. 2022, Fig. 3).

    Parameters
    ----------
    norms : dict of str to numpy.ndarray
        Model -> norm of the layer's activation by each image; NaN where there is none.
    layer : str
    image : int or None
        Number of the image that is marked.
    """
    figure = dock_figure(.8 + .14 * len(norms))
    ax = figure.subplots()
    known = {name: values[np.isfinite(values)] for name, values in norms.items()}
    for row, ((name, values), colour) in enumerate(zip(known.items(), PALETTE * len(known))):
        ax.boxplot(values, positions=[row], orientation='horizontal', widths=.6, patch_artist=True,
                   boxprops={'facecolor': colour, 'edgecolor': FAINT}, medianprops={'color': GROUND},
                   whiskerprops={'color': FAINT}, capprops={'color': FAINT},
                   flierprops={'marker': '.', 'markersize': 2, 'markeredgecolor': FAINT})
        if image is not None and np.isfinite(norms[name][image]):
            ax.plot(norms[name][image], row, 'D', ms=4, color='white', markeredgecolor='black')
    n = max(len(values) for values in known.values())
    ax.set_yticks(range(len(known)), known)
    ax.invert_yaxis()
    ax.set_title(f'norms in {layer} of {n} images; diamond: image {image}')
    return as_array(figure)
