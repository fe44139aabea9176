"""Are these the official archives?"""
import hashlib
from pathlib import Path

from tqdm import tqdm

from training.domains.registry import Domain

_PIECE = 4 * 1024 ** 2  # bytes


def check_archives(paths: list[Path], domain: Domain | None, verify: bool = False) -> list[dict]:
    """Name, bytes, SHA-256 and whether it is official, of every archive.

    An archive that has the name and size of an official one must have its checksum, too. Any other is a stand-in, which
    is accepted unless `verify` asks for official ones.

    Raises
    ------
    ValueError
        If an archive is damaged, or is not official although `verify`.
    """
    if verify and not (domain and paths):
        raise ValueError('These images cannot be verified, as checksums are known of archives only: give the archives '
                         'of one of the eight domains, not an unpacked folder.')
    official = {file.name: file for file in domain.files} if domain else {}
    rows = []
    for path in paths:
        size = path.stat().st_size
        expected = official.get(path.name)
        algorithm, _, checksum = expected.checksum.partition(':') if expected else ('sha256', '', '')
        digests = _digests(path, {'sha256', algorithm})
        matches = digests[algorithm] == checksum
        if not matches and (verify or (expected and expected.has_size(size))):
            raise ValueError(f'{path} ({size:,} bytes) has the {algorithm} {digests[algorithm]}; the official file has '
                             f'{checksum or "another name"}. It is damaged or another file: download it again.')
        rows.append({'name': path.name, 'bytes': size, 'sha256': digests['sha256'], 'official': matches})
    return rows


def _digests(path: Path, algorithms: set[str]) -> dict[str, str]:
    digests = {algorithm: hashlib.new(algorithm, usedforsecurity=False) for algorithm in algorithms}
    with path.open('rb') as file, tqdm(total=path.stat().st_size, desc=f'checksum of {path.name}', unit='B',
                                       unit_scale=True, leave=False, delay=2) as bar:
        while piece := file.read(_PIECE):
            for digest in digests.values():
                digest.update(piece)
            bar.update(len(piece))
    return {algorithm: digest.hexdigest() for algorithm, digest in digests.items()}
