"""Tables and figures as files, each complete or absent, with what they rest on, since they may be passed on alone."""
import base64
import io
import textwrap
from dataclasses import dataclass
from pathlib import Path

from study.findings import Plot, Table
from study.number_text import as_markdown
from training.atomic import replacing

DPI = 130


@dataclass(frozen=True)
class SavedFigure:
    """A figure as a page shows it: `png` is in base64, the rest as of :class:`~study.findings.Plot`."""
    name: str
    title: str
    rests_on: str
    png: str


def save_table(table: Table, folder: Path) -> None:
    """Write <name>.csv, with a column rests_on where it is no replication, and <name>.md."""
    frame = table.frame.assign(rests_on=table.rests_on) if table.rests_on else table.frame
    write_file(folder / f'{table.name}.csv', frame.to_csv(index=False, lineterminator='\n').encode())
    mark = f'\n\nNot a replication: {table.rests_on}.' if table.rests_on else ''
    text = f'{table.title}\n\n{as_markdown(table.frame)}{mark}\n'
    write_file(folder / f'{table.name}.md', text.encode())


def save_plot(plot: Plot, folder: Path) -> SavedFigure:
    """Write <name>.png and <name>.svg; what the figure rests on is written below it."""
    if plot.rests_on:
        sentence = textwrap.fill(f'Not a replication: {plot.rests_on}.', int(16 * plot.figure.get_figwidth()))
        plot.figure.supxlabel(sentence, fontsize=8, color='firebrick', x=.01, ha='left', multialignment='left')
    png = _rendered(plot, 'png')
    plot.figure.set_layout_engine('none')  # it is laid out
    write_file(folder / f'{plot.name}.png', png)
    write_file(folder / f'{plot.name}.svg', _rendered(plot, 'svg'))
    return SavedFigure(plot.name, plot.title, plot.rests_on, base64.b64encode(png).decode())


def write_file(path: Path, content: bytes) -> None:
    """Write a file, complete or not at all; its folder is made if absent."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def _rendered(plot: Plot, ending: str) -> bytes:
    buffer = io.BytesIO()
    plot.figure.savefig(buffer, format=ending, dpi=DPI, metadata={'Date': None} if ending == 'svg' else None)
    return buffer.getvalue()
