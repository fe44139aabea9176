"""Which reader reads which domain."""
from pathlib import Path

from training.domains.cremi import open_cremi
from training.domains.domainnet import open_domainnet
from training.domains.folder import open_folder
from training.domains.registry import DOMAINS
from training.domains.source import ImageSource
from training.domains.tiny_imagenet import open_tiny_imagenet


def open_source(name: str | None, path: Path | str) -> ImageSource:
    """Images of an archive or folder as they are, read when asked for.

    Parameters
    ----------
    name : str or None
        One of the eight domains, whose layout is then expected; any other name, or None, for a folder of images.
    path : pathlib.Path or str
        The archive, a folder that holds it with its lists, or the unpacked folder.

    Returns
    -------
    ImageSource
        To be closed, as by a ``with`` statement.

    Raises
    ------
    OSError, ValueError
        If there is nothing, or something else than the domain's layout, or an archive is damaged or hostile.

    Examples
    --------
    >>> with open_source('sketch', 'downloads') as source:
    ...     print(len(source), source.index.source[0])
    ...     source.read(0).show()
    """
    path = Path(path).expanduser()
    if name not in DOMAINS:
        return open_folder(path)
    layout = DOMAINS[name].layout
    if layout == 'tiny_imagenet':
        return open_tiny_imagenet(path)
    if layout == 'domainnet':
        return open_domainnet(name, path)
    return open_cremi(path, [file.name for file in DOMAINS[name].files])
