"""Where networks come from: whether that is here, and the code that their features follow from."""
from importlib.util import find_spec
from pathlib import Path

from .network_name import NetworkName


def check_source(name: NetworkName) -> None:
    """Raise ImportError or FileNotFoundError, with what to do, if the library or the file of a network is not here."""
    if name.source == 'timm' and find_spec('timm') is None:
        raise ImportError("timm is not installed: 'pip install timm', or brainscore-mouse with its extra 'networks'.")
    files = [name.file] if name.file else []
    if name.weights is not None and not name.published:
        files.append(Path(name.weights))
    for file in files:
        if not file.is_file():
            raise FileNotFoundError(f'There is no file {file.absolute()}.')


def source_files(name: NetworkName) -> list[Path]:
    """The files of code that a network's features follow from, besides its library's."""
    return sorted(Path(__file__).parent.rglob('*.py')) + ([name.file] if name.file else [])
