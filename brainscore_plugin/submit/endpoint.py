"""Scores a model by Brain-Score's own submission endpoint, into a database of one's own."""
import sqlite3
from contextlib import closing
from pathlib import Path

from .checks import Check, Failed
from .fresh_copy import FreshCopy

_ROW = """SELECT score.score_raw, score.score_ceiled, score.error, submission.status
FROM brainscore_submission AS submission
LEFT JOIN brainscore_model AS model ON model.submission_id = submission.id
LEFT JOIN brainscore_score AS score ON score.model_id = model.id"""


def endpoint_check(copy: FreshCopy, model: str, benchmark: str) -> Check:
    """Check that the endpoint stores a score of a model on a benchmark, both among the copy's plugins."""
    return Check(f'submission endpoint, {model} on {benchmark}', lambda: _score(copy, model, benchmark))


def _score(copy: FreshCopy, model: str, benchmark: str) -> str:
    database = copy.folder / 'submission.sqlite3'  # Brain-Score knows by this ending that it is no server
    _prepare(database, benchmark)
    run = copy.python('-m', 'brainscore_vision.submission.endpoints', 1, '--user_id', 1, '--public',
                      '--specified_only', '--new_models', model, '--new_benchmarks', benchmark,
                      BSC_DATABASESECRET=str(database))
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(_ROW).fetchall()
    if len(rows) != 1 or None in rows[0] or rows[0][-1] != 'successful':
        lines = run.stderr.strip().splitlines()
        reason = [line for line in lines if 'Could not run model' in line] or lines[-1:]
        raise Failed(f"found {rows}, expected one row with a score; {' '.join(reason)}")
    raw, ceiled, error, status = rows[0]
    return f'{status}, one row: score {ceiled:.6f}, raw {raw:.6f}, error {error:.6f}'


def _prepare(database: Path, benchmark: str) -> None:
    """The users and the parent benchmark that the leaderboard's database has already."""
    from brainscore_core.submission.database import connect_db
    from brainscore_core.submission.database_models import BenchmarkType, User, database_proxy
    connect_db(str(database))
    for identifier in (1, 2):  # who submits, and who owns the benchmarks
        User.create(id=identifier, email='', is_active=True, is_staff=False, is_superuser=False, password='')
    BenchmarkType.create(identifier=benchmark.split('.')[1].split('-')[0], order=0, domain='vision', owner=2)
    database_proxy.close()
