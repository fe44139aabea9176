"""Which benchmarks stand for which recordings of the paper."""
from dataclasses import dataclass

AREAS = ('VISp', 'VISl', 'VISal', 'VISam', 'VISpm', 'VISrl')
FALLBACK = 'simulated'  # its scenes are shown where no recording can be had
METRICS = {'pls': 'per neuron', 'pls_pooled': 'pooled, as published'}  # variant of the benchmarks -> its name


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
    simulated : bool
    """
    name: str
    identifier: str
    areas: tuple[str, ...]
    simulated: bool = False

    @property
    def benchmarks(self) -> list[str]:
        """Identifiers of all areas and metrics."""
        return [f'{self.identifier}.{area}-{metric}' for metric in METRICS for area in self.areas]


RECORDINGS = {recording.name: recording for recording in (
    Recording('simulated', 'SimulatedMouse', ('VISp', 'VISl'), simulated=True),
    Recording('allen-calcium', 'deVries2020', AREAS),
    Recording('allen-neuropixels', 'Siegle2021', AREAS),
    Recording('sensorium2022', 'Willeke2022', ('VISp',)))}


def choose_recordings(names: list[str]) -> list[Recording]:
    """The recordings of those names; ValueError where there is none."""
    unknown = [name for name in names if name not in RECORDINGS]
    if unknown or not names:
        raise ValueError(f"Unknown recordings {', '.join(unknown) or '(none given)'}: choose among "
                         f"{', '.join(RECORDINGS)}.")
    return [RECORDINGS[name] for name in dict.fromkeys(names)]
