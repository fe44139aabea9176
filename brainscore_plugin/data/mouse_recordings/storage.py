"""Where packaged recordings are: in the data home.

A submission of recordings that have been uploaded to Brain-Score's storage has another file of this name.
"""
from .loading import load_assembly, load_stimulus_set

__all__ = ['in_storage', 'load_assembly', 'load_stimulus_set']


def in_storage(identifier: str) -> bool:
    """Whether a recording is fetched from Brain-Score's storage, so that it is never absent."""
    return False
