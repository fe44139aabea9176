"""Images that share a source, such as crops of one photograph: what is fitted to one must not be tested on another."""
from collections.abc import Sequence

import numpy as np
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly, walk_coords


def has_sources(assembly: NeuroidAssembly) -> bool:
    """Whether presentations have the coordinate source."""
    return 'source' in {name for name, *_ in walk_coords(assembly)}


def image_sources(assembly: NeuroidAssembly, stimulus_ids: Sequence[str]) -> np.ndarray | None:
    """What each image was made of, (n_images,), by the coordinate source; None where there is none.

    Parameters
    ----------
    assembly : NeuroidAssembly, (presentation, neuroid)
        Coordinate stimulus_id, and source where the stimulus set has a column of that name.
    stimulus_ids : sequence of str
        The images, in the order that is wanted.
    """
    if not has_sources(assembly):
        return None
    sources = dict(zip(assembly['stimulus_id'].values, assembly['source'].values))
    return np.array([sources[stimulus_id] for stimulus_id in stimulus_ids])


def source_groups(n_images: int, sources: np.ndarray | None) -> list[np.ndarray]:
    """Indices of the images of each source, in the order of their first images; without sources each image alone."""
    if sources is None:
        return list(np.arange(n_images)[:, None])
    if len(sources) != n_images:
        raise ValueError(f'{len(sources)} sources for {n_images} images: give one an image.')
    return [np.flatnonzero(sources == source) for source in dict.fromkeys(sources)]
