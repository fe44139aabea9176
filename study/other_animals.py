"""What other animals' neurons get in the place of a model, where several animals saw the same images."""
import pandas as pd

from study.models import BASELINE
from study.predictivity import KEYS

COLUMNS = [*KEYS, 'value', 'error', 'n_animals', 'n_pooled', 'best_model', 'best_layer', 'best_value', 'best_of_value']


def other_animals(scores: pd.DataFrame) -> pd.DataFrame:
    """What they get, beside the network and layer that get most; pixels, chance and truth are no networks.

    Parameters
    ----------
    scores : pandas.DataFrame
        Columns recording, area, metric, label, group, layer, value, consistency, consistency_error and n_animals, as of
        :func:`~study.scores.score_models`.

    Returns
    -------
    pandas.DataFrame
        A row for each recording, area and metric where that is known: recording, area, metric, value, error, n_animals,
        n_pooled (of which the neurons are pooled: all but the one that is predicted), best_model, best_layer,
        best_value, and best_of_value, the share of the other animals' value that this is. The value grows with
        n_pooled.
    """
    rows = []
    for keys, block in scores[scores.consistency.notna()].groupby(KEYS, sort=False):
        value, error, n_animals = block[['consistency', 'consistency_error', 'n_animals']].iloc[0]
        networks = block[(block.group != BASELINE) & block.value.notna()]
        best = networks.loc[networks.value.idxmax()] if len(networks) else None
        found = (None, None, float('nan')) if best is None else (best.label, best.layer, best.value)
        rows.append([*keys, value, error, int(n_animals), int(n_animals) - 1, *found,
                     found[2] / value if value > 0 else float('nan')])
    return pd.DataFrame(rows, columns=COLUMNS)


def pooled_label(n_animals: int) -> str:
    """What a line at their value is called in a figure."""
    return f"other animals' neurons, {n_animals - 1} of {n_animals} pooled"
