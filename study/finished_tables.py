"""Tables of finished analyses, kept so that a study that was stopped goes on where it was."""
import os
import uuid
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from brainscore_plugin.sweep.fingerprint import digest, versions


class Steps:
    """Finished tables in a folder, each under the digest of all that it follows from.

    Parameters
    ----------
    folder : pathlib.Path
        Where they are kept.
    """

    def __init__(self, folder: Path):
        self._folder = folder
        self._code = digest(versions(), *(file.read_bytes() for file in sorted(Path(__file__).parent.glob('*.py'))))

    def table(self, name: str, compute: Callable[[], pd.DataFrame], *follows_from: str) -> pd.DataFrame:
        """A table from the folder, or computed and put there.

        Parameters
        ----------
        name : str
            Of the analysis.
        compute : callable
            Returns the table.
        follows_from : str
            Digests, seeds and settings; the code of the study and the versions of libraries go without saying.
        """
        path = self._folder / f'{name}-{digest(self._code, *map(str, follows_from))[:16]}.parquet'
        if path.is_file():
            return pd.read_parquet(path)
        table = compute()
        self._folder.mkdir(parents=True, exist_ok=True)
        temporary = self._folder / f'.{uuid.uuid4().hex}'
        try:
            table.to_parquet(temporary)
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
        for outdated in self._folder.glob(f'{name}-*.parquet'):
            if outdated != path:
                outdated.unlink(missing_ok=True)
        return table
