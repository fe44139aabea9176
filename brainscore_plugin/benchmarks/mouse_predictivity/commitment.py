"""Which layers of a model stand for a mouse area."""
from dataclasses import dataclass

from brainscore_vision.model_interface import BrainModel

FALLBACK_REGION = 'V1'  # what a model of primate vision records when it is asked for a mouse area


@dataclass(frozen=True)
class Commitment:
    """The layers that stand for an area.

    Attributes
    ----------
    region : str
        Region of the model that is recorded: the area, or V1 where the model maps layers to that but not to the area.
    layers : tuple of str
        Layers that the model maps to the region, the one it commits to first; where it maps none, the middle one of
        those it names. Empty if only the model itself knows.
    mapped : bool
        False where the model commits to no layer.
    comment : str
        What of this a reader of the score has to know.
    """
    region: str
    layers: tuple[str, ...]
    mapped: bool = True
    comment: str = ''


def commitment(candidate: BrainModel, area: str) -> Commitment:
    """The layers of a model that stand for an area, found without a network and without looking at responses.

    Brain-Score would choose a layer for a model without a map by scoring all of them on primate recordings, which it
    downloads. A mouse area needs none of that: the middle one of the layers that the model names (of an even number
    the earlier) is as good a guess as any that has not seen the responses it will be scored on.

    Parameters
    ----------
    candidate : BrainModel
    area : str
        Such as 'VISp'.

    Raises
    ------
    ValueError
        If the map holds something else than names, such as the layers themselves.
    """
    region_layer_map = getattr(getattr(candidate, 'layer_model', candidate), 'region_layer_map', None)
    for region in (area, FALLBACK_REGION):
        # 'in' first: a map that Brain-Score fills when it is asked would begin to download
        layers = region_layer_map[region] if region_layer_map and region in region_layer_map else ()
        layers = tuple(layers) if isinstance(layers, (list, tuple)) else (layers,)
        odd = [layer for layer in layers if not isinstance(layer, str)]
        if odd:
            raise ValueError(f"The model maps '{region}' to a {type(odd[0]).__name__}: its map has to hold names of "
                             "layers, such as 'features.0', or lists of names.")
        if layers:
            comment = '' if region == area else f'{region} recorded for {area}, which the model does not map: '
            return Commitment(region, layers, comment=f'{comment}layer {layers[0]} for {area}')
    named = list(getattr(candidate, 'layers', ()))
    if not named:
        return Commitment(area, ())
    middle = named[(len(named) - 1) // 2]
    return Commitment(area, (middle,), mapped=False, comment=(
        f'the model commits to no layer for {area}: {middle}, the middle one of the {len(named)} it names'))
