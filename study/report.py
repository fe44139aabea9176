"""The report: arranges tables and figures, says what they rest on and what is missing; computes nothing."""
import base64
import io
import os
import textwrap
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from jinja2 import Environment, PackageLoader, select_autoescape
from matplotlib.figure import Figure

DPI = 130


@dataclass
class Table:
    """A table of the report.

    Parameters
    ----------
    name : str
        Of its files.
    title, caption : str
    frame : pandas.DataFrame
        Saved as CSV and Markdown.
    rests_on : str
        What keeps it from being a replication, such as 'simulated recordings'; empty where nothing does.
    shown : pandas.DataFrame, optional
        The part that the report shows; all by default.
    """
    name: str
    title: str
    caption: str
    frame: pd.DataFrame
    rests_on: str
    shown: pd.DataFrame = None

    @property
    def rows(self) -> pd.DataFrame:
        """What is shown, as text."""
        return as_text(self.frame if self.shown is None else self.shown)


@dataclass
class Picture:
    """A figure of the report; saved as PNG and SVG."""
    name: str
    title: str
    caption: str
    figure: Figure
    rests_on: str
    png: str = ''  # base64, once it is saved


@dataclass
class Section:
    """Text, then figures, then tables."""
    title: str
    text: str
    pictures: list = field(default_factory=list)
    tables: list = field(default_factory=list)


@dataclass
class Report:
    """All of it.

    Parameters
    ----------
    rests_on : list of str
        Sentences: what is simulated, what stands in for what.
    missing : list of str
        Sentences: what could not be had or computed, and why.
    made_with : dict of str to str
        Seeds, versions, times.
    sections : list of Section
    """
    rests_on: list
    missing: list
    made_with: dict
    sections: list


def save(report: Report, out: Path) -> Path:
    """Write figures/, tables/, report.md and report.html, each file whole or not at all; returns the path of the last.

    The HTML is self-contained: pictures are inside, and nothing is loaded from anywhere.
    """
    for section in report.sections:
        for picture in section.pictures:
            _save_picture(picture, out / 'figures')
        for table in section.tables:
            _save_table(table, out / 'tables')
    environment = Environment(loader=PackageLoader('study', 'templates'), trim_blocks=True, lstrip_blocks=True,
                              autoescape=select_autoescape(['html']))
    _write(out / 'report.md', environment.get_template('report.md').render(report=report).encode())
    _write(out / 'report.html', environment.get_template('report.html').render(report=report).encode())
    return out / 'report.html'


def as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """Numbers as readers want them: three decimals, small p in powers of ten, a dash where there is none."""
    return pd.DataFrame({column: [_cell(value, is_p(str(column))) for value in frame[column]] for column in frame})


def is_p(column: str) -> bool:
    """Whether a column holds p values."""
    return column == 'p' or column.startswith('p_') and not column.startswith(('p_mean', 'p_sd')) or column.endswith(
        ('_p', ' p'))


def _cell(value, p: bool) -> str:
    if value is None or value is pd.NA or isinstance(value, float) and np.isnan(value):
        return '–'
    if isinstance(value, (bool, np.bool_, str)):
        return str(value)
    if isinstance(value, (int, np.integer)) or float(value).is_integer() and abs(value) > 1:
        return f'{int(value):,}'
    return f'{value:.2g}' if p else f'{value:.3f}'


def _save_picture(picture: Picture, folder: Path) -> None:
    if picture.rests_on:  # a picture that is passed on by itself must say so, too
        sentence = textwrap.fill(f'Not a replication: {picture.rests_on}.', int(16 * picture.figure.get_figwidth()))
        picture.figure.supxlabel(sentence, fontsize=8, color='firebrick', x=.01, ha='left', multialignment='left')
    for ending in ('png', 'svg'):
        buffer = io.BytesIO()
        picture.figure.savefig(buffer, format=ending, dpi=DPI, metadata={'Date': None} if ending == 'svg' else None)
        _write(folder / f'{picture.name}.{ending}', buffer.getvalue())
        if ending == 'png':
            picture.png = base64.b64encode(buffer.getvalue()).decode()
            picture.figure.set_layout_engine('none')  # it is laid out


def _save_table(table: Table, folder: Path) -> None:
    frame = table.frame.assign(rests_on=table.rests_on) if table.rests_on else table.frame
    _write(folder / f'{table.name}.csv', frame.to_csv(index=False, lineterminator='\n').encode())
    mark = f'\n\nNot a replication: {table.rests_on}.' if table.rests_on else ''
    text = f'{table.title}\n\n{as_text(table.frame).to_markdown(index=False)}{mark}\n'
    _write(folder / f'{table.name}.md', text.encode())


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f'.{uuid.uuid4().hex}')
    try:
        temporary.write_bytes(content)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
