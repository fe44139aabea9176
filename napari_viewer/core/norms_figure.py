"""How strongly a layer of several models responds to images, as a figure."""
import numpy as np

from napari_viewer.core.dock_figure import as_array, dock_figure, faint, styled
from napari_viewer.core.model_style import model_style
from napari_viewer.core.theme import as_hex, theme


@styled
def norms_figure(norms: dict[str, np.ndarray], layer: str, image: int | None,
                 identifiers: dict[str, str] | None = None) -> np.ndarray:
    """Distribution of activation norms over the images, a box a model (Prasad et al. 2022, Fig. 3).

    Parameters
    ----------
    norms : dict of str to numpy.ndarray
        Model -> norm of the layer's activation by each image; NaN where there is none.
    layer : str
    image : int or None
        Number of the image that is marked.
    identifiers : dict of str to str, optional
        Model -> its identifier, which its colour goes by.
    """
    figure = dock_figure(.9 + .16 * len(norms))
    ax = figure.subplots()
    known = {name: values[np.isfinite(values)] for name, values in norms.items()}
    for row, (name, values) in enumerate(known.items()):
        ax.boxplot(values, positions=[row], orientation='horizontal', widths=.6, patch_artist=True,
                   boxprops={'facecolor': model_style((identifiers or {}).get(name, name))[0], 'edgecolor': faint()},
                   medianprops={'color': as_hex(theme().ground)},
                   whiskerprops={'color': faint()}, capprops={'color': faint()},
                   flierprops={'marker': '.', 'markersize': 2, 'markeredgecolor': faint()})
        if image is not None and np.isfinite(norms[name][image]):
            ax.plot(norms[name][image], row, 'D', ms=4, color='white', markeredgecolor='black')
    n = max(len(values) for values in known.values())
    ax.set_yticks(range(len(known)), known)
    ax.invert_yaxis()
    figure.suptitle(f'norms in {layer} of {n:,} images; diamond: image {image}', fontsize=8.5)
    ax.tick_params(axis='x', labelsize=7)
    ax.locator_params(axis='x', nbins=4)
    return as_array(figure)
