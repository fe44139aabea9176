"""What the analyses work on: domains, networks and scores."""
from dataclasses import dataclass
from functools import cached_property

import pandas as pd
from brainscore_vision.model_interface import BrainModel

from study.finished_tables import FinishedTables
from study.models import StudyModel
from study.naturalness import SAMPLE_IMAGES, describe_domains
from study.plotting import domain_colours
from study.published_numbers import published_naturalness
from study.recordings import Recording
from study.training_domains import domain_names
from training.domains import PreparedDomain


@dataclass(frozen=True)
class StudyData:
    """What the analyses work on.

    Parameters
    ----------
    models : list of StudyModel
        All that were chosen.
    recordings : list of Recording
    domains : dict of str to PreparedDomain
        Name -> those that can be read, in the order of figures.
    networks : dict of StudyModel to BrainModel
        Those that load.
    results, scores : pandas.DataFrame
        Of all recordings, as of :func:`~study.scores.score_models`; empty where nothing was scored.
    finished : FinishedTables
        Where slow tables are kept.
    seed : int
        Of everything random.
    """
    models: list[StudyModel]
    recordings: list[Recording]
    domains: dict[str, PreparedDomain]
    networks: dict[StudyModel, BrainModel]
    results: pd.DataFrame
    scores: pd.DataFrame
    finished: FinishedTables
    seed: int

    @property
    def scored(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Results and scores; LookupError without any."""
        if not len(self.results):
            raise LookupError('no model could be scored on any recording')
        return self.results, self.scores

    @cached_property
    def naturalness(self) -> pd.DataFrame:
        """Exponent and naturalness of the domains by both estimators, and as the paper prints them."""
        images = {name: domain.images for name, domain in self.domains.items()}
        measured = self.finished.table('naturalness', lambda: describe_domains(images, SAMPLE_IMAGES, self.seed),
                                       SAMPLE_IMAGES, self.seed, *self.fingerprints)
        return pd.concat([measured, published_naturalness()], ignore_index=True)

    @property
    def fingerprints(self) -> list[str]:
        """Of the domains' images."""
        return [domain.fingerprint for domain in self.domains.values()]

    @cached_property
    def colours(self) -> dict[str, tuple[float, float, float]]:
        """Domain -> its colour in all figures."""
        return domain_colours(domain_names(self.models))
