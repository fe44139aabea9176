"""Selections of neurons: functions of the table of neurons, of which each recording names those that were published."""
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

SIGNIFICANT = .05


@dataclass(frozen=True)
class Selection:
    """A published selection of neurons.

    Parameters
    ----------
    source : str
        Where it comes from, and what it is.
    keep : callable
        From the table of neurons to a mask, bool (n_neurons,).
    """
    source: str
    keep: Callable[[pd.DataFrame], np.ndarray]


def select(neurons: pd.DataFrame, selections: dict[str, Selection], name: str, area: str | None = None) -> np.ndarray:
    """The mask of a selection, and of an area; prints how many neurons and animals it leaves.

    Parameters
    ----------
    neurons : pandas.DataFrame
        A row for each neuron: region, animal, and what the selection depends on.
    selections : dict of str to Selection
    name : str
        One of them.
    area : str, optional
        All areas by default. The selection is made in all areas, whichever is asked for.

    Returns
    -------
    numpy.ndarray, bool, shape (n_neurons,)

    Raises
    ------
    ValueError
        If there is no such selection, or no neuron of the area is left.
    """
    if name not in selections:
        raise ValueError(f"There is no selection of neurons '{name}': choose one of {', '.join(selections)}.")
    mask = np.asarray(selections[name].keep(neurons), bool)
    table = summary(neurons, mask)
    if area is not None:
        if area not in table.index:
            raise ValueError(f"No neurons of '{area}' were recorded; choose one of {', '.join(table.index)}.")
        table = table.loc[[area]]
        mask = mask & (neurons['region'] == area).to_numpy()
    print(f"Selection '{name}' ({selections[name].source}) leaves:\n{table.to_string()}")
    if not mask.any():
        raise ValueError(f"The selection '{name}' leaves no neuron of {area or 'any area'}.")
    return mask


def summary(neurons: pd.DataFrame, mask: np.ndarray) -> pd.DataFrame:
    """Neurons and animals of each area, in `mask` and in all: columns neurons, animals, of_neurons, of_animals."""
    def count(rows: pd.DataFrame) -> pd.DataFrame:
        by_area = rows.groupby('region')['animal']
        return pd.DataFrame({'neurons': by_area.size(), 'animals': by_area.nunique()})

    return count(neurons[mask]).reindex(sorted(neurons['region'].unique()), fill_value=0).join(
        count(neurons).add_prefix('of_'))


def all_neurons(neurons: pd.DataFrame) -> np.ndarray:
    return np.ones(len(neurons), bool)


def not_modulated_by_running(p: pd.Series) -> np.ndarray:
    """Whether running does not change a neuron's response to its preferred image significantly; NaN: not tested."""
    return ((p > SIGNIFICANT) | p.isna()).to_numpy()


def in_well_sampled_animals(neurons: pd.DataFrame, mask: np.ndarray, quantile: float = .75) -> np.ndarray:
    """`mask`, without the animals that have few neurons in it.

    In every area an animal stays if it has at least as many neurons in `mask` as the quantile over the area's animals
    that have any, rounded up.
    """
    kept = neurons[mask]
    n_neurons = kept.groupby(['region', 'animal'])['animal'].transform('size')
    sizes = kept.groupby(['region', 'animal']).size()
    enough = np.ceil(sizes.groupby('region').quantile(quantile))
    chosen = mask.copy()
    chosen[mask] = (n_neurons >= kept['region'].map(enough)).to_numpy()
    return chosen
