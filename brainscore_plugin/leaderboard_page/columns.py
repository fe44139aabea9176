"""The page's scores as columns of whole numbers: fewer bytes, and nothing is made of a score until it is looked at."""
from collections.abc import Iterable, Sequence
from typing import Any

SCALE = 10_000  # numbers are of four digits, see page_data


def as_columns(scores: list) -> dict[str, list]:
    """Scores as :func:`.page_data.page_data` gives them, column by column.

    Parameters
    ----------
    scores : list of [model, benchmark, score]

    Returns
    -------
    dict of str to list
        A row a score: model, benchmark, value, error, ceiling (both in units of 1 / :data:`SCALE`), n, undefined, layer
        and region (of `names`), layers (of `layer_lists`: names of layers, of `names`), animals and neurons (of
        `animal_lists`: name and number of its values). One after another over all scores, in these orders:
        layer_values, layer_errors, animal_values and neuron_values. What is not known is None.
    """
    names, layer_lists, animal_lists = _Interned(), _Interned(), _Interned()
    columns: dict[str, list] = {name: [] for name in (
        'model', 'benchmark', 'value', 'error', 'ceiling', 'n', 'undefined', 'layer', 'region', 'layers', 'animals',
        'neurons', 'layer_values', 'layer_errors', 'animal_values', 'neuron_values')}
    for model, benchmark, score in scores:
        row = {'model': model, 'benchmark': benchmark, 'n': score['n'], 'undefined': score['undefined'],
               **{name: _whole(score[name]) for name in ('value', 'error', 'ceiling')},
               **{name: None if score[name] is None else names.number(score[name]) for name in ('layer', 'region')},
               'layers': layer_lists.number(tuple(names.number(layer) for layer, _, _ in score['layers'])),
               **{name: animal_lists.number(tuple((animal, len(own)) for animal, own in score.get(name, {}).items()))
                  for name in ('animals', 'neurons')}}
        for name, value in row.items():
            columns[name].append(value)
        columns['layer_values'] += _wholes(value for _, value, _ in score['layers'])
        columns['layer_errors'] += _wholes(error for _, _, error in score['layers'])
        for name, column in (('animals', 'animal_values'), ('neurons', 'neuron_values')):
            columns[column] += _wholes(value for own in score.get(name, {}).values() for value in own)
    return {**columns, 'names': list(names), 'layer_lists': list(layer_lists), 'animal_lists': list(animal_lists)}


class _Interned(dict):
    """Things that are numbered when they are seen first."""

    def number(self, thing: str | Sequence[Any]) -> int:
        return self.setdefault(thing, len(self))


def _wholes(values: Iterable[float | None]) -> list[int | None]:
    return [_whole(value) for value in values]


def _whole(value: float | None) -> int | None:
    return None if value is None else round(SCALE * value)
