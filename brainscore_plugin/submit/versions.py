"""The file that says what has been uploaded to Brain-Score's storage, and under which versions."""
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .storage_files import Files, never_in_tree, storage_parts, withheld

Versions = dict[str, dict[str, Any]]  # identifier -> its bucket, and of each part version_id and sha1


def read_versions(path: Path) -> Versions:
    """The file that says what has been uploaded.

    Parameters
    ----------
    path : pathlib.Path
        JSON: identifier of a recording or a model -> ``bucket`` and, for each of ``assembly``, ``stimuli_csv`` and
        ``stimuli_zip``, or for ``weights``, ``version_id`` and ``sha1``.

    Raises
    ------
    OSError
        If it cannot be read.
    ValueError
        If it is not of that form, or names what cannot be uploaded.
    """
    try:
        versions = json.loads(path.read_text(encoding='utf-8'))
        objections = [found for identifier, files in versions.items() for found in _objections(identifier, files)]
    except (ValueError, AttributeError, TypeError, KeyError, RecursionError) as error:
        raise ValueError(f"{path}: expected JSON {{identifier: {{'bucket', 'assembly': {{'version_id', 'sha1'}}, "
                         f"'stimuli_csv': …, 'stimuli_zip': …}}}}, or 'weights' for a model; {type(error).__name__}: "
                         f'{error}') from error
    if objections:
        raise ValueError(f'{path}: {objections[0]}')
    return versions


def _objections(identifier: str, files: dict[str, Any]) -> Iterator[str]:
    """What of an entry of the file of versions cannot be, in sentences."""
    reason, uploadable = withheld().get(identifier.split('.')[0]), storage_parts()
    if reason:
        yield (f'{identifier!r} must not be uploaded: {reason}. Take it out of the file and, if it has been uploaded, '
               'off the storage.')
    if identifier not in uploadable:
        yield (f"{identifier!r} is no recording or model of this project that can be uploaded; these are "
               f"{', '.join(uploadable)}.")
        return
    parts = uploadable[identifier]
    if not {'bucket', parts[0]} <= set(files) <= {'bucket', *parts}:
        given = ' '.join(', '.join(files).split())
        yield f"{identifier!r} has {given}; expected bucket, {', '.join(parts)}."
        return
    if not isinstance(files.get('bucket'), str):
        yield f"the bucket of {identifier!r} is {files.get('bucket')!r}; expected text, such as 'brainscore-storage/…'."
    for part in sorted(set(files) & set(parts)):
        given = files[part]
        if given.keys() != {'version_id', 'sha1'} or not re.fullmatch('[0-9a-f]{40}', given['sha1']):
            yield f'{part} of {identifier!r}: expected version_id and sha1, 40 hexadecimal digits, given {given}.'
        elif not isinstance(given['version_id'], str) or not given['version_id']:
            yield (f"{part} of {identifier!r} has the version_id {given['version_id']!r}: give the one that the "
                   f"storage answered with when it was uploaded, or take {identifier!r} out of the file.")


def to_be_uploaded(files: Files) -> Versions:
    """The file of versions before the upload: everything but the version ids."""
    return {identifier: {'bucket': next(iter(parts.values())).bucket,
                         **{part: {'version_id': None, 'sha1': file.sha1} for part, file in parts.items()}}
            for identifier, parts in files.items()}


def loaded_from_storage(files: Files, versions: Versions) -> Versions:
    """What the plugins load from the storage: all that is uploaded, and what is in no tree, by its newest version."""
    pending = to_be_uploaded(files)
    return {**{identifier: entry for identifier, entry in pending.items() if never_in_tree(identifier)}, **versions}
