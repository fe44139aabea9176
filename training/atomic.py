"""Files that are complete or absent."""
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary name beside `path` to write to; it becomes `path` if all goes well, else it is removed.

    Examples
    --------
    >>> with replacing(Path('run.json')) as temporary:
    ...     temporary.write_text('{}')
    """
    temporary = path.with_name(f'.{path.name}.{os.getpid()}')
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
