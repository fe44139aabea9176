"""How reliable the neurons of a benchmark are, which bounds what any model can predict of them."""
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from training.atomic import replacing

THRESHOLDS = (.3, .5, .75)  # reliabilities from which on neurons are commonly kept


def neuron_reliabilities(benchmarks: Iterable[str]) -> pd.DataFrame:
    """Split-half reliability of every neuron of some benchmarks.

    Parameters
    ----------
    benchmarks : iterable of str
        Identifiers of mouse benchmarks.

    Returns
    -------
    pandas.DataFrame
        A row a neuron: benchmark, neuroid_id, animal, region, reliability (Spearman-Brown corrected, mean over 10
        random halvings of the trials, NaN where it is undefined) and sd (its standard deviation over the halvings).

    Raises
    ------
    LookupError
        If Brain-Score knows no benchmark of that name.
    ValueError
        If it is not a mouse benchmark, or has no trials to be halved.
    OSError
        If its recordings cannot be read or made.
    """
    return pd.concat([_of_benchmark(identifier) for identifier in dict.fromkeys(benchmarks)], ignore_index=True)


def summary(neurons: pd.DataFrame) -> pd.DataFrame:
    """Count the reliable neurons of each animal and of all of them.

    Parameters
    ----------
    neurons : pandas.DataFrame
        As from :func:`neuron_reliabilities`.

    Returns
    -------
    pandas.DataFrame
        A row for each animal of each area and one, 'all', for the area: benchmark, area, animal, neurons, undefined
        (how many of them have no reliability), median, lower and upper quartile of those that have, and the share of
        all the neurons above each of :data:`THRESHOLDS`.
    """
    rows = []
    for (benchmark, area), of_area in neurons.groupby(['benchmark', 'region'], sort=False):
        for animal, group in [*of_area.groupby('animal', sort=False), ('all', of_area)]:
            values = group['reliability']
            lower, median, upper = values.quantile([.25, .5, .75])
            rows.append({'benchmark': benchmark, 'area': area, 'animal': animal, 'neurons': len(values),
                         'undefined': int(values.isna().sum()), 'median': median, 'lower': lower, 'upper': upper,
                         **{f'> {threshold}': (values > threshold).mean() for threshold in THRESHOLDS}})
    return pd.DataFrame(rows)


def table(neurons: pd.DataFrame) -> str:
    """The :func:`summary` as text, a line a row.

    Parameters
    ----------
    neurons : pandas.DataFrame
        As from :func:`neuron_reliabilities`.

    Returns
    -------
    str
    """
    rows = summary(neurons)
    quartiles = [_number(lower) + ' to ' + _number(upper) for lower, upper in zip(rows.pop('lower'), rows.pop('upper'))]
    rows.insert(rows.columns.get_loc('median') + 1, 'quartiles', quartiles)
    return rows.to_string(index=False, na_rep='-', formatters={
        'median': _number, **{f'> {threshold}': '{:.0%}'.format for threshold in THRESHOLDS}})


def other_animals(benchmarks: Iterable[str]) -> list[str]:
    """What other animals' neurons get on benchmarks, in the place of a model: a line for each that can be asked.

    Parameters
    ----------
    benchmarks : iterable of str
        Identifiers of mouse benchmarks.

    Raises
    ------
    LookupError, ValueError, OSError
        As :func:`neuron_reliabilities`.
    """
    lines = []
    for identifier in dict.fromkeys(benchmarks):
        found = _mouse_benchmark(identifier).inter_animal_consistency
        if found is not None:
            animals = found.attrs['n_animals']
            lines.append(f"{identifier}: in the place of a model, all neurons of {animals - 1} of the {animals} "
                         f"animals get {float(found):.3f} ± {found.attrs['error']:.3f} of the remaining one's "
                         f"({found.attrs['raw_sources']:.3f} if they count by their variance); more would get more.")
    return lines


def write_csv(neurons: pd.DataFrame, path: Path) -> None:
    """Write a row a neuron, complete or not at all.

    Parameters
    ----------
    neurons : pandas.DataFrame
        As from :func:`neuron_reliabilities`.
    path : pathlib.Path
        Replaced if it exists.

    Raises
    ------
    OSError
        If the file cannot be written; what was there is as it was.
    """
    if not path.parent.is_dir():
        raise NotADirectoryError(f'{path} cannot be written: {path.parent} is not a folder.')
    try:
        with replacing(path) as temporary:
            neurons.to_csv(temporary, index=False)
    except OSError as error:
        raise OSError(f'{path} cannot be written: {error.strerror or error}.') from error


def _mouse_benchmark(identifier: str):
    from brainscore_vision import load_benchmark

    from brainscore_plugin.check import check_identifier
    from brainscore_plugin.link import installed_brainscore
    check_identifier(installed_brainscore(), 'benchmarks', identifier)
    benchmark = load_benchmark(identifier)
    from brainscore_vision.benchmarks.mouse_predictivity.benchmark import MousePredictivity  # linked, or not found
    if not isinstance(benchmark, MousePredictivity):
        raise ValueError(f'{identifier} is not a mouse benchmark: its neurons cannot be told apart.')
    return benchmark


def _of_benchmark(identifier: str) -> pd.DataFrame:
    from brainscore_vision import load_ceiling
    recordings = _mouse_benchmark(identifier).recordings
    if len(set(recordings['repetition'].values)) < 2:
        raise ValueError(f'{identifier} has one presentation of each image, so that its trials cannot be halved. If it '
                         "is scored on published matrices, the score's attribute reliability has theirs.")
    halvings = pd.DataFrame(load_ceiling('split_half_reliability')(recordings).raw.transpose('neuroid', 'split').values)
    return pd.DataFrame({'benchmark': identifier,
                         **{name: recordings[name].values for name in ('neuroid_id', 'animal', 'region')},
                         'reliability': halvings.mean(axis=1), 'sd': halvings.std(axis=1)})


def _number(value: float) -> str:
    return '-' if pd.isna(value) else f'{value:.2f}'
