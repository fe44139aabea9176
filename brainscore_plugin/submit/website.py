"""The rules of Brain-Score's website for the zip of a submission, as its upload form applies them."""
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from brainscore_plugin.link import PLUGIN_TYPES

from .checks import Check, Failed

MAX_BYTES = 50_000_000
_NEEDED = ('__init__.py', 'test.py')


def website_checks(archive: Path) -> Iterator[Check]:
    """A check for each rule; that there is one identifier is checked by :func:`.identifiers.identifier_checks`."""
    yield Check('website: size', lambda: _size(archive))
    yield Check('website: one plugin', lambda: _one_plugin(_names(archive)))
    yield Check('website: names', lambda: _plain_names(_names(archive)))
    yield Check('website: no metadata file', lambda: _no_metadata(_names(archive)))
    yield Check('website: directory entries', lambda: _directories(_names(archive)))


def _names(archive: Path) -> list[str]:
    with zipfile.ZipFile(archive) as opened:
        return opened.namelist()


def _size(archive: Path) -> str:
    size = archive.stat().st_size
    if size > MAX_BYTES:
        raise Failed(f'{size / 1e6:.1f} MB, at most {MAX_BYTES / 1e6:.0f} are accepted: upload the weights and give '
                     "their address by '--weights URL'")
    return f'{size / 1e6:.1f} MB of {MAX_BYTES / 1e6:.0f}'


def _one_plugin(names: list[str]) -> str:
    folders = {PurePosixPath(name).parts[1:3] for name in names if len(PurePosixPath(name).parts) > 3}
    if len(folders) != 1 or next(iter(folders))[0] not in PLUGIN_TYPES:
        raise Failed(f"expected one folder root/{'|'.join(PLUGIN_TYPES)}/plugin, found "
                     f"{', '.join('/'.join(folder) for folder in sorted(folders)) or 'none'}")
    (plugin,) = folders
    present = {PurePosixPath(name).parts[3:] for name in names}
    missing = [file for file in _NEEDED if (file,) not in present]
    if missing:
        raise Failed(f"{'/'.join(plugin)} lacks {', '.join(missing)}")
    return '/'.join(plugin)


def _plain_names(names: list[str]) -> str:
    refused = [name for name in names if '-' in name or any(character.isspace() for character in name)]
    if refused:
        raise Failed(f"'{refused[0]}' has a hyphen or a blank in its name: rename it")
    return 'no hyphens, no blanks'


def _no_metadata(names: list[str]) -> str:
    refused = [name for name in names if PurePosixPath(name).name in ('metadata.yml', 'metadata.yaml')]
    if refused:
        raise Failed(f'{refused[0]} is accepted in pull requests only: leave it out')
    return 'none'


def _directories(names: list[str]) -> str:
    needed = {f'{parent}/' for name in names for parent in PurePosixPath(name).parents if str(parent) != '.'}
    missing = sorted(needed - set(names))
    if missing:
        raise Failed(f"no entry of its own for the folder {missing[0]}: write folders, too, as 'zip -r' does")
    return f'all {len(needed)} folders'
