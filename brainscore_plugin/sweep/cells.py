"""The files of a sweep: one for each finished cell, complete or absent."""
import json
import os
import socket
import time
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pandas as pd
import psutil
import pyarrow as pa
import pyarrow.parquet as pq

PARTIAL = '.partial'  # folder of what is being written
ABANDONED = 24 * 3600  # s; age of a half-written file of another machine that no living process can still want

SCHEMA = pa.schema({
    'model': pa.string(), 'layer': pa.string(), 'benchmark': pa.string(), 'animal': pa.string(), 'split': pa.int32(),
    'value': pa.float64(), 'raw': pa.float64(), 'ceiling': pa.float64(), 'n_neurons': pa.int32(), 'n_nan': pa.int32(),
    'seed': pa.int64(), 'protocol': pa.string(), 'versions': pa.string()})


@dataclass(frozen=True)
class Cell:
    """One layer of one model on one benchmark."""
    model: str
    layer: str
    benchmark: str

    def path(self, out: Path) -> Path:
        """Where its results lie in the folder of a sweep."""
        benchmark, model, layer = (quote(name, safe=' ') for name in (self.benchmark, self.model, self.layer))
        return out / 'cells' / benchmark / model / f'{layer}.parquet'


def write_cell(cell: Cell, out: Path, rows: pd.DataFrame, summary: dict, fingerprint: str) -> None:
    """Write a cell's file: the same content gives the same bytes.

    Parameters
    ----------
    cell : Cell
        What was scored.
    out : pathlib.Path
        The sweep's folder.
    rows : pandas.DataFrame
        Columns animal, split, value, raw, ceiling, n_neurons, n_nan, seed, protocol, versions; one row for each
        animal and image split.
    summary : dict
        What the leaderboard shows; goes into the file's metadata.
    fingerprint : str
        Of all that the result follows from; goes into the metadata, too.
    """
    rows = rows.assign(model=cell.model, layer=cell.layer, benchmark=cell.benchmark)
    table = pa.Table.from_pandas(rows[SCHEMA.names], schema=SCHEMA, preserve_index=False)
    table = table.replace_schema_metadata({'fingerprint': fingerprint, 'summary': json.dumps(summary, sort_keys=True)})
    with replacing(cell.path(out), out) as temporary:
        pq.write_table(table, temporary, compression='zstd')


def read_summary(cell: Cell, out: Path) -> tuple:
    """A cell's summary and fingerprint; (None, None) where its file is absent or damaged."""
    try:
        metadata = pq.read_schema(cell.path(out)).metadata
        return json.loads(metadata[b'summary']), metadata[b'fingerprint'].decode()
    except FileNotFoundError:
        return None, None
    except (pa.ArrowException, KeyError, TypeError, ValueError):
        return None, None


def load_results(out: Path) -> pd.DataFrame:
    """Every finished cell of a sweep's folder, tidy.

    Parameters
    ----------
    out : pathlib.Path
        Folder given to :func:`~brainscore_plugin.sweep.sweep`.

    Returns
    -------
    pandas.DataFrame
        One row for each model, layer, benchmark, animal and image split. `value` is the median over the animal's
        neurons of the noise-corrected value in that split, `raw` the same before correction, `ceiling` the animal's
        median reliability, `n_nan` of its `n_neurons` have no defined correction; seed, protocol and versions say
        how it was computed. A benchmark that is not of this project has one row, without animal and split.

    Raises
    ------
    FileNotFoundError
        If the folder has no finished cell.
    """
    files = sorted(Path(out).glob('cells/*/*/*.parquet'))
    if not files:
        raise FileNotFoundError(f"{out} holds no finished cell: 'brainscore-mouse score --out {out}' fills it.")
    return pa.concat_tables([pq.read_table(file).replace_schema_metadata() for file in files]).to_pandas()


@contextmanager
def replacing(path: Path, out: Path):
    """A temporary path in the sweep's folder that takes the place of `path` once it has been written without error."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = out / PARTIAL
    partial.mkdir(exist_ok=True)
    temporary = partial / f'{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex}{path.suffix}'
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def remove_leftovers(out: Path) -> None:
    """Remove what killed processes were writing; leave alone what a living one writes."""
    for leftover in (out / PARTIAL).glob('*-*-*'):
        host, pid, _ = leftover.name.rsplit('-', 2)
        try:
            if host == socket.gethostname():
                dead = not psutil.pid_exists(int(pid))
            else:
                dead = time.time() - leftover.stat().st_mtime > ABANDONED
        except FileNotFoundError:  # finished meanwhile
            continue
        if dead:
            leftover.unlink(missing_ok=True)
