"""What the analyses work on: domains, networks and scores."""
from dataclasses import dataclass
from functools import cached_property

import pandas as pd
from brainscore_vision.model_interface import BrainModel

from study.finished_tables import FinishedTables
from study.models import StudyModel
from study.natural_scene_statistics import describe_distances, natural_scene_features
from study.natural_scenes import natural_scenes
from study.naturalness import SAMPLE_IMAGES, SCENES, describe_domains
from study.plotting import domain_colours
from study.predictivity import per_animal
from study.published_numbers import published_naturalness
from study.recordings import Recording
from study.starts import known_starts, minus_start
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
        """Naturalness of the domains: the study's own, by exponents in two ways, and as the paper prints it."""
        images = {name: domain.images for name, domain in self.domains.items()}
        measured = self.finished.table('naturalness', lambda: describe_domains(images, SAMPLE_IMAGES, self.seed),
                                       SAMPLE_IMAGES, self.seed, *self.fingerprints)
        own = self.scene_distance[['domain', 'n_images', 'n_undefined']].assign(
            estimator=SCENES, naturalness=-self.scene_distance.distance, low=-self.scene_distance.high,
            high=-self.scene_distance.low)
        return pd.concat([own, measured, published_naturalness()], ignore_index=True)

    @cached_property
    def scene_distance(self) -> pd.DataFrame:
        """Distance of the domains from natural scenes: :func:`~study.natural_scene_statistics.describe_distances`."""
        images = {name: domain.images for name, domain in self.domains.items()}

        def compute():
            crops, sources = natural_scenes(self.seed)
            return describe_distances(images, natural_scene_features(crops), sources, SAMPLE_IMAGES, self.seed)
        return self.finished.table('scene_distance', compute, SAMPLE_IMAGES, self.seed, *self.fingerprints)

    @cached_property
    def gains(self) -> tuple[pd.DataFrame, list[str]]:
        """Scores of trained models less those of their starts, and sentences on those that have none."""
        starts, missing = known_starts(list(self.networks), set(self.scores.model))
        return minus_start(self.scores, starts), missing

    @cached_property
    def animals(self) -> pd.DataFrame:
        """Value of each animal, as of :func:`~study.predictivity.per_animal`, with label, group, domain and seed.

        Rows of trained models less their starts come after those of models.
        """
        about = self.results.drop_duplicates('model').set_index('model')[['label', 'group', 'domain', 'seed']]
        values = per_animal(self.results).join(about, on='model')
        starts, _ = known_starts(list(self.networks), set(values.model))
        return pd.concat([values, minus_start(values, starts, ('animal',))], ignore_index=True)

    @property
    def fingerprints(self) -> list[str]:
        """Of the domains' images."""
        return [domain.fingerprint for domain in self.domains.values()]

    @cached_property
    def colours(self) -> dict[str, tuple[float, float, float]]:
        """Domain, and label of each model that was trained on it -> its colour in all figures."""
        of_domains = domain_colours(domain_names(self.models))
        return of_domains | {model.label: of_domains[model.domain] for model in self.models if model.domain}
