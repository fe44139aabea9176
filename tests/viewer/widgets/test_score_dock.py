"""Scores of a sweep, linked with the models that are shown."""
from napari_viewer.docks import open_dock, open_paths


def test_scores_are_drawn_and_linked(viewer, home, sweep, until):
    open_paths(viewer, [sweep])
    dock = open_dock(viewer, 'scores')
    until(lambda: not dock.figure.pixmap().isNull())
    assert dock.others.text() == "other animals' neurons get 0.18 (2 of 3 pooled)"
    points = dock._points[dock._key()]
    point = points[points.model == 'alexnet64_untrained'].iloc[0]
    dock.figure.clicked.emit(int(point.column), int(point['row']))
    until(lambda: [network.identifier for network in dock.state.networks] == ['alexnet64_untrained'])
