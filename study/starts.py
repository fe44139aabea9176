"""What training has added: values of trained models less those of the untrained models that they started from.

Networks of one architecture predict neurons by their initial weights already, and those of one start resemble one
another whatever they were trained on. The fair baseline of a trained network is its own start.
"""
import pandas as pd

from study.models import TRAINED
from study.predictivity import KEYS

GAIN = 'trained − start'  # a group of rows beside trained and untrained models


def minus_start(table: pd.DataFrame, starts: dict[str, str], units: tuple[str, ...] = ()) -> pd.DataFrame:
    """Rows of trained models, less those of their starts.

    Parameters
    ----------
    table : pandas.DataFrame
        recording, area, metric, layer, model, value and the columns of `units`; others are kept as they are, but for
        error, which is left out: of differences it is smaller than that of either, and not known.
    starts : dict of str to str
        Identifier of a trained model -> that of its start; models without one, or whose start has no value, have no
        row.
    units : tuple of str
        Columns besides by which rows belong together, such as animal.

    Returns
    -------
    pandas.DataFrame
        With group :data:`GAIN`; model and label name both.
    """
    trained = table[table.model.isin(list(starts))]
    trained = trained.assign(start=trained.model.map(starts))
    keys = [*KEYS, 'layer', *units]
    of_starts = table[[*keys, 'model', 'value']].rename(columns={'model': 'start', 'value': 'of_start'})
    paired = trained.merge(of_starts, on=[*keys, 'start'])
    gains = paired.assign(value=paired.value - paired.of_start, group=GAIN, model=paired.model + ' − ' + paired.start)
    if 'label' in gains:
        gains['label'] += ' − own start'
    return gains.drop(columns=['start', 'of_start', 'error'], errors='ignore')


def known_starts(models: list, scored: set[str]) -> tuple[dict[str, str], list[str]]:
    """Start of each trained model, and a sentence for those whose start is not known or was not scored.

    Parameters
    ----------
    models : list of :class:`~study.models.StudyModel`
    scored : set of str
        Identifiers of models that have values.
    """
    starts = {model.identifier: model.start for model in models
              if model.group == TRAINED and model.identifier in scored}
    lost = [identifier for identifier, start in starts.items() if start not in scored]
    sentences = [f"What training has added is not known of {', '.join(lost)}: the untrained model that each started "
                 'from is not on its card, or was not scored.'] if lost else []
    return {identifier: start for identifier, start in starts.items() if start in scored}, sentences
