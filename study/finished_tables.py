"""Tables of finished analyses, kept so that a study that was stopped goes on where it was."""
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from brainscore_plugin.sweep.fingerprint import digest, versions
from training.atomic import replacing


class FinishedTables:
    """Finished tables in a folder, each under the digest of all that it follows from.

    Parameters
    ----------
    folder : pathlib.Path
        Where they are kept.
    """

    def __init__(self, folder: Path):
        self._folder = folder
        self._code = digest(versions(), *(file.read_bytes() for file in sorted(Path(__file__).parent.rglob('*.py'))))

    def table(self, name: str, compute: Callable[[], pd.DataFrame], *follows_from: str | int) -> pd.DataFrame:
        """A table from the folder, or computed and put there.

        Parameters
        ----------
        name : str
            Of the table.
        compute : callable
            Returns the table.
        follows_from : str or int
            Digests, seeds and settings; the code of the study and the versions of libraries are added to them.
        """
        path = self._folder / f'{name}-{digest(self._code, *map(str, follows_from))[:16]}.parquet'
        if path.is_file():
            return pd.read_parquet(path)
        table = compute()
        self._folder.mkdir(parents=True, exist_ok=True)
        with replacing(path) as temporary:
            table.to_parquet(temporary)
        for outdated in self._folder.glob(f'{name}-*.parquet'):
            if outdated != path:
                outdated.unlink(missing_ok=True)
        return table
