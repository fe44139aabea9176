"""Which benchmarks stand for which recordings of the paper."""
from dataclasses import dataclass

AREAS = ('VISp', 'VISl', 'VISal', 'VISam', 'VISpm', 'VISrl')
FALLBACK = 'simulated'  # whose scenes are shown where no recording can be had
METRICS = ('pls', 'pls_pooled')  # per neuron; pooled, as the paper's code computes it


@dataclass(frozen=True)
class Recording:
    """Recordings of one kind.

    Parameters
    ----------
    name : str
        As the user asks for it.
    prefix : str
        Of its benchmarks' identifiers.
    areas : tuple of str
    simulated : bool
    """
    name: str
    prefix: str
    areas: tuple
    simulated: bool = False

    @property
    def benchmarks(self) -> list:
        """Identifiers of all areas and metrics."""
        return [f'{self.prefix}.{area}-{metric}' for metric in METRICS for area in self.areas]


RECORDINGS = {recording.name: recording for recording in (
    Recording('simulated', 'SimulatedMouse', ('VISp', 'VISl'), simulated=True),
    Recording('allen-calcium', 'deVries2020', AREAS),
    Recording('allen-neuropixels', 'Siegle2021', AREAS),
    Recording('sensorium2022', 'Willeke2022', ('VISp',)))}


def choose_recordings(names: list) -> list:
    """The recordings of those names; ValueError where there is none."""
    unknown = [name for name in names if name not in RECORDINGS]
    if unknown or not names:
        raise ValueError(f"Unknown recordings {', '.join(unknown) or '(none given)'}: choose among "
                         f"{', '.join(RECORDINGS)}.")
    return [RECORDINGS[name] for name in dict.fromkeys(names)]
