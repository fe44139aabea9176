"""The report: lays out tables and figures, names what they rest on and what is missing; computes nothing.

Words and layout are in templates/: a skeleton and macros for each format, and a section for each analysis.
"""
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined

from study.findings import Section
from study.number_text import as_markdown, as_text
from study.saving import save_plot, save_table, write_file


@dataclass(frozen=True)
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
    rests_on: list[str]
    missing: list[str]
    made_with: dict[str, str]
    sections: list[Section]


def write_report(report: Report, out: Path) -> Path:
    """Write figures/, tables/, report.md and report.html, each file complete or not at all.

    Returns
    -------
    pathlib.Path
        Of report.html, which is self-contained: figures are inside, and nothing is loaded from anywhere.
    """
    sections = [_saved(section, out) for section in report.sections]
    for name, is_html in (('report.md', False), ('report.html', True)):
        text = environment(is_html).get_template(name).render(report=report, sections=sections)
        write_file(out / name, text.encode())
    return out / 'report.html'


def environment(is_html: bool) -> Environment:
    """Jinja's environment of one format; what is put into HTML is escaped. An undefined name is an error."""
    jinja = Environment(loader=PackageLoader('study', 'templates'), trim_blocks=True, lstrip_blocks=True,
                        autoescape=is_html, undefined=StrictUndefined)
    jinja.filters |= {'as_text': as_text, 'as_markdown': as_markdown}
    jinja.tests['finite'] = np.isfinite
    return jinja


def _saved(section: Section, out: Path) -> dict[str, Any]:
    """Save the tables and figures of a section; what its template needs."""
    for table in section.findings.tables:
        save_table(table, out / 'tables')
    figures = {plot.name: save_plot(plot, out / 'figures') for plot in section.plots}
    return {'template': f'sections/{section.template}.jinja', 'figures': figures, 'facts': section.findings.facts,
            'tables': {table.name: table for table in section.findings.tables}}
