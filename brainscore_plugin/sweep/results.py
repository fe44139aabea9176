"""What the tasks of a sweep leave: a file for each finished task, complete or absent."""
import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from training.atomic import replacing

from .tasks import Task

PARTIAL = '.partial'  # folder of what is being written

SCHEMA = pa.schema({
    'model': pa.string(), 'layer': pa.string(), 'benchmark': pa.string(), 'animal': pa.string(), 'split': pa.int32(),
    'value': pa.float64(), 'animal_value': pa.float64(), 'raw': pa.float64(), 'ceiling': pa.float64(),
    'n_neurons': pa.int32(), 'n_nan': pa.int32(), 'seed': pa.int64(), 'protocol': pa.string(), 'versions': pa.string()})


def write_result(task: Task, out: Path, rows: pd.DataFrame, summary: dict, fingerprint: str,
                 neurons: dict[str, list[float | None]] | None = None) -> None:
    """Write the file of a task's result: the same content gives the same bytes.

    Parameters
    ----------
    task : Task
        What was scored.
    out : pathlib.Path
        The sweep's folder.
    rows : pandas.DataFrame
        Columns animal, split, value, animal_value, raw, ceiling, n_neurons, n_nan, seed, protocol, versions; one row
        for each animal and image split.
    summary : dict
        What the leaderboard shows; goes into the file's metadata.
    fingerprint : str
        Of all that the result follows from; goes into the metadata, too.
    neurons : dict of str to list of float, optional
        Animal -> the value of each of its neurons, None where it has none; goes into the metadata, too.
    """
    rows = rows.assign(model=task.model, layer=task.layer, benchmark=task.benchmark)
    table = pa.Table.from_pandas(rows[SCHEMA.names], schema=SCHEMA, preserve_index=False)
    table = table.replace_schema_metadata({'fingerprint': fingerprint, 'summary': json.dumps(summary, sort_keys=True),
                                           **({'neurons': json.dumps(neurons)} if neurons else {})})
    path = task.result_path(out)
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path, out / PARTIAL) as temporary:
        pq.write_table(table, temporary, compression='zstd')


def read_summary(task: Task, out: Path) -> tuple[dict, str] | tuple[None, None]:
    """Summary and fingerprint of a task's result; (None, None) where its file is absent or damaged."""
    try:
        metadata = pq.read_schema(task.result_path(out)).metadata
        return json.loads(metadata[b'summary']), metadata[b'fingerprint'].decode()
    except Exception:  # of a damaged file Arrow raises whatever it meets; the task is computed again
        return None, None


def load_results(out: Path) -> pd.DataFrame:
    """Every result in a sweep's folder, tidy.

    Parameters
    ----------
    out : pathlib.Path
        Folder given to :func:`~brainscore_plugin.sweep.sweep`.

    Returns
    -------
    pandas.DataFrame
        One row for each model, layer, benchmark, animal and image split. `value` is the animal's noise-corrected value
        in that split alone, `animal_value` that of all splits together, which the score is the mean of and which is not
        the mean of the splits; `raw` the mean over neurons before correction, `ceiling` the animal's median
        reliability; `n_nan` of its `n_neurons` have no correction of their own; seed, protocol and versions say how it
        was computed. A benchmark that is not of this project has one row, without animal and split.

    Raises
    ------
    FileNotFoundError
        If the folder has no result.
    ValueError
        If a file is damaged.
    """
    files = sorted(Path(out).glob('cells/*/*/*.parquet'))
    if not files:
        raise FileNotFoundError(f"{out} holds no results of a sweep: 'brainscore-mouse score --out {out}' writes them.")
    return pa.concat_tables(map(_table, files)).to_pandas()


def _table(file: Path) -> pa.Table:
    try:
        return pq.read_table(file, schema=SCHEMA).replace_schema_metadata()
    except Exception as error:  # as above
        reason = ' '.join(str(error).split())
        raise ValueError(f'{file} is damaged ({reason}): start the sweep again, which computes it anew.') from error
