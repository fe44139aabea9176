"""Neurons beside models in a real window, linked with the other views."""
import numpy as np

from napari_viewer.docks import open_dock
from viewer.canvas import click, drawn, press


def test_a_neuron_is_chosen_predicted_and_linked(filter_dock, until):
    dock = open_dock(filter_dock.viewer, 'neurons')
    until(lambda: dock.recording is not None and dock.prediction('model0') is not None and not dock.worker_bar.busy)
    assert dock.neuron == np.nanargmax(dock.recording.reliability)
    until(lambda: (drawn(dock) == dock._cache.get(dock.query())[1]).all() if dock._cache.has(dock.query()) else False)
    press(dock.viewer, 'Right')
    assert dock.neuron == np.argsort(-dock.recording.reliability, kind='stable')[1]
    dock.sort.value = 'predictivity'
    first = dock.neurons.item(0).data(0x0100)
    assert first == np.nanargmax(dock.prediction('model0').raw)
    until(lambda: dock._cache.has(dock.query()) and dock.sheet.query.neuron == dock.neuron)
    click(dock, 2)
    assert dock.state.image == dock.sheet.most[1]
    assert dock.state.images.source(dock.state.image) == dock.recording.images.source(dock.image)
    until(lambda: dock.population.is_current)
    points = dock._points[dock.recording, dock.image, dock.neuron]
    point = points.iloc[5]
    dock.population.clicked.emit(int(point.column), int(point['row']))
    near = points[np.hypot(points.column - point.column, points['row'] - point['row']) < 2].neuron
    assert dock.neuron in set(near)
    dock.compared.value = 'model1'
    until(lambda: dock.prediction('model1') is not None and not dock.worker_bar.busy)
    filter_dock.picker.untick(dock.state.networks[1].origin)
    assert dock.prediction('model1') is None


def test_what_other_animals_get_is_said_once_all_else_is_shown(viewer, until):
    dock = open_dock(viewer, 'neurons')
    until(lambda: dock.recording is not None and not dock.worker_bar.busy)
    assert 'other animals' not in dock.summary.text()  # of fields of view that saw other images
    dock.source.value = 'SimulatedMouse.VISp-pls'
    until(lambda: 'pooled' in dock.summary.text())
    value = float(dock.recording.benchmark.inter_animal_consistency)
    assert f"other animals' neurons get {value:.2f} (2 of 3 pooled)" in dock.summary.text()
    assert dock._others.has(dock.recording)
