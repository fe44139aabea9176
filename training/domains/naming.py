"""Names of domains: which ones can be, and one for a folder of images that is called otherwise."""
import hashlib
import re
import unicodedata
from pathlib import Path

from training.domains.registry import DOMAINS


def check_name(name: str) -> None:
    """ValueError unless it is one of the eight or can name a domain of one's own."""
    if name in DOMAINS:
        return
    if not (name.isidentifier() and name.isascii()):
        raise ValueError(f'{name!r} cannot name a domain: use letters, digits and underscores, such as '
                         f'{name_for(Path(name))}.')
    if name.lower() in DOMAINS:
        raise ValueError(f'{name!r} differs from {name.lower()!r}, one of the eight domains, in case only: choose '
                         'another name.')


def name_for(images: Path) -> str:
    """A name for the domain of a folder or zip of one's own images: its own, as far as that can name a domain.

    Parameters
    ----------
    images : pathlib.Path
        The folder or zip; the ending of the latter is not part of the name.

    Examples
    --------
    >>> name_for(Path('2024 photos')), name_for(Path('my-leaves.zip')), name_for(Path('sketch'))
    ('images_2024_photos', 'my_leaves', 'sketch_images')
    """
    name = images.stem if images.suffix.lower() == '.zip' else images.name
    if name.isidentifier() and name.isascii() and name.lower() not in DOMAINS:
        return name
    plain = unicodedata.normalize('NFKD', name).encode('ascii', 'ignore').decode()
    plain = re.sub(r'\W+', '_', plain).strip('_')
    if not plain:  # of other letters than Latin ones; a name that does not depend on the machine
        return f"images_{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:8]}"
    if plain[0].isdigit():
        plain = f'images_{plain}'
    return f'{plain}_images' if plain.lower() in DOMAINS else plain
