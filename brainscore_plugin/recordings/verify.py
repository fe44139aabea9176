"""Says whether packaged recordings are whole."""
from pathlib import Path

from brainscore_plugin.data.mouse_recordings.layout import packaged
from brainscore_plugin.recordings.catalogue import NAMES, published


def verify(name: str, home: Path | None = None) -> list[dict]:
    """Compare every file with the SHA-1 that packaging wrote down.

    Parameters
    ----------
    name : str
        Documented name of a recording, such as 'allen-calcium', for all that it is packaged as; or one identifier,
        such as 'deVries2020.events'.
    home : pathlib.Path, optional
        Instead of Brain-Score's data home.

    Returns
    -------
    list of dict
        The sidecars of what is packaged, all of it whole.

    Raises
    ------
    FileNotFoundError
        If nothing is packaged.
    ValueError
        If a file is missing or has changed; names all of them.
    """
    identifiers = _packaged_as(name)
    layouts = [layout for layout in (packaged(identifier, home) for identifier in identifiers)
               if layout.directory.is_dir()]
    if not layouts:
        raise FileNotFoundError(f'{name} is not packaged in {packaged(identifiers[0], home).directory.parent}.')
    wrong = [sentence for layout in layouts for sentence in layout.damage()]
    if wrong:
        raise ValueError(f"{'; '.join(wrong)}. Package {name} again.")
    return [layout.read_sidecar() for layout in layouts]


def _packaged_as(name: str) -> tuple[str, ...]:
    """A recording such as Willeke2022 is packaged under identifiers of its animals alone."""
    if name not in (*NAMES, *NAMES.values()):
        return (name,)
    identifiers = published(name).identifiers
    return (name,) if name in identifiers else identifiers
