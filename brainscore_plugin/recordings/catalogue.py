"""The recordings that can be fetched and packaged: what they are called, and where each is found."""
import importlib
from pathlib import Path

from brainscore_plugin.recordings.published_recording import PublishedRecording
from training.home import project_home


def _names() -> dict[str, str]:
    """A recording is a folder beside this file whose ``__init__.py`` gives its IDENTIFIER; nothing else lists them."""
    folders = sorted(path.parent.name for path in Path(__file__).parent.glob('*/recording.py'))
    return {importlib.import_module(f'brainscore_plugin.recordings.{folder}').IDENTIFIER: folder.replace('_', '-')
            for folder in folders}


# Brain-Score's identifier -> the documented name, which is also that of the cache and, with _ for -, of the folder here
NAMES = _names()


def identifier_of(name: str) -> str:
    """Brain-Score's identifier of a recording.

    Parameters
    ----------
    name : str
        The identifier, such as 'Siegle2021', or the documented name, such as 'allen-neuropixels'.

    Raises
    ------
    ValueError
        If there is no such recording.
    """
    for identifier, documented in NAMES.items():
        if name in (identifier, documented):
            return identifier
    known = ', '.join(f'{documented} ({identifier})' for identifier, documented in NAMES.items())
    raise ValueError(f"There is no recording '{name}': choose one of {known}.")


def published(name: str) -> PublishedRecording:
    """The recording of that identifier or documented name; ValueError if there is none."""
    folder = NAMES[identifier_of(name)].replace('-', '_')
    return importlib.import_module(f'brainscore_plugin.recordings.{folder}.recording').Recording()


def default_cache(name: str) -> Path:
    """Where fetching puts the files of the recording of that identifier or documented name, unless told otherwise."""
    return project_home() / 'recordings' / NAMES[identifier_of(name)]


def packaging_files(identifier: str) -> list[Path]:
    """The scripts that made a packaged recording, to be shown in ``data_packaging`` beside its loader.

    They lie in different folders here but work side by side in one: each imports the others by their bare name and
    nothing else of this project.

    Parameters
    ----------
    identifier : str
        Of any data plugin, such as 'deVries2020'.

    Returns
    -------
    list of pathlib.Path
        Empty where nothing is packaged by scripts, as for 'mouse_recordings'.
    """
    return list(published(identifier).scripts) if identifier in NAMES else []
