"""The scores of a sweep, as its leaderboard has them."""
from pathlib import Path

import numpy as np
import pandas as pd


def sweep_scores(folder: Path) -> pd.DataFrame:
    """Value and error of every task that has finished: the metric's own, not an average of what it is made of.

    Parameters
    ----------
    folder : pathlib.Path
        Of a sweep, see :func:`brainscore_plugin.sweep.sweep`.

    Returns
    -------
    pandas.DataFrame
        model, layer, benchmark, value, error, n_neurons; NaN where a score is not defined.

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
        rows.append([model, layer, benchmark, *(summary.get(name, np.nan) for name in ('value', 'error', 'n_neurons'))])
    return pd.DataFrame(rows, columns=['model', 'layer', 'benchmark', 'value', 'error', 'n_neurons'])
