"""A colour and a marker for each model, the same in every figure."""
import zlib
from functools import cache

from napari_viewer.core.theme import theme

MARKERS = 'osD^vPX*'


def model_style(identifier: str) -> tuple[str, str]:
    """Colour and marker of a model.

    Models of this project follow one another in the order of their list, so that no two have both in common; of others
    both follow from the identifier.

    Parameters
    ----------
    identifier : str
        Or the name of a network that stems from no identifier.
    """
    known = _known()
    place = known.index(identifier) if identifier in known else zlib.crc32(identifier.encode())
    colours = theme().models
    return colours[place % len(colours)], MARKERS[(place // len(colours) + place) % len(MARKERS)]


@cache
def _known() -> list[str]:
    from napari_viewer.core.networks import identifiers
    return identifiers()
