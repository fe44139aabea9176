"""Sample data in napari's menu: domain images, filters and activations, as plain layers."""
from pathlib import Path

import numpy as np

SAMPLE = 'alexnet64_untrained'
SHEET_ROWS = 12


def domains() -> list:
    """Contact sheets of the prepared domains; of the scenes of the simulated mouse where there are none."""
    from napari_viewer.core.image_sheet import ImageSheet
    from napari_viewer.core.images import from_domain, from_stimulus_set
    from training.domains import prepared_domains
    names = prepared_domains()
    sets = [from_domain(name) for name in names[:4]] or [from_stimulus_set('SimulatedMouse')]
    return [(ImageSheet(sets).draw(0), {'name': ', '.join(images.name for images in sets), 'rgb': True}, 'image')]


def filters() -> list:
    """First-layer filters of the shipped models."""
    return [filter_layer(_shipped())]


def activations() -> list:
    """Maps of all layers of a shipped model, for each scene of the simulated mouse."""
    from napari_viewer.core.feature_panel import SIZE, FeaturePanels, View
    from napari_viewer.core.features import Features
    from napari_viewer.core.images import from_stimulus_set
    from napari_viewer.core.lazy import PanelStack
    from napari_viewer.core.networks import open_network
    images = from_stimulus_set('SimulatedMouse')
    network = open_network(_shipped()[0])
    panels = FeaturePanels([Features(network, images)])
    stack = PanelStack(1, len(images), SIZE, lambda model, image: panels.draw(View(), model, image))
    return [(stack, {'name': f'activations of {network.name}', 'rgb': True}, 'image')]


def filter_layer(sources: list) -> tuple:
    """Filters of models as a layer."""
    from napari_viewer.core.filter_sheet import FilterSheet
    from napari_viewer.core.networks import open_network
    networks = [open_network(source) for source in sources]
    sheet = FilterSheet({network.name: network.filters for network in networks})
    return np.asarray(sheet.panel()), {'name': 'conv1 filters', 'rgb': True}, 'image'


def _shipped() -> list:
    from napari_viewer.core.networks import shipped_weights
    files: list[Path] = sorted(shipped_weights().glob('*.safetensors'))
    return files or [SAMPLE]
