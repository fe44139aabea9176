"""How well models predict neurons: results of a sweep by recording, area and metric, by animal, and by depth."""
import pandas as pd

KEYS = ['recording', 'area', 'metric']


def with_keys(table: pd.DataFrame) -> pd.DataFrame:
    """Split the identifier of a benchmark, such as SimulatedMouse.VISp-pls, into recording, area and metric."""
    parts = table.benchmark.str.extract(r'^(?P<recording>.+)\.(?P<area>[^.-]+)-(?P<metric>.+)$')
    return pd.concat([table, parts], axis=1)


def per_animal(results: pd.DataFrame) -> pd.DataFrame:
    """The value of each animal as the score has it, from all image splits together.

    Parameters
    ----------
    results : pandas.DataFrame
        Columns model, layer, benchmark, animal, split, value and animal_value, as of
        :func:`brainscore_plugin.sweep.load_results`.

    Returns
    -------
    pandas.DataFrame
        recording, area, metric, model, layer, animal, value, n_splits (with a value).
    """
    animals = with_keys(results).groupby([*KEYS, 'model', 'layer', 'animal'], sort=False)
    return animals.agg(value=('animal_value', 'first'), n_splits=('value', 'count')).reset_index()


def first_layer_against_mean(scores: pd.DataFrame, first: str = 'conv1') -> pd.DataFrame:
    """The first layer's value beside the mean over all layers (Fig. 8).

    Parameters
    ----------
    scores : pandas.DataFrame
        Columns recording, area, metric, model, layer and value, one row a layer.

    Returns
    -------
    pandas.DataFrame
        recording, area, metric, model, first_layer, mean_of_layers, n_layers; models without that layer are left out.
    """
    rows = []
    for keys, layers in scores.groupby([*KEYS, 'model'], sort=False):
        if (layers.layer == first).any() and len(layers) > 1:
            rows.append([*keys, layers.value[layers.layer == first].item(), layers.value.mean(), len(layers)])
    return pd.DataFrame(rows, columns=[*KEYS, 'model', 'first_layer', 'mean_of_layers', 'n_layers'])
