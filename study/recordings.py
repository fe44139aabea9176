"""Which benchmarks stand for which recordings, and which of these are at hand."""
from dataclasses import dataclass

import pandas as pd

from brainscore_plugin.check import check_identifier, check_recordings
from brainscore_plugin.link import installed_brainscore
from brainscore_plugin.recordings.kinds import kind_of

AREAS = ('VISp', 'VISl', 'VISal', 'VISam', 'VISpm', 'VISrl')
FALLBACK = 'simulated'  # its scenes are shown where no recording can be had
METRICS = {'pls': 'per neuron', 'pls_pooled': 'pooled, as published',  # variant of the benchmarks -> its name
           'rdm': 'dissimilarities'}
VALUES = {'pls': 'noise-corrected predictivity', 'pls_pooled': 'noise-corrected predictivity',  # what its values are
          'rdm': 'noise-corrected similarity'}


@dataclass(frozen=True)
class Recording:
    """A recording of the study.

    Parameters
    ----------
    name : str
        As the command's option has it.
    identifier : str
        Brain-Score's, with which the identifiers of its benchmarks begin.
    areas : tuple of str
        Of the cortex.
    metrics : tuple of str
        Of :data:`METRICS`, those that it is scored by.
    units : str
        What each of its values is of, which the tests have for replicates.
    """
    name: str
    identifier: str
    areas: tuple[str, ...]
    metrics: tuple[str, ...] = tuple(METRICS)
    units: str = 'animals'

    @property
    def benchmarks(self) -> list[str]:
        """Identifiers of all areas and metrics."""
        return [f'{self.identifier}.{area}-{metric}' for metric in self.metrics for area in self.areas]

    @property
    def kind(self) -> str:
        """What its neurons are, see :mod:`brainscore_plugin.recordings.kinds`."""
        return kind_of(self.identifier)


RECORDINGS = {recording.name: recording for recording in (  # real ones first
    Recording('antolik2016', 'Antolik2016', ('VISp',), ('pls', 'rdm'), 'fields of view of 2 animals'),
    Recording('allen-rsm', 'Conwell2021', AREAS, ('rdm',), 'values of all animals together'),
    Recording('allen-calcium', 'deVries2020', AREAS),
    Recording('allen-neuropixels', 'Siegle2021', AREAS),
    Recording('sensorium2022', 'Willeke2022', ('VISp',)),
    Recording('twin', 'TwinMouse', ('VISp',), units='groups of neurons of 1 twin'),
    Recording('simulated', 'SimulatedMouse', ('VISp', 'VISl')))}
KINDS = {recording.identifier: recording.kind for recording in RECORDINGS.values()}
UNITS = {recording.identifier: recording.units for recording in RECORDINGS.values()}


def choose_recordings(names: list[str] | None = None) -> list[Recording]:
    """The recordings of those names, or all that are at hand, real ones first.

    Raises
    ------
    ValueError
        If there is none of a name, or no name in the list.
    """
    if names is None:
        return [recording for recording in RECORDINGS.values() if at_hand(recording)]
    unknown = [name for name in names if name not in RECORDINGS]
    if unknown or not names:
        raise ValueError(f"Unknown recordings {', '.join(unknown) or '(none given)'}: choose among "
                         f"{', '.join(RECORDINGS)}.")
    return [RECORDINGS[name] for name in dict.fromkeys(names)]


def at_hand(recording: Recording) -> bool:
    """Whether its benchmarks are known to Brain-Score and its data are packaged here, or need not be."""
    try:
        check_identifier(installed_brainscore(), 'benchmarks', recording.benchmarks[0])
        check_recordings(recording.benchmarks[0])
    except (LookupError, FileNotFoundError):
        return False
    return True


def marked(identifier: str) -> str:
    """A recording's identifier with its kind, such as 'SimulatedMouse (simulated)'; as it is where that is unknown."""
    return f'{identifier} ({KINDS[identifier]})' if identifier in KINDS else identifier


def with_kind(table: pd.DataFrame) -> pd.DataFrame:
    """A table with the column kind behind its column recording: real, twin or simulated."""
    if 'recording' not in table or 'kind' in table:
        return table
    place = int(table.columns.get_loc('recording')) + 1
    kinds = table.recording.map(KINDS)
    return pd.concat([table.iloc[:, :place], kinds.rename('kind'), table.iloc[:, place:]], axis=1)
