"""The viewer's pictures from Python, without a window."""
from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def figure(view: str, models: Sequence = (), *, images=None, image: int = 0, layer: str | None = None,
           chosen: int | None = None, sort: str = 'number', recording: str | None = None, neuron: int | None = None,
           theme: str = 'light', out: str | Path | None = None, width: int | None = None) -> np.ndarray:
    """The sheet that a view of the viewer shows.

    Parameters
    ----------
    view : 'filters', 'activations', 'neurons' or 'matrices'
    models : sequence of str, pathlib.Path or torch.nn.Module
        As of :func:`napari_viewer.show`; 'activations', 'neurons' and 'matrices' show the first, the first two of which
        'activations' and 'neurons' compare.
    images : array_like, str or pathlib.Path, optional
        What 'activations' shows to the models, as of :func:`napari_viewer.show`; the simulated mouse's by default.
    image : int
        Number of the image of 'activations', or of the one that 'neurons' marks.
    layer : str, optional
        Of the models; all of them for 'activations', the first one for others by default.
    chosen : int, optional
        The channel that is framed, or the filter of the first model, with those of the others that are most like it.
    sort : str
        Order of the filters, one of :data:`napari_viewer.core.filter_sheet.SORTS`.
    recording : str, optional
        Benchmark whose neurons or matrices are shown; Antolik2016's by default.
    neuron : int, optional
        Its number; the most reliable one by default.
    theme : 'light' or 'dark'
    out : str or pathlib.Path, optional
        PNG, SVG or PDF to write the sheet to, too; the latter two have letters and lines as such.
    width : int, optional
        Of that file in pixels, 300 an inch in SVG and PDF.

    Returns
    -------
    numpy.ndarray, uint8 (height, width, 3)

    Raises
    ------
    ValueError
        If there is no such view, or it needs a model and none is given; as the views do.

    Examples
    --------
    >>> napari_viewer.figure('filters', ['alexnet64_simclr_real'], sort='Gabor fit (R²)', out='filters.pdf')
    """
    from napari_viewer.core.export import save_sheet
    from napari_viewer.core.networks import open_network
    from napari_viewer.core.theme import theme as current
    from napari_viewer.core.theme import use_theme
    if view not in VIEWS:
        raise ValueError(f"There is no view '{view}' to make a figure of: choose one of {', '.join(VIEWS)}.")
    networks = [open_network(model) for model in ([models] if isinstance(models, (str, Path)) else models)]
    if not networks and view in ('filters', 'activations'):
        raise ValueError(f"The view '{view}' shows models: give at least one, such as 'alexnet64_untrained'.")
    before = current().name
    use_theme(theme)
    try:
        draw = VIEWS[view](networks, images=images, image=image, layer=layer, chosen=chosen, sort=sort,
                           recording=recording, neuron=neuron)
        if out is not None:
            save_sheet(Path(out), draw, width)
        return draw()
    finally:
        use_theme(before)


def _filters(networks: list, *, chosen, sort, **_) -> Callable[[], np.ndarray]:
    from napari_viewer.core.filter_match import match_filters, nearest_filters
    from napari_viewer.core.filter_sheet import FITTED, MATCHED, SORTS, FilterSheet
    if sort not in SORTS:
        raise ValueError(f"Filters cannot be sorted by '{sort}': choose one of {', '.join(SORTS)}.")
    filters = {network.name: network.filters for network in networks}
    fits = {network.name: network.fit_gabors() for network in networks} if sort in FITTED else {}
    matching = match_filters(filters) if sort == MATCHED else None
    marked = None
    if chosen is not None:
        found = nearest_filters(networks[0].filters[chosen], filters)
        marked = {name: number for name, (number, _) in found.items()} | {networks[0].name: chosen}
        marked = matching.belonging(networks[0].name, chosen) if matching is not None else marked
    sheet = FilterSheet(filters, sort=sort, fits=fits, matching=matching,
                        better={network.name: network.better_than_noise for network in networks})
    return functools.partial(sheet.draw_anew, marked)


def _activations(networks: list, *, images, image, layer, chosen, **_) -> Callable[[], np.ndarray]:
    from napari_viewer.core.feature_maps import FeatureMaps
    from napari_viewer.core.image_sets import any_images, from_stimulus_set
    from napari_viewer.core.map_sheet import ALL_LAYERS, MapOptions, MapSheet
    shown = any_images(images) or from_stimulus_set('SimulatedMouse')
    options = MapOptions(layer or ALL_LAYERS, compared=1 if len(networks) > 1 else None,
                         chosen=(layer, chosen) if layer and chosen is not None else None)
    sheet = MapSheet([FeatureMaps(network, shown) for network in networks])
    return functools.partial(sheet.draw, options, 0, image)


def _neurons(networks: list, *, image, layer, recording, neuron, **_) -> Callable[[], np.ndarray]:
    from napari_viewer.core.neuron_prediction import predict
    from napari_viewer.core.neuron_sheet import NeuronQuery, NeuronSheet
    from napari_viewer.core.recording import open_recording
    opened = open_recording(recording or 'Antolik2016.VISp-pls')
    predictions = [predict(opened, network, layer or network.layers[0]) for network in networks[:2]]
    first, second = [*predictions, None, None][:2]
    import numpy as np
    number = int(np.nanargmax(opened.reliability)) if neuron is None else neuron
    return NeuronSheet(NeuronQuery(opened, number, first, second, image)).draw


def _matrices(networks: list, *, layer, recording, **_) -> Callable[[], np.ndarray]:
    from napari_viewer.core.matrix_comparison import compare, open_matrices
    from napari_viewer.core.matrix_sheet import MatrixQuery, MatrixSheet
    opened = open_matrices(recording or 'Antolik2016.VISp-rdm')
    comparison = compare(opened, networks[0], layer or networks[0].layers[0]) if networks else None
    sheet = MatrixSheet(MatrixQuery(opened, next(iter(opened.by_name)), comparison, True))
    return functools.partial(sheet.draw_anew, None)


VIEWS = {'filters': _filters, 'activations': _activations, 'neurons': _neurons, 'matrices': _matrices}
