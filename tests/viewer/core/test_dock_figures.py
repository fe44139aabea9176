"""The figures of the dock widgets: they are as wide as a dock widget, and say so where there is nothing to draw."""
import numpy as np
import pandas as pd
import pytest

from napari_viewer.core.dock_figure import DPI, WIDTH
from napari_viewer.core.filter_figure import filter_figure
from napari_viewer.core.norms_figure import norms_figure
from napari_viewer.core.score_figure import score_figure
from napari_viewer.core.spectrum_figure import spectrum_figure


def check(figure: np.ndarray) -> None:
    assert figure.dtype == np.uint8
    assert figure.shape[1:] == (WIDTH * DPI, 3)
    assert figure.std() > 5


@pytest.mark.parametrize('constant', [False, True])
def test_filters_and_images_may_be_constant(random_weights, images, constant):
    from study.gabor_fit import fit_gabors
    weights = random_weights(0)['conv1.weight'][:1].astype(np.float32) * (not constant)
    check(filter_figure(weights[0], fit_gabors(weights).iloc[0], 'mine'))
    check(spectrum_figure(images[0] * (not constant)))


def test_norms_may_be_missing():
    check(norms_figure({'a': np.array([1., 2, np.nan]), 'b': np.array([2., 3, 4])}, 'conv1', 2))


def test_models_are_found_at_their_points():
    rows = [(model, layer, 'SimulatedMouse.VISp-pls', .3 + .1 * (model == 'b') + .05 * (layer == 'conv2'), .02)
            for model in 'ab' for layer in ('conv1', 'conv2')]
    results = pd.DataFrame(rows, columns=['model', 'layer', 'benchmark', 'value', 'error'])
    figure, points = score_figure(results, 'SimulatedMouse.VISp-pls', ('b',), {'a': .5, 'b': 1.5})
    check(figure)
    assert points.model.value_counts().to_dict() == {'a': 4, 'b': 4}  # two layers, and a point in each plot below them
    heights = points.iloc[:4].groupby('model')['row'].mean()
    assert heights['b'] < heights['a']  # a higher score is higher up
