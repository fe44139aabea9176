"""Is a prepared domain as it was written? Some blocks are looked at whenever it is opened, all where asked for."""
import hashlib
import json
import random
from pathlib import Path

FILE = 'checksums.json'
BLOCK = 1 << 20  # bytes of images.npy with a checksum of their own
_LOOKED_AT = 8  # blocks: some ten milliseconds


def write_checksums(directory: Path, fingerprint: str) -> None:
    """Write checksums.json beside index.csv and images.npy: of the former, and of each mebibyte of the latter."""
    images = directory / 'images.npy'
    with images.open('rb') as file:
        blocks = [_digest(block) for block in iter(lambda: file.read(BLOCK), b'')]
    (directory / FILE).write_text(json.dumps({
        'fingerprint': fingerprint, 'index.csv': _digest((directory / 'index.csv').read_bytes()),
        'images.npy': {'bytes': images.stat().st_size, 'block': BLOCK, 'blake2b': blocks}}) + '\n', encoding='utf-8')


def check_integrity(directory: Path, fingerprint: str, whole: bool) -> None:
    """Compare the files of a prepared domain with their checksums.

    The index, the size of the images and eight of their blocks, drawn anew each time, are compared always. Domains that
    were prepared before there were checksums have none to compare with.

    Parameters
    ----------
    directory : pathlib.Path
        Of the domain.
    fingerprint : str
        That domain.json has.
    whole : bool
        Whether all blocks are compared.

    Raises
    ------
    ValueError
        If a file is not as it was written, or the whole of a domain without checksums is asked for.
    """
    path = directory / FILE
    if not path.exists():
        if whole:
            raise ValueError(f'{directory} cannot be verified: it has no {FILE}, having been made before there were '
                             f'checksums, or as a control. {remedy(directory.name)}')
        return
    written = _read(path)
    if written['fingerprint'] != fingerprint:
        raise _changed(directory / 'domain.json')
    if _digest((directory / 'index.csv').read_bytes()) != written['index.csv']:
        raise _changed(directory / 'index.csv')
    images, blocks = directory / 'images.npy', written['images.npy']['blake2b']
    if images.stat().st_size != written['images.npy']['bytes']:
        raise _changed(images)
    chosen = range(len(blocks)) if whole or len(blocks) <= _LOOKED_AT else sorted(
        random.SystemRandom().sample(range(len(blocks)), _LOOKED_AT))  # no seed of the program's is used up
    with images.open('rb') as file:
        for place in chosen:
            file.seek(place * BLOCK)
            if _digest(file.read(BLOCK)) != blocks[place]:
                raise _changed(images)


def _read(path: Path) -> dict:
    try:
        written = json.loads(path.read_text(encoding='utf-8'))
        images = written['images.npy']
        whole = images['block'] == BLOCK and len(images['blake2b']) == -(-images['bytes'] // BLOCK)
        if not (whole and isinstance(written['fingerprint'], str) and isinstance(written['index.csv'], str)):
            raise ValueError('not what is written there')
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _changed(path) from error
    return written


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _changed(path: Path) -> ValueError:
    return ValueError(f'{path} is damaged: it is not as it was written. {remedy(path.parent.name)}')


def remedy(name: str) -> str:
    """What to do about a damaged domain."""
    return f"'brainscore-mouse domains prepare {name} --from PATH', of the same images, makes it anew."
