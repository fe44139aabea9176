"""The scores of a sweep, as its leaderboard has them."""
from pathlib import Path

import numpy as np
import pandas as pd

from napari_viewer.core.other_animals import pooled

FROM_SUMMARY = ('value', 'error', 'n_neurons', 'consistency', 'n_animals')


def sweep_scores(folder: Path) -> pd.DataFrame:
    """Value and error of every task that has finished: the metric's own, not an average of what it is made of.

    Parameters
    ----------
    folder : pathlib.Path
        Of a sweep, see :func:`brainscore_plugin.sweep.sweep`.

    Returns
    -------
    pandas.DataFrame
        model, layer, benchmark, value, error, n_neurons; consistency and n_animals, what other animals' neurons get in
        the place of a model. NaN where something is not defined.

    Raises
    ------
    FileNotFoundError
        If there is no result.
    """
    from brainscore_plugin.sweep.results import load_results, read_summary
    from brainscore_plugin.sweep.tasks import Task
    results = load_results(folder)
    rows = []
    for model, layer, benchmark in results[['model', 'layer', 'benchmark']].drop_duplicates().itertuples(index=False):
        summary = read_summary(Task(model, layer, benchmark), folder)[0] or {}
        rows.append([model, layer, benchmark, *(summary.get(name, np.nan) for name in FROM_SUMMARY)])
    return pd.DataFrame(rows, columns=['model', 'layer', 'benchmark', *FROM_SUMMARY])


def of_other_animals(scores: pd.DataFrame, benchmark: str) -> str:
    """What other animals' neurons get on a benchmark, in words; empty where the sweep does not say."""
    known = scores[(scores.benchmark == benchmark) & scores.consistency.notna()]
    return pooled(known.consistency.iloc[0], int(known.n_animals.iloc[0])) if len(known) else ''
