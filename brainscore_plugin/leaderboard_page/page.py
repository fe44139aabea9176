"""Writes the page: one file, which needs no network."""
import json
from pathlib import Path

from training.atomic import replacing

from .columns import SCALE, as_columns
from .page_data import page_data

_HERE = Path(__file__).parent


def write_page(sweeps: list[Path], out: Path, facts: Path | None = None) -> None:
    """Write a page of the results of sweeps.

    Parameters
    ----------
    sweeps : list of pathlib.Path
    out : pathlib.Path
        The file to write, .html.
    facts : pathlib.Path, optional
        See :func:`.page_data.page_data`, which also states the errors.

    Raises
    ------
    ImportError
        If Plotly is not installed.
    """
    document = page(page_data(sweeps, facts))
    with replacing(out) as temporary:
        temporary.write_text(document, encoding='utf-8')


def page(data: dict) -> str:
    """The document, with its data, its script, and Plotly's."""
    try:
        from plotly.offline import get_plotlyjs
    except ImportError as error:
        raise ImportError("The page's plots need Plotly: 'pip install plotly', or brainscore-mouse with its extra "
                          "'page'.") from error
    data = {**data, 'scores': as_columns(data['scores']), 'scale': SCALE}
    parts = {'style': (_HERE / 'page.css').read_text(encoding='utf-8'), 'plotly': get_plotlyjs(),
             'script': (_HERE / 'page.js').read_text(encoding='utf-8'),
             # what could end the script element is written as JavaScript's escape for it
             'data': json.dumps(data, separators=(',', ':'), allow_nan=False).replace('<', '\\u003c')}
    document = (_HERE / 'page.html').read_text(encoding='utf-8')
    for name, text in parts.items():
        before, _, after = document.partition(f'/*{name}*/')
        document = before + text + after
    return document
