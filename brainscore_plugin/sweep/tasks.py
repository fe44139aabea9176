"""The parts of a sweep: one layer of one model on one benchmark each."""
import json
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from .fingerprint import digest

COMMITTED = 'committed'  # layer of the one task of a model and a benchmark whose layers cannot be told apart
ANY_LAYER = '*'  # stands for the layers of a model or benchmark that does not load


@dataclass(frozen=True)
class Task:
    """One layer of one model on one benchmark."""
    model: str
    layer: str
    benchmark: str

    def __str__(self) -> str:
        return f'{self.model} x {self.layer} x {self.benchmark}'

    def result_path(self, out: Path) -> Path:
        """Where its result lies in the folder of a sweep."""
        benchmark, model, layer = (quote(name, safe=' ') for name in (self.benchmark, self.model, self.layer))
        return out / 'cells' / benchmark / model / f'{layer}.parquet'


@dataclass(frozen=True)
class PlannedTask:
    """A task and what its result follows from.

    Parameters
    ----------
    task : Task
        What is to be scored.
    region : str
        Region of the model that is recorded; empty where only the benchmark knows.
    committed : bool
        Whether the layer is the one that stands for the area: which the model commits to, if it is mapped.
    mapped : bool
        Whether the model commits to a layer.
    model, benchmark, images : str
        Digests of what was found when the sweep began.
    depth, parameters : int, optional
        Place of the layer among the model's, from 0, and the number of the model's parameters, where they are known.
    """
    task: Task
    region: str
    committed: bool
    mapped: bool
    model: str
    benchmark: str
    images: str
    depth: int | None = None
    parameters: int | None = None

    @property
    def fingerprint(self) -> str:
        """Digest of all that the result follows from."""
        task = self.task
        named = json.dumps([task.model, task.layer, task.benchmark, self.region, self.committed, self.mapped])
        return digest(named, self.model, self.benchmark)

    @property
    def layered(self) -> bool:
        """Whether the layer's features are recorded for the task, rather than all by the benchmark itself."""
        return self.task.layer != COMMITTED
