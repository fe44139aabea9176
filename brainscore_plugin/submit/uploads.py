"""Trees whose plugins load from Brain-Score's storage, and the proof of it without a network."""
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from .checks import Check, Failed
from .fresh_copy import FreshCopy
from .replacements import REPLACEMENTS
from .storage_files import RECORDING_PARTS, WEIGHTS_PARTS, Files, storage_parts, withheld
from .versions import Versions

UPLOADED = 'uploaded.json'  # beside the module that loads what it names
_LOAD_ALL = """import json, sys
from brainscore_vision import load_dataset, load_stimulus_set
for identifier, files in json.loads(sys.argv[1]).items():
    if 'stimuli_csv' in files:
        load_stimulus_set(identifier)
    load_dataset(identifier)
"""


def point_at_storage(tree: Path, stored: Versions) -> None:
    """Have the plugins of a tree load what is stored from Brain-Score's storage.

    They ask one module where it is, which is replaced as a whole: data :mod:`..data.mouse_recordings.storage`, models
    their ``weights``.

    Parameters
    ----------
    tree : pathlib.Path
        Folder of ``<type>/<plugin>/``, changed in place; plugins that it lacks are passed over.
    stored : dict
        See :func:`.versions.loaded_from_storage`.
    """
    shared = tree / 'data' / 'mouse_recordings'
    if shared.is_dir():
        shutil.copyfile(REPLACEMENTS / 'storage.py', shared / 'storage.py')
        _write(shared / UPLOADED, _of(stored, RECORDING_PARTS))
    weights = _of(stored, WEIGHTS_PARTS)
    for module in tree.glob('models/*/weights.py'):
        code = module.with_name('__init__.py').read_text(encoding='utf-8')
        shutil.copyfile(REPLACEMENTS / 'stored_weights.py', module)
        _write(module.with_name(UPLOADED),
               {identifier: entry for identifier, entry in weights.items() if f"'{identifier}'" in code})


def _of(stored: Versions, parts: tuple[str, ...]) -> Versions:
    known = storage_parts()
    return {identifier: entry for identifier, entry in stored.items() if known[identifier] == parts}


def _write(path: Path, stored: Versions) -> None:
    path.write_text(json.dumps(stored, indent=1) + '\n', encoding='utf-8')


def stand_in(copy: FreshCopy, files: Files, stored: Versions) -> None:
    """Lay the very files where Brain-Score keeps what it has downloaded in a copy, so that it downloads nothing.

    Parameters
    ----------
    copy : FreshCopy
        Its homes are filled.
    files : dict
        See :func:`.storage_files.storage_files`.
    stored : dict
        See :func:`.versions.loaded_from_storage`; what is not among `files` is passed over.
    """
    for identifier, entry in stored.items():
        for part, file in files.get(identifier, {}).items():
            folder = copy.data_home / file.sha1 if part in RECORDING_PARTS else (
                copy.weights_home / entry['bucket'].partition('/')[2])
            folder.mkdir(parents=True, exist_ok=True)
            (folder / file.name).symlink_to(file.path)


def upload_checks(files: Files, stored: Versions, copy: FreshCopy, parts: tuple[str, ...]) -> Iterator[Check]:
    """What is stored must load by the copy's plugins and be what lies here; what is not is named.

    Parameters
    ----------
    files, stored
        As of :func:`stand_in`, which has been called.
    copy : FreshCopy
        With the plugins.
    parts : tuple of str
        Of what is meant: `RECORDING_PARTS` or `WEIGHTS_PARTS`.
    """
    of_kind = _of(stored, parts)
    if parts == WEIGHTS_PARTS:
        if of_kind:
            yield Check('weights from the storage', lambda: _same(files, of_kind))
        return
    if of_kind:
        yield Check('recordings from the storage', lambda: _load(files, of_kind, copy))
    missing = [identifier for identifier, known in storage_parts().items()
               if known == parts and identifier not in stored]
    if missing:
        yield Check('recordings still to be uploaded', lambda: '; '.join(
            _to_upload(identifier, files) for identifier in missing) + '. Until then they load from the data home')
    yield Check('recordings that are not uploaded', lambda: '; '.join(
        f'{name} loads from the data home: {reason}' for name, reason in withheld().items()))


def _to_upload(identifier: str, files: Files) -> str:
    found = ', '.join(f'{file.name} SHA-1 {file.sha1}' for file in files.get(identifier, {}).values())
    return f"{identifier}: {found or 'SHA-1 not known, it is not packaged here'}"


def _same(files: Files, stored: Versions) -> str:
    """That what is said to be stored is what lies here, and how far that has been proven."""
    for identifier, entry in stored.items():
        if identifier not in files:
            raise Failed(f"{identifier} is not packaged here, so that it cannot be verified: 'brainscore-mouse "
                         "recordings package' it, or leave it out of the file")
        for part, file in files[identifier].items():
            if part not in entry or entry[part]['sha1'] != file.sha1:
                raise Failed(f'{part} of {identifier}: the file gives {entry.get(part)}, here it has the SHA-1 '
                             f'{file.sha1}: upload what lies here, {file.path}, and give its SHA-1')
    pinned = all(entry[part]['version_id'] for identifier, entry in stored.items() for part in files[identifier])
    size = sum(file.size for identifier in stored for file in files[identifier].values())
    unknown = 'that the version ids are right' if pinned else 'that they are there, and under which versions,'
    return (f"{', '.join(stored)}: {size / 1e6:.1f} MB, by SHA-1, from a stand-in with the very files; {unknown} shows "
            'only once they are fetched')


def _load(files: Files, stored: Versions, copy: FreshCopy) -> str:
    found = _same(files, stored)
    run = copy.python('-c', _LOAD_ALL, json.dumps(stored))
    if run.returncode:
        raise Failed(' '.join(run.stderr.strip().splitlines()[-1:]))
    return found
