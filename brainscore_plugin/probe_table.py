"""How well the classes of images are told from models' features, by the models' and domains' names."""
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from brainscore_plugin.named_backbone import named_backbone
from training.atomic import replacing
from training.domains import open_domain
from training.probe import probe_models


def probe(models: Iterable[str], domains: Iterable[str], layers: Sequence[str]) -> pd.DataFrame:
    """Accuracies of models on domains, beside a network with random weights.

    Parameters
    ----------
    models : iterable of str
        Each as of :func:`~brainscore_plugin.named_backbone.named_backbone`.
    domains : iterable of str
        Names of prepared domains with training and test images.
    layers : sequence of str
        As of :func:`~training.probe.features`.

    Returns
    -------
    pandas.DataFrame
        As of :func:`~training.probe.probe_models`.

    Raises
    ------
    LookupError, FileNotFoundError, ValueError
        If there is no such model or domain, or the domain has no classes, training or test images.
    """
    return probe_models({model: named_backbone(model) for model in models}, [open_domain(name) for name in domains],
                        layers)


def as_text(accuracies: pd.DataFrame) -> str:
    """The table as text, a line a row, with three decimals."""
    return accuracies.to_string(index=False, float_format='{:.3f}'.format)


def write_csv(accuracies: pd.DataFrame, path: Path) -> None:
    """Write the table in full precision, complete or not at all; `path` is replaced if it exists."""
    with replacing(path) as temporary:
        accuracies.to_csv(temporary, index=False)
