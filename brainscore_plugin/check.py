"""What would keep a model from being scored, found without loading anything."""
import difflib
import os
from pathlib import Path

from brainscore_plugin.any_network import NetworkName, is_network_name
from brainscore_plugin.any_network.sources import check_source
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
    FileNotFoundError
        If the benchmark's recordings are not packaged; names the commands that get them.
    PermissionError
        If the data home or the folder of the score file cannot be written.
    """
    check_there(model, benchmark)
    brainscore = installed_brainscore()
    _check_writable(Path(os.getenv('BRAINIO_HOME', '~/.brainio')).expanduser(), 'set BRAINIO_HOME to another folder')
    _check_writable(brainscore.parent, "Brain-Score writes its score file there; link into a view: "
                                       "'brainscore-mouse link --view DIR'")


def check_there(model: str, benchmark: str) -> None:
    """Check that Brain-Score finds both identifiers, and the recordings: what scoring without its command needs.

    Raises
    ------
    LookupError, FileNotFoundError
        As of :func:`check_scorable`.
    """
    brainscore = installed_brainscore()
    check_identifier(brainscore, 'models', model)
    check_identifier(brainscore, 'benchmarks', benchmark)
    check_recordings(benchmark)


def check_identifier(brainscore: Path, type_: str, identifier: str) -> None:
    """Check that Brain-Score knows an identifier, or that a network named by its source can be found.

    Parameters
    ----------
    brainscore : pathlib.Path
        Folder ``brainscore_vision``.
    type_ : {'models', 'benchmarks'}
        Type of the plugin.
    identifier : str

    Raises
    ------
    LookupError
        If it is unknown, with the nearest ones, or its plugin is not linked.
    ValueError, ImportError, FileNotFoundError
        If a network's name cannot be read, or its library or file is not here.
    """
    if type_ == 'models' and is_network_name(identifier):
        check_source(NetworkName.parse(identifier))
        return
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


def check_recordings(benchmark: str) -> None:
    """Raise FileNotFoundError if the real recordings of a benchmark, such as 'deVries2020.VISp-pls', are absent."""
    from brainscore_plugin.data.mouse_recordings.layout import packaged, recordings_home
    from brainscore_plugin.recordings.catalogue import NAMES, published
    family = benchmark.split('.')[0]
    if family not in NAMES:
        return
    recording = published(family)
    own = [identifier for identifier in recording.identifiers if identifier.split('.')[0] == family]
    # variants such as deVries2020.events beside the recordings themselves are not needed
    needed = [family] if family in own else own
    absent = [identifier for identifier in needed
              if identifier not in recording.embedded and not packaged(identifier).sidecar.is_file()]
    if absent:
        others = f' and {len(absent) - 1} more' if absent[1:] else ''
        raise FileNotFoundError(
            f"The recordings {absent[0]}{others} are not in {recordings_home()}. 'brainscore-mouse recordings "
            f"fetch {NAMES[family]}' gets them ({recording.download_size}), then 'brainscore-mouse "
            f"recordings package {NAMES[family]} --from CACHE'. Licence: {recording.licence}.")


def _check_writable(folder: Path, remedy: str) -> None:
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK):
        raise PermissionError(f'{folder} cannot be written: make it writable, or {remedy}.')
