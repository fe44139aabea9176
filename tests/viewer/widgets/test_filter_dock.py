"""First-layer filters in a real napari window: ticking, clicking, sorting."""
import numpy as np

from napari_viewer.core.theme import theme
from viewer.canvas import LONGEST_STEP, click, drawn, press


def test_filters_are_those_of_the_files(filter_dock, weight_files, until):
    from napari_viewer.core.filter_sheet import FilterSheet
    from napari_viewer.core.networks import open_network
    networks = [open_network(path) for path in weight_files[:2]]
    expected = FilterSheet({network.name: network.filters for network in networks})
    np.testing.assert_array_equal(drawn(filter_dock), expected.draw())
    layers = list(filter_dock.viewer.layers)
    filter_dock.picker.tick(weight_files[2])
    until(lambda: len(filter_dock.state.networks) == 3)
    assert list(filter_dock.sheet.filters) == ['model0', 'model1', 'model2']
    filter_dock.picker.untick(weight_files[0])
    assert list(filter_dock.sheet.filters) == ['model1', 'model2']
    assert list(filter_dock.viewer.layers) == layers  # updated in place


def test_a_click_chooses_a_filter_and_frames_the_one_most_like_it_in_every_other_model(filter_dock, until):
    from napari_viewer.core.filter_match import nearest_filters
    before = drawn(filter_dock).copy()
    click(filter_dock, 64 + 3)
    assert (filter_dock.chosen, filter_dock._clicked_model) == (2, 'model1')
    number, alike = nearest_filters(filter_dock.sheet.filters['model1'][2], filter_dock.sheet.filters)['model0']
    assert filter_dock.marked() == {'model0': number, 'model1': 2}
    assert filter_dock.alike.text() == f'Framed with filter 2: model0 {number} ({alike:.2f})'
    until(lambda: len(filter_dock.fits) == 2 and not filter_dock.detail.pixmap().isNull())
    changed = (drawn(filter_dock) != before).any(axis=2)
    for model, framed in filter_dock.marked().items():
        row, column = filter_dock.sheet.grids[model].corner(framed)
        assert changed[row - 1, column:column + filter_dock.sheet.grids[model].tile].all()
    filter_dock.match.value = 'the same number'
    assert filter_dock.marked() == 2
    place = filter_dock.sheet.grids['model0'].corner(2)
    assert tuple(drawn(filter_dock)[place[0] - 1, place[1]]) == theme().highlight


def test_filters_that_are_matched_one_to_one_stand_in_the_same_places(filter_dock, until):
    filter_dock.sort.value = 'match, one to one'
    until(lambda: filter_dock.matching is not None and 'similarity' in filter_dock.sheet_layer.table)
    orders = filter_dock.sheet.orders
    assert (filter_dock.matching.partners['model1'][orders['model1']] == orders['model0']).all()
    assert sorted(orders['model1']) == list(range(64))
    click(filter_dock, 64 + 6)  # the sixth place of the second model
    assert filter_dock.marked() == {'model0': orders['model0'][5], 'model1': orders['model1'][5]}
    press(filter_dock.viewer, 'Right')
    assert filter_dock.chosen == orders['model1'][6]


def test_filters_sorted_and_one_at_a_time(filter_dock, until):
    filter_dock.sort.value = 'orientation'
    until(lambda: len(filter_dock.fits) == 2 and not filter_dock.worker_bar.busy)
    order = filter_dock.sheet.orders['model0']
    assert np.all(np.diff(filter_dock.fits['model0'].orientation_deg[order].dropna()) >= 0)
    filter_dock.arrangement.value = 'one at a time'
    assert list(filter_dock.sheet.filters) == ['model0']
    press(filter_dock.viewer, 'Down')
    assert list(filter_dock.sheet.filters) == ['model1']
    assert (drawn(filter_dock) == filter_dock.sheet.draw()).all()
    click(filter_dock, 1)
    assert filter_dock.chosen == filter_dock.sheet.orders['model1'][0]
    press(filter_dock.viewer, 'Right')
    assert filter_dock.chosen == filter_dock.sheet.orders['model1'][1]


def test_the_window_never_waits_for_filters(filter_dock, blocked, qtbot, until):
    dock = filter_dock
    dock.fit()
    until(lambda: len(dock.fits) == 2 and not dock.worker_bar.busy)
    dock.choose(1)
    qtbot.wait(300)
    assert blocked([
        lambda: click(dock, 8), lambda: click(dock, 70), lambda: setattr(dock.colour, 'value', not dock.colour.value),
        lambda: setattr(dock.sort, 'value', 'strength' if dock.sort.value != 'strength' else 'orientation')
    ]) <= LONGEST_STEP
