"""A figure of each model's first-layer filters, by the models' names."""
from collections.abc import Iterable, Iterator
from pathlib import Path

from brainscore_plugin.named_backbone import named_backbone
from training.backbone import first_filters
from training.filter_sheet import draw_filters


def draw(models: Iterable[str], folder: Path) -> Iterator[Path]:
    """Draw the filters of models, one PNG each.

    Parameters
    ----------
    models : iterable of str
        Each as of :func:`~brainscore_plugin.named_backbone.named_backbone`.
    folder : pathlib.Path
        Of the figures; made if absent.

    Yields
    ------
    pathlib.Path
        Of each figure, MODEL.png, once it is written.

    Raises
    ------
    LookupError, FileNotFoundError, ValueError
        If there is no such model or it is another network.
    """
    for model in models:
        name = Path(model).stem
        figure = folder / f'{name}.png'
        draw_filters(first_filters(named_backbone(model)), f'{name}: conv1', figure)
        yield figure
