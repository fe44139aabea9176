"""First-layer filters on a sheet: contrast, order, fits and export."""
import numpy as np
import pandas as pd
import pytest

from napari_viewer.core.filter_sheet import FilterSheet, export, outline
from napari_viewer.core.sheet_drawing import Text, as_marks


def test_sheet_shows_the_weights_the_right_way_up(random_weights):
    weights = random_weights(0)['conv1.weight'].astype(np.float32)
    sheet = FilterSheet({'mine': weights})
    grid, k = sheet.grids['mine'], 13
    row, column = grid.corner(k)
    tile = sheet.draw()[row:row + grid.tile, column:column + grid.tile]
    scale = grid.tile // 11
    shown = tile[scale - 1::scale, scale - 1::scale].astype(float) / 255  # the number is written at the top left
    expected = .5 + .5 * weights[k].transpose(1, 2, 0) / np.abs(weights[k]).max()
    np.testing.assert_allclose(shown[3:], expected[3:], atol=.003)  # a level of 256


def test_contrast_is_shared_among_filters_or_models():
    weights = np.stack([np.full((3, 5, 5), .1), np.full((3, 5, 5), 1.)]).astype(np.float32)

    def level(contrast, name, k):
        sheet = FilterSheet({'weak': weights, 'strong': 10 * weights}, contrast)
        row, column = sheet.grids[name].corner(k)
        return int(sheet.draw()[row + sheet.grids[name].tile - 2, column + 50, 0])

    assert level('each filter', 'weak', 0) == 255
    assert level('each model', 'weak', 0) == round(127.5 + 12.75)
    assert level('each model', 'weak', 1) == 255
    assert level('all models', 'weak', 1) == round(127.5 + 12.75)
    assert level('all models', 'strong', 1) == 255


@pytest.mark.parametrize(('n_models', 'title'), [(1, 'model 0: 5 fitted better than noise'), (16, 'model 0: 5 of 64')])
def test_a_title_says_how_many_are_marked_in_the_room_that_there_is(n_models, title, random_weights):
    weights = random_weights(0)['conv1.weight'].astype(np.float32)
    names = [f'model {k}' for k in range(n_models)]
    with as_marks() as marks:
        FilterSheet(dict.fromkeys(names, weights), better=dict.fromkeys(names, np.arange(64) < 5)).draw_anew()
    assert title in [mark.text for mark in marks.marks if isinstance(mark, Text)]


def test_filters_are_sorted_by_their_fits(random_weights):
    weights = random_weights(1)['conv1.weight'][:6].astype(np.float32)
    fits = pd.DataFrame({'filter': range(6), 'r2': [.1, .9, np.nan, .5, .2, .3], 'orientation_deg': 0.,
                         'frequency_cycles_per_pixel': .1})
    sheet = FilterSheet({'mine': weights}, sort='Gabor fit (R²)', fits={'mine': fits})
    assert list(sheet.orders['mine']) == [1, 3, 5, 4, 0, 2]
    labels, table = sheet.labels()
    row, column = sheet.grids['mine'].corner(0)
    assert table['filter'][labels[row + 1, column + 1] - 1] == 1


def test_outline_lies_on_a_gabor():
    from study.gabor import gabor
    from study.gabor_fit import fit_gabors
    made = pd.DataFrame({'orientation_deg': [30.], 'frequency_cycles_per_pixel': .15, 'phase': 0., 'x': 1., 'y': 2.,
                         'sigma': 1.6, 'aspect': 1.5, 'amplitude': 1.})
    fit = fit_gabors(gabor(made, 11)).iloc[0]
    bar = outline(fit, 11)[1]
    np.testing.assert_allclose(bar.mean(axis=0), [5 + 1, 5 - 2], atol=.05)  # to the right and up, in pixels
    (left, low), (right, high) = bar
    assert np.rad2deg(np.arctan2(low - high, right - left)) == pytest.approx(30, abs=1)


def test_export_writes_sheet_and_table(tmp_path, random_weights):
    from PIL import Image
    sheet = FilterSheet({'mine': random_weights(0)['conv1.weight'].astype(np.float32)})
    image, table = export(tmp_path / 'new', sheet.draw(), sheet.table())
    assert (np.asarray(Image.open(image)) == sheet.draw()).all()
    assert list(pd.read_csv(table)['filter']) == list(range(64))
    assert sorted(path.name for path in (tmp_path / 'new').iterdir()) == ['filters.csv', 'filters.png']


def test_a_weight_that_is_not_a_number_darkens_nothing_else(random_weights):
    weights = random_weights(0)['conv1.weight'].astype(np.float32)
    broken = weights.copy()
    broken[3, 0, 2, 2] = np.nan
    for contrast in ('each filter', 'each model'):
        whole, holed = (FilterSheet({'mine': values}, contrast).draw() for values in (weights, broken))
        assert (whole != holed).any(axis=2).mean() < .002
