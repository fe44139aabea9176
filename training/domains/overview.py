"""What domains there are, and what of them is prepared."""
from __future__ import annotations

from typing import TYPE_CHECKING

from training.domains.prepared import PreparedDomain, open_domain, prepared_domains
from training.domains.registry import DOMAINS

if TYPE_CHECKING:
    from rich.table import Table


def domain_table() -> Table:
    """A row for each of the eight domains and each of the user's own.

    Returns
    -------
    rich.table.Table
        Name, published images, prepared images and whether they are the official ones, size, licence, source.
    """
    from rich.table import Table
    table = Table('name', 'images', 'prepared', 'download', 'licence', 'source')
    prepared = {name: open_domain(name) for name in prepared_domains()}
    for name, domain in DOMAINS.items():
        found = prepared.pop(name, None)
        kind = '' if found is None else ' official' if found.metadata['official'] else ' not official'
        table.add_row(name, f'{domain.images:,}', f'{len(found):,}{kind}' if found else 'no',
                      f'{domain.size / 1e6:,.0f} MB', domain.licence, domain.homepage)
    for name, found in prepared.items():
        table.add_row(name, '', f'{len(found):,}', '', found.metadata['licence'], 'your own')
    return table


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
