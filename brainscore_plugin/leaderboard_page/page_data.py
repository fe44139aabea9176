"""What a page shows, from the files that sweeps leave."""
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from brainscore_plugin.link import plugins
from brainscore_plugin.recordings.kinds import REAL, kind_of

CHANCE, UNTRAINED = 'random_features', 'alexnet64_untrained'
DIGITS = 4  # of numbers in the page


def page_data(sweeps: list[Path], facts: Path | None = None) -> dict:
    """All results of sweeps as the page's script takes them.

    Parameters
    ----------
    sweeps : list of pathlib.Path
        Folders that 'brainscore-mouse score' has written; of a task that is in several the last one's result counts.
    facts : pathlib.Path, optional
        CSV with a column model and others of numbers, such as naturalness, to show scores against.

    Returns
    -------
    dict
        models, benchmarks : list of str
        facts : dict, model -> name -> number; parameters from the sweeps, probes' accuracies from cards, and `facts`
        scores : list of [model, benchmark, score], both by their place in the lists; a score has value, error and layer
        of the committed layer, layers (list of [name, value, error]), animals (animal -> its values over image splits
        at the committed layer), neurons (animal -> the values of its neurons there, where the sweep has kept them),
        ceiling, n, undefined and region
        references : dict, benchmark -> chance, untrained and ceiling, where they are known
        kinds : dict, benchmark -> 'simulated' or 'twin', of those whose neurons no mouse has
        versions : list of str

    Raises
    ------
    FileNotFoundError
        If a folder has no result.
    ValueError
        If `facts` has no column model or is no CSV.
    """
    pairs, named, versions = {}, {}, set()
    for sweep in sweeps:
        files = sorted(Path(sweep).glob('cells/*/*/*.parquet'))
        if not files:
            raise FileNotFoundError(f"{sweep} holds no results of a sweep: 'brainscore-mouse score --out {sweep}' "
                                    'writes them.')
        for rows, summary, neurons in filter(None, map(_read, files)):
            first = rows.iloc[0]
            pairs.setdefault((first.model, first.benchmark), {})[first.layer] = rows, summary, neurons
            versions.add(first.versions)
            if summary.get('parameters'):
                named.setdefault(first.model, {})['parameters'] = summary['parameters']
    models, benchmarks = (list(dict.fromkeys(names)) for names in zip(*sorted(pairs)))
    benchmarks = sorted(set(benchmarks))
    scores = {pair: _score(layers) for pair, layers in pairs.items()}
    for model, own in [*_of_cards(models), *_of_csv(facts, models)]:
        named[model] = {**named.get(model, {}), **own}
    return {'models': models, 'benchmarks': benchmarks, 'facts': named, 'versions': sorted(versions),
            'scores': [[models.index(model), benchmarks.index(benchmark), score]
                       for (model, benchmark), score in scores.items()],
            'references': {benchmark: _references(benchmark, scores) for benchmark in benchmarks},
            'kinds': {benchmark: kind_of(benchmark) for benchmark in benchmarks if kind_of(benchmark) != REAL}}


def _read(file: Path) -> tuple[pd.DataFrame, dict, dict] | None:
    try:
        table = pq.read_table(file)
        metadata = table.schema.metadata
        return table.to_pandas(), json.loads(metadata[b'summary']), json.loads(metadata.get(b'neurons', b'{}'))
    except (pa.ArrowException, KeyError, TypeError, ValueError):
        return None  # damaged: the sweep computes it again


def _score(layers: dict[str, tuple[pd.DataFrame, dict, dict]]) -> dict:
    """Of one model on one benchmark: layer -> rows, summary and values of neurons."""
    ordered = sorted(layers, key=lambda layer: (layers[layer][1].get('depth') or 0))
    committed = next((layer for layer in ordered if layers[layer][1]['committed']), None)
    score: dict[str, Any] = {'layers': [[layer, _number(layers[layer][1]['value']), _number(layers[layer][1]['error'])]
                        for layer in ordered], 'layer': committed, 'value': None, 'error': None}
    rows, summary, neurons = layers[committed or ordered[0]]
    score |= {'region': summary.get('region'), 'n': summary.get('n_neurons'), 'undefined': summary.get('n_nan'),
              'ceiling': _number(rows.ceiling.dropna().median())}
    if committed is not None:
        score |= {'value': _number(summary['value']), 'error': _number(summary['error'])}
        if rows.animal.notna().all():
            score['animals'] = {str(animal): [_number(value) for value in own.value]
                                for animal, own in rows.groupby('animal', sort=False)}
        score['neurons'] = {animal: [value for value in own if value is not None] for animal, own in neurons.items()}
    return score


def _references(benchmark: str, scores: dict[tuple[str, str], dict]) -> dict[str, float]:
    found = {name: scores[model, benchmark]['value'] for name, model in (('chance', CHANCE), ('untrained', UNTRAINED))
             if (model, benchmark) in scores}
    ceilings = [score['ceiling'] for (_, name), score in scores.items() if name == benchmark and score['ceiling']]
    return {**found, **({'ceiling': ceilings[0]} if ceilings else {})}


def _of_cards(models: list[str]) -> Iterable[tuple[str, dict[str, float]]]:
    """Accuracies of the linear probes in models' cards, by domain."""
    for plugin in plugins():
        for card in sorted(plugin.directory.glob('cards/*.json')):
            if card.stem in models:
                probes = json.loads(card.read_text(encoding='utf-8')).get('probes', [])
                yield card.stem, {f"linear probe, {probe['domain']}": probe['linear'] for probe in probes
                                  if probe['model'] == card.stem}


def _of_csv(facts: Path | None, models: list[str]) -> Iterable[tuple[str, dict[str, float]]]:
    if facts is None:
        return
    table = pd.read_csv(facts)
    if 'model' not in table:
        raise ValueError(f"{facts} has no column 'model'; it has {', '.join(map(str, table.columns))}.")
    for row in table.set_index('model').select_dtypes('number').itertuples():
        if row.Index in models:
            yield row.Index, {name: value for name, value in row._asdict().items()
                              if name != 'Index' and np.isfinite(value)}


def _number(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else round(float(value), DIGITS)
