"""Where everything that users make or fetch is kept."""
import os
from pathlib import Path

VARIABLE = 'BRAINSCORE_MOUSE_HOME'


def project_home(home: Path | str | None = None) -> Path:
    """The folder of prepared domains, fetched recordings and registered models.

    Parameters
    ----------
    home : pathlib.Path, optional
        Given by the caller, it is what counts.

    Returns
    -------
    pathlib.Path
        `home`, else the environment variable BRAINSCORE_MOUSE_HOME, else ``~/.brainscore-mouse``; absolute, with ``~``
        replaced.
    """
    return Path(home or os.environ.get(VARIABLE) or '~/.brainscore-mouse').expanduser().absolute()
