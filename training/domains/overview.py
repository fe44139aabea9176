"""What domains there are, and what of them is prepared."""
from __future__ import annotations

from typing import TYPE_CHECKING

from training.domains.prepared import PreparedDomain, open_domain, prepared_domains
from training.domains.registry import DOMAINS

if TYPE_CHECKING:
    from rich.table import Table


def domain_table(verify: bool = False) -> tuple[Table, list[str]]:
    """A row for each of the eight domains and each of the user's own.

    Parameters
    ----------
    verify : bool
        Compare all images with their checksums, not only some.

    Returns
    -------
    rich.table.Table
        Name, published images, prepared images and whether they are the official ones, size, licence, source.
    list of str
        What is wrong with domains that cannot be opened, a sentence or two each; the others are shown all the same.
    """
    from rich.table import Table
    table = Table('name', 'images', 'prepared', 'download', 'licence', 'source')
    prepared, damage = _opened(verify)
    for name, domain in DOMAINS.items():
        found = prepared.pop(name, None)
        table.add_row(name, f'{domain.images:,}', 'no' if found is None else _said(found, official=True),
                      f'{domain.size / 1e6:,.0f} MB', domain.licence, domain.homepage)
    for name, found in prepared.items():
        licence = '' if isinstance(found, str) else found.metadata['licence']
        table.add_row(name, '', _said(found), '', licence, 'your own')
    return table, damage


def _opened(verify: bool) -> tuple[dict[str, PreparedDomain | str], list[str]]:
    """Every prepared domain, or a word where it cannot be opened; and what is wrong with those."""
    prepared: dict[str, PreparedDomain | str] = {}
    damage = []
    for name in prepared_domains():
        try:
            prepared[name] = open_domain(name, verify=verify)
        except (OSError, ValueError) as error:
            prepared[name] = 'see below'
            damage.append(str(error))
    return prepared, damage


def _said(found: PreparedDomain | str, official: bool = False) -> str:
    if isinstance(found, str):
        return found
    kind = (' official' if found.metadata.get('official') else ' not official') if official else ''
    return f'{len(found):,}{kind}'


def description(domain: PreparedDomain) -> str:
    """What a prepared domain holds, where it is, and what was left out of it and why; lines of text."""
    about = domain.metadata
    lines = [f'{domain.name}: {len(domain):,} images in {domain.directory}',
             f"{about['title']}; fingerprint {domain.fingerprint[:12]}",
             *(f'{number:,} left out: {reason}' for reason, number in about['left_out'].items())]
    if about['skipped']:
        first = about['skipped'][0]
        lines.append(f"{len(about['skipped']):,} skipped, listed in domain.json; the first: {first['source']}: "
                     f"{first['reason']}")
    return '\n'.join(lines)
