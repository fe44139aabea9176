"""A benchmark's score as the rows of a result."""
import numpy as np
import pandas as pd
from brainscore_core.metrics import Score
from brainscore_vision.benchmarks.mouse_predictivity.benchmark import MousePredictivity
from brainscore_vision.metrics.mouse_metrics.averages import median_per_row, nanmean

from .fingerprint import versions


def score_rows(score: Score, benchmark) -> pd.DataFrame:
    """A row for each animal and image split where the score tells them apart, else one row.

    Parameters
    ----------
    score : Score
    benchmark : Benchmark
        That gave it.

    Returns
    -------
    pandas.DataFrame
        Columns as :func:`.results.write_result` takes them.
    """
    rows = _per_animal(score, benchmark) if 'corrected' in score.attrs else _without_splits(score, benchmark)
    return rows.assign(seed=score.attrs.get('seed'), protocol=score.attrs.get('protocol'), versions=versions())


def neuron_values(score: Score) -> dict[str, list[float | None]]:
    """Animal -> the noise-corrected values of its neurons, None where one has none; empty where neurons are pooled.

    To four digits: there are thousands, and they are shown, not computed with.
    """
    values = score.attrs.get('neuroids')
    if values is None:
        return {}
    owners = values['animal'].values
    return {str(animal): [round(float(value), 4) if np.isfinite(value) else None for value in values.values[
        owners == animal]] for animal in dict.fromkeys(owners)}


def _without_splits(score: Score, benchmark) -> pd.DataFrame:
    """Of a metric that has a value for each animal (or field of view) and no image splits; one row without either."""
    row = _one_row(score)
    if isinstance(benchmark, MousePredictivity):  # what it scores layer by layer has no ceiling among its attributes
        row['ceiling'] = float(benchmark.ceiling)
    if 'animals' not in score.attrs:
        return row
    values, raw = score.attrs['animals'], score.attrs[Score.RAW_VALUES_KEY].attrs[Score.RAW_VALUES_KEY]
    animals = values['animal'].values
    raw = pd.Series(raw.values).groupby(raw['animal'].values).mean()  # of neurons, where they have their own
    return row.loc[[0] * len(animals)].reset_index(drop=True).assign(
        animal=[str(animal) for animal in animals], value=values.values, animal_value=values.values,
        raw=raw[animals].to_numpy())


def _per_animal(score: Score, benchmark: MousePredictivity) -> pd.DataFrame:
    """From values per split and animal; `animal_value` is from all splits together, as the score has it."""
    corrected, raw = score.attrs['corrected'], score.raw.raw
    # where neurons are pooled, animals take their place
    undefined = np.isnan(score.attrs.get('neuroids', score.attrs['animals']).values)
    reliability = np.nanmean(benchmark.ceiling.raw.values, axis=0)
    owners = benchmark.recordings['animal'].values
    tables = []
    for number, animal in enumerate(corrected['animal'].values):
        mine = raw['animal'].values == animal
        tables.append(pd.DataFrame({
            'animal': str(animal), 'split': np.arange(len(corrected)), 'value': corrected.values[:, number],
            'animal_value': score.attrs['animals'].values[number], 'raw': nanmean(raw.values[:, mine], axis=1),
            'ceiling': median_per_row(reliability[None, owners == animal])[0],
            'n_neurons': (owners == animal).sum(), 'n_nan': undefined[mine].sum()}))
    return pd.concat(tables, ignore_index=True)


def _one_row(score: Score) -> pd.DataFrame:
    raw = score.attrs.get(Score.RAW_VALUES_KEY)
    raw = float(raw) if getattr(raw, 'size', 0) == 1 else np.nan
    return pd.DataFrame({'animal': [None], 'split': [None], 'value': [float(score)],
                         'animal_value': [float(score)], 'raw': [raw],
                         'ceiling': [float(score.attrs.get('ceiling', np.nan))], 'n_neurons': [None], 'n_nan': [None]})
