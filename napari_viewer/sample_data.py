"""Sample data in napari's menu: domain images, filters and activations, as plain layers."""
from pathlib import Path

import numpy as np

SAMPLE = 'alexnet64_untrained'  # shown where no weights are shipped
SCENES = 12  # 2 MB each, drawn


def domains() -> list[tuple]:
    """Images of the prepared domains; scenes of the simulated mouse where no domain is prepared."""
    from napari_viewer.core.image_sets import from_domain, from_stimulus_set
    from napari_viewer.core.image_sheet import ImageSheet
    from training.domains import prepared_domains
    names = prepared_domains()
    sets = [from_domain(name) for name in names[:4]] or [from_stimulus_set('SimulatedMouse')]
    return [(ImageSheet(sets).draw(0), {'name': ', '.join(images.name for images in sets), 'rgb': True}, 'image')]


def filters() -> list[tuple]:
    """First-layer filters of the shipped models."""
    return [filter_layer(_shipped())]


def activations() -> list[tuple]:
    """Feature maps of all layers of a shipped model, for some scenes of the simulated mouse."""
    from napari_viewer.core.feature_maps import FeatureMaps
    from napari_viewer.core.image_sets import from_stimulus_set
    from napari_viewer.core.map_sheet import MapOptions, MapSheet
    from napari_viewer.core.networks import open_network
    images = from_stimulus_set('SimulatedMouse')
    network = open_network(_shipped()[0])
    sheet = MapSheet([FeatureMaps(network, images)])
    stack = np.stack([sheet.draw(MapOptions(), 0, image) for image in range(min(SCENES, len(images)))])
    return [(stack, {'name': f'activations of {network.name}', 'rgb': True}, 'image')]


def filter_layer(sources: list[str | Path]) -> tuple:
    """First-layer filters of models as data of a napari layer: (array, options, kind)."""
    from napari_viewer.core.filter_sheet import FilterSheet
    from napari_viewer.core.networks import open_network
    networks = [open_network(source) for source in sources]
    sheet = FilterSheet({network.name: network.filters for network in networks})
    return sheet.draw(), {'name': 'conv1 filters', 'rgb': True}, 'image'


def _shipped() -> list[str | Path]:
    from napari_viewer.core.networks import shipped_weights
    files = sorted(file for file in shipped_weights().glob('*.safetensors') if '_seed' not in file.stem)
    return files or [SAMPLE]
