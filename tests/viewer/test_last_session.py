"""What is open when a window is closed, opened again in another."""
from napari_viewer.core.session import read_session, session_file
from napari_viewer.docks import open_dock, open_paths
from napari_viewer.show import keep_session, open_last_session


def close_event(viewer) -> None:
    """What Qt sends the window when its x is clicked; napari would ask whether that is meant."""
    from qtpy.QtCore import QObject
    from qtpy.QtGui import QCloseEvent
    window = viewer.window._qt_window
    keepers = [child for child in window.findChildren(QObject) if type(child).__name__ == 'SessionKeeper']
    assert len(keepers) == 1
    assert keepers[0].eventFilter(window, QCloseEvent()) is False  # the window goes on with closing


def test_models_images_and_options_are_opened_again(make_napari_viewer, viewer, home, weight_files, training_run, sweep,
                                                    until):
    browser = open_dock(viewer, 'browser')
    until(lambda: 'streets (domain)' in browser.picker.labels() and not browser.picker.busy)
    for label in ('meadows (domain)', 'streets (domain)'):
        browser.picker.tick(label)
    until(lambda: len(browser.sets) == 2)
    browser.classes.value = 'odd'
    browser.choose(1, 3)
    browser.select(frozenset({(0, 5), (1, 3)}))
    browser.show_button.click()
    open_paths(viewer, [training_run, sweep])
    filters = open_dock(viewer, 'filters')
    filters.picker.tick(*weight_files[:2])
    until(lambda: len(filters.state.networks) == 2)
    filters.sort.value, filters.arrangement.value, filters.model.value = 'strength', 'one at a time', 'model1'
    filters.choose(7, 'model1')
    until(lambda: open_dock(viewer, 'training').run is not None and open_dock(viewer, 'scores').results is not None)
    open_dock(viewer, 'training').step(-1)
    open_dock(viewer, 'filters')
    keep_session(viewer)
    close_event(viewer)
    viewer.close()

    other = make_napari_viewer(show=True)
    assert open_last_session(other)
    again = open_dock(other, 'filters')
    until(lambda: [network.name for network in again.state.networks] == ['model0', 'model1'])
    assert (again.sort.value, again.arrangement.value, again.model.value) == ('strength', 'one at a time', 'model1')
    assert (again.chosen, again._clicked_model) == (7, 'model1')
    assert list(again.sheet.filters) == ['model1']
    assert again.state.active_dock is again
    browser = open_dock(other, 'browser')
    until(lambda: len(browser.sets) == 2 and browser.selected)
    assert (browser.classes.value, browser.chosen) == ('odd', (1, 3))
    assert list(browser.state.images.index['source']) == ['meadows/5.png', 'streets/3.png']
    assert browser.state.image == 1
    training = open_dock(other, 'training')
    until(lambda: training.run is not None)
    assert (training.run.folder, training.epoch) == (training_run, 0)
    until(lambda: open_dock(other, 'scores').results is not None)


def test_a_damaged_session_is_ignored_and_said_in_one_line(viewer, home, notifications):
    session_file().write_bytes(b'\x80\x04K\x01.')
    assert not open_last_session(viewer)
    assert len([text for text in notifications if 'viewer-session.json' in text]) == 1
    assert not viewer.window.dock_widgets


def test_what_is_gone_is_passed_over(viewer, home, tmp_path, until, notifications):
    from napari_viewer.core.session import Session, write_session
    write_session(Session(['browser', 'of another version', 'scores'], 'browser', [str(tmp_path / 'gone.safetensors')],
                          ['conv1', 3], ['gone', 5], {
        'browser': {'sets': [['gone (domain)'], [str(tmp_path / 'gone'), 'any folder'], 3], 'row': 'x', 'class': 7},
        'scores': {'sweep': str(tmp_path / 'gone'), 'benchmark': None}}))
    assert open_last_session(viewer)
    until(lambda: any('gone.safetensors' in text for text in notifications))
    until(lambda: not open_dock(viewer, 'browser').picker.busy)
    assert open_dock(viewer, 'browser').sets == []
    assert read_session() is not None
