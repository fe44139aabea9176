"""What would keep a model from being scored, found without loading anything."""
import difflib
import os
from pathlib import Path

from brainscore_plugin.link import Plugin, installed_brainscore, plugins


def check_scorable(model: str, benchmark: str) -> None:
    """Check that Brain-Score can find both identifiers and write its data.

    Parameters
    ----------
    model, benchmark : str
        Identifiers.

    Raises
    ------
    LookupError
        If an identifier is unknown or its plugin is not linked; names the nearest ones.
    PermissionError
        If the data home or the folder of the score file cannot be written.
    """
    brainscore = installed_brainscore()
    check_identifier(brainscore, 'models', model)
    check_identifier(brainscore, 'benchmarks', benchmark)
    _check_writable(Path(os.getenv('BRAINIO_HOME', '~/.brainio')).expanduser(), 'set BRAINIO_HOME to another folder')
    _check_writable(brainscore.parent, "Brain-Score writes its score file there; link into a view: "
                                       "'brainscore-mouse link --view DIR'")


def check_identifier(brainscore: Path, type_: str, identifier: str) -> None:
    linked = [Plugin(type_, init.parent) for init in (brainscore / type_).glob('*/__init__.py')]
    known = {known for plugin in linked for known in plugin.identifiers}
    if identifier in known:
        return
    ours = [own for plugin in plugins() if plugin.type == type_ for own in plugin.identifiers]
    if identifier in ours:
        raise LookupError(f"Brain-Score does not see '{identifier}' yet: run 'brainscore-mouse link'.")
    near = difflib.get_close_matches(identifier, known, n=3)
    hint = f"Did you mean {' or '.join(near)}? " if near else ''
    raise LookupError(f"No {type_.removesuffix('s')} '{identifier}'. {hint}This project's: {', '.join(ours)}.")


def _check_writable(folder: Path, remedy: str) -> None:
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK):
        raise PermissionError(f'{folder} cannot be written: make it writable, or {remedy}.')
