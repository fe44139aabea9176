"""What an analysis hands to the report: tables, figures, and what its text says besides."""
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from study.recordings import with_kind


@dataclass(frozen=True)
class Table:
    """A tidy table; saved as CSV and Markdown.

    Parameters
    ----------
    name : str
        Of its files.
    title : str
    frame : pandas.DataFrame
    rests_on : str
        What keeps it from being a replication, such as 'simulated recordings'; empty where nothing does.
    shown : pandas.DataFrame, optional
        The part that the report shows; all by default.
    """
    name: str
    title: str
    frame: pd.DataFrame
    rests_on: str
    shown: pd.DataFrame | None = None

    def __post_init__(self) -> None:
        """Say of every recording in the tables whether it is real, a twin's or simulated."""
        object.__setattr__(self, 'frame', with_kind(self.frame))
        if self.shown is not None:
            object.__setattr__(self, 'shown', with_kind(self.shown))


@dataclass(frozen=True)
class Plot:
    """A figure with its title; saved as PNG and SVG. `name` and `rests_on` are as of :class:`Table`."""
    name: str
    title: str
    figure: Figure
    rests_on: str


@dataclass(frozen=True)
class Findings:
    """What an analysis has found.

    Parameters
    ----------
    tables : list of Table
        Those that are saved.
    facts : dict of str to object
        By name, what its figures draw and the text of its section says besides.
    missing : list of str
        Sentences: what could not be had, and why.
    """
    tables: list[Table]
    facts: dict[str, Any] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Section:
    """An analysis in the report, laid out by templates/sections/<template>.jinja."""
    template: str
    findings: Findings
    plots: list[Plot]
