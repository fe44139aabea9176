"""Make a domain ready for training: check its archives, choose its images, decode them once."""
import hashlib
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import PIL
from filelock import FileLock, Timeout

from training.disk import naming_full_disk
from training.domains.building import Build
from training.domains.checksums import check_archives
from training.domains.naming import check_name
from training.domains.opening import open_source
from training.domains.prepared import PreparedDomain, domain_directory, open_domain
from training.domains.registry import DOMAINS
from training.domains.source import ImageSource
from training.domains.thumbnail import RECIPE
from training.home import project_home


def prepare(name: str, source: Path | str | None = None, home: Path | None = None, *, count: int | None = None,
            seed: int = 0, verify: bool = False, replace: bool = False, workers: int | None = None) -> PreparedDomain:
    """Make a domain ready for training; one that is prepared already is left, or made anew if it is damaged.

    Parameters
    ----------
    name : str
        One of the eight, or an identifier of one's own for a folder of images.
    source : pathlib.Path or str, optional
        The archive, a folder that holds it, or the unpacked folder; by default what `fetch` has downloaded.
    home : pathlib.Path, optional
        Where prepared domains are kept, see :func:`~training.home.project_home`.
    count : int, optional
        As many images, drawn at random with `seed`; by default all.
    seed : int
        Of the images that are drawn.
    verify : bool
        Refuse what is not the official archive; compare all of a domain that is prepared already with its checksums.
    replace : bool
        Make it anew even if it is prepared already.
    workers : int, optional
        Threads; the result does not depend on it.

    Returns
    -------
    PreparedDomain

    Raises
    ------
    FileExistsError
        If the domain is prepared already, from other images or in another way.
    OSError, ValueError
        If the source cannot be read, is refused, or the disk is too full.
    """
    check_name(name)
    if seed < 0:
        raise ValueError(f'The seed must be 0 or more, given: {seed}.')
    home = project_home(home)
    source = home / 'archives' / name if source is None else Path(source).expanduser()
    if not source.exists():
        raise FileNotFoundError(f'There is nothing at {source}: give a path, or fetch one of the eight domains.')
    directory = domain_directory(name, home)
    directory.parent.mkdir(parents=True, exist_ok=True)
    with _only_one(directory.with_name(f'.{name}.lock')), open_source(name, source) as images:
        archives = check_archives(images.archives, DOMAINS.get(name), verify)
        rows, recipe = _choose(images, count, seed)
        key = _digest(recipe, archives, images.state(), images.index.to_csv())
        build = Build(directory.with_name(f'.{name}.partial'), _digest(key, PIL.__version__))
        if not replace and _is_prepared(directory, key, verify):
            build.remove()
            return open_domain(directory)
        with naming_full_disk(directory.parent, f'{name} is not prepared; what is done is kept'):
            skipped = build.add(images, rows, workers, label=name)
        if len(skipped) == len(rows):
            build.remove()
            raise ValueError(f'None of the {len(rows)} images of {source} can be read; the first: {skipped[0]}.')
        index = images.index.iloc[np.delete(rows, list(skipped))]
        reasons = [{'source': images.index.source[rows[i]], 'reason': reason} for i, reason in skipped.items()]
        reasons += [{'source': missing, 'reason': 'listed, but not there'} for missing in images.missing]
        build.finish(index, directory, {
            'name': name, 'count': len(index), 'recipe': recipe, **_terms(name, archives), 'archives': archives,
            'left_out': images.left_out, 'skipped': reasons, 'made_with': {'pillow': PIL.__version__}, 'key': key})
    return open_domain(directory)


def _is_prepared(directory: Path, key: str, verify: bool) -> bool:
    """Whether these very images are there, undamaged; FileExistsError where it is others."""
    if not (directory / 'domain.json').exists():
        return False
    try:
        found = open_domain(directory, verify=verify).metadata.get('key')
    except ValueError as error:
        if _key(directory / 'domain.json') not in (None, key):
            raise
        print(f'{error} This is being done.', file=sys.stderr)
        return False
    if found != key:
        raise FileExistsError(f'{directory.name} is prepared already, from other images or in another way: '
                              "'--replace' makes it anew.")
    return True


def _key(path: Path) -> str | None:
    """What a domain that may be damaged was made of; None where that cannot be told."""
    try:
        return json.loads(path.read_bytes()).get('key')
    except (OSError, ValueError, AttributeError, RecursionError):
        return None


def _choose(images: ImageSource, count: int | None, seed: int) -> tuple[np.ndarray, dict]:
    rows = np.arange(len(images))
    recipe = {**RECIPE, **images.recipe}
    if count is None:
        return rows, recipe
    if not 0 < count <= len(rows):
        raise ValueError(f'{count} images were asked for; the source has {len(rows)}.')
    chosen = np.random.default_rng(seed).choice(rows, count, replace=False)
    return np.sort(chosen), {**recipe, 'count': count, 'seed': seed}


def _terms(name: str, archives: list[dict]) -> dict:
    if name not in DOMAINS:
        return {'title': name, 'official': False, 'licence': "the images' own", 'citation': ''}
    domain = DOMAINS[name]
    complete = {file.name for file in domain.files} == {archive['name'] for archive in archives}
    if complete and all(archive['official'] for archive in archives):
        return {'title': domain.title, 'official': True, 'licence': domain.licence, 'citation': domain.citation}
    return {'title': f"images in {domain.title}'s layout; not, or not all of, its official archives", 'official': False,
            'licence': "the images' own", 'citation': ''}


def _digest(*parts) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


@contextmanager
def _only_one(path: Path) -> Iterator[None]:
    """Hold a lock; say so where another process must be waited for."""
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        print(f'Another process is preparing {path.stem[1:]}: waiting for it to finish.', file=sys.stderr)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()
