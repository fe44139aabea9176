"""Which recordings have been uploaded to Brain-Score's storage, and a pull request that loads them from there."""
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from brainscore_plugin.data.mouse_recordings.layout import packaged
from brainscore_plugin.link import PLUGIN_ROOT, Plugin
from brainscore_plugin.recordings.catalogue import NAMES, published

from .checks import Check, Failed
from .fresh_copy import FreshCopy
from .replacements import REPLACEMENTS

Versions = dict[str, dict[str, Any]]  # recording -> its bucket, and of each file version_id and sha1

BUCKET = 'brainscore-storage/brainscore-vision/benchmarks'  # where Brain-Score keeps the recordings of benchmarks
_FILES = ('assembly', 'stimuli_csv', 'stimuli_zip')  # as of Layout
_LOAD_ALL = """import json, sys
from brainscore_vision import load_dataset, load_stimulus_set
for identifier, files in json.loads(sys.argv[1]).items():
    if 'stimuli_csv' in files:
        load_stimulus_set(identifier)
    load_dataset(identifier)
"""


def uploadable() -> list[str]:
    """Identifiers of the recordings that may be uploaded."""
    names = [name for name in NAMES if not published(name).withheld and not published(name).embedded]
    return [identifier for name in names for identifier in Plugin('data', PLUGIN_ROOT / 'data' / name).identifiers]


def withheld() -> dict[str, str]:
    """Recordings that may not be passed on -> why."""
    return {identifier: published(identifier).withheld for identifier in NAMES if published(identifier).withheld}


def local_files(identifier: str) -> dict[str, tuple[Path, str, str]]:
    """What to upload of a recording that is packaged here: 'assembly' … -> (path, name in the storage, SHA-1)."""
    layout = packaged(identifier)
    if not layout.sidecar.is_file():
        return {}
    sums = layout.read_sidecar()['sha1']
    paths = {file: getattr(layout, file) for file in _FILES}
    return {file: (path, f"{path.stem.replace('.', '_')}{path.suffix}", sums[path.name])
            for file, path in paths.items() if path.name in sums}


def read_versions(path: Path) -> Versions:
    """The file that says what has been uploaded.

    Parameters
    ----------
    path : pathlib.Path
        JSON: identifier -> ``bucket`` and, for each of ``assembly``, ``stimuli_csv`` and ``stimuli_zip`` that was
        uploaded for it, ``version_id`` and ``sha1``.

    Raises
    ------
    OSError
        If it cannot be read.
    ValueError
        If it is not of that form, or names recordings that cannot be uploaded.
    """
    try:
        versions = json.loads(path.read_text(encoding='utf-8'))
        objections = [found for identifier, files in versions.items() for found in _objections(identifier, files)]
    except (ValueError, AttributeError, TypeError, KeyError, RecursionError) as error:
        raise ValueError(f"{path}: expected JSON {{identifier: {{'bucket', 'assembly': {{'version_id', 'sha1'}}, "
                         f"'stimuli_csv': …, 'stimuli_zip': …}}}}; {type(error).__name__}: {error}") from error
    if objections:
        raise ValueError(f'{path}: {objections[0]}')
    return versions


def _objections(identifier: str, files: dict[str, Any]) -> Iterator[str]:
    """What of an entry of the file of versions cannot be, in sentences."""
    reason = withheld().get(identifier.split('.')[0])
    if reason:
        yield (f'{identifier!r} must not be uploaded: {reason}. Take it out of the file and, if it has been uploaded, '
               'off the storage.')
    if identifier not in uploadable():
        yield f"{identifier!r} is not a recording that can be uploaded; these are {', '.join(uploadable())}."
    if not {'bucket', 'assembly'} <= set(files) <= {'bucket', *_FILES}:
        given = ' '.join(', '.join(files).split())
        yield f"{identifier!r} has {given}; expected bucket, {', '.join(_FILES)}."
    for file in sorted(set(files) & set(_FILES)):
        given = files[file]
        if given.keys() != {'version_id', 'sha1'} or not re.fullmatch('[0-9a-f]{40}', given['sha1']):
            yield f'{file} of {identifier!r}: expected version_id and sha1, 40 hexadecimal digits, given {given}.'


def point_at_storage(tree: Path, versions: Versions) -> None:
    """Have the data plugins of a tree load what has been uploaded from Brain-Score's storage.

    They ask :mod:`brainscore_plugin.data.mouse_recordings.storage` for recordings, which is replaced as a whole.

    Parameters
    ----------
    tree : pathlib.Path
        Folder of ``<type>/<plugin>/``, changed in place.
    versions : dict
        See :func:`read_versions`.
    """
    shared = tree / 'data' / 'mouse_recordings'
    shutil.copyfile(REPLACEMENTS / 'storage.py', shared / 'storage.py')
    (shared / 'uploaded.json').write_text(json.dumps(versions, indent=1) + '\n', encoding='utf-8')


def upload_checks(versions: Versions, copy: FreshCopy) -> Iterator[Check]:
    """What is uploaded must load by the copy's plugins; what is not is named, with the SHA-1s to upload it with."""
    if versions:
        yield Check('recordings from the storage', lambda: _load_seeded(versions, copy))
    missing = [identifier for identifier in uploadable() if identifier not in versions]
    if missing:
        yield Check('recordings still to be uploaded', lambda: '; '.join(map(_to_upload, missing)) +
                    '. Until then they load from the data home')
    yield Check('recordings that are not uploaded', lambda: '; '.join(
        f'{name} loads from the data home: {reason}' for name, reason in withheld().items()))


def _to_upload(identifier: str) -> str:
    files = ', '.join(f'{name} SHA-1 {sha1}' for _, name, sha1 in local_files(identifier).values())
    return f"{identifier}: {files or 'SHA-1 not known, it is not packaged here'}"


def _load_seeded(versions: Versions, copy: FreshCopy) -> str:
    """Load from files laid where Brain-Score keeps what it has downloaded, so that nothing is downloaded."""
    home = copy.folder / '.brainio'
    for identifier, files in versions.items():
        local = local_files(identifier)
        if not local:
            raise Failed(f"{identifier} is not packaged here, so that it cannot be verified: 'brainscore-mouse "
                         "recordings package' it, or leave it out of the file")
        for file, (path, name, sha1) in local.items():
            if file not in files or files[file]['sha1'] != sha1:
                raise Failed(f"{file} of {identifier}: the file gives {files.get(file)}, here it has the SHA-1 {sha1}: "
                             'upload what is packaged here, and give its SHA-1')
            place = home / sha1 / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(path)
    run = copy.python('-c', _LOAD_ALL, json.dumps(versions), BRAINIO_HOME=str(home))
    if run.returncode:
        raise Failed(' '.join(run.stderr.strip().splitlines()[-1:]))
    return f"{', '.join(versions)} load by SHA-1; that the version ids are right shows only once they are fetched"
