"""Where a model's weights are: in the folder of its plugin.

A submission whose weights are fetched from an address has another file of this name.
"""
from pathlib import Path

WEIGHTS = Path(__file__).parent / 'weights'


def weights_file(identifier: str) -> Path:
    """The file ``<identifier>.safetensors`` of a model that is not made of random weights."""
    return WEIGHTS / f'{identifier}.safetensors'
