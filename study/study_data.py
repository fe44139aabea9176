"""What the analyses of a study share: its models, domains, recordings and scores, each had once and when needed."""
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from study import figures, naturalness
from study.models import TRAINED, model_card
from study.scores import score_models
from study.steps import Steps
from training.domains import DOMAINS, open_domain

SAMPLE = 1000  # images a domain, as in the paper
PAPER = 'paper'


@dataclass
class Study:
    """What the analyses share.

    Parameters
    ----------
    out : pathlib.Path
        Folder of the results.
    recordings : list of Recording
    models : list of StudyModel
    domains_directory : pathlib.Path
        Folder of prepared domains.
    seed : int
    """
    out: Path
    recordings: list
    models: list
    domains_directory: Path
    seed: int = 0
    missing: list = field(default_factory=list)

    @cached_property
    def steps(self) -> Steps:
        return Steps(self.out / 'steps')

    @cached_property
    def domains(self) -> dict:
        """Name -> PreparedDomain: the eight, in their order, and those that other models were trained on."""
        wanted = dict.fromkeys([*DOMAINS, *(model.label for model in self.models if model.group == TRAINED)])
        found = {}
        for name in wanted:
            try:
                found[name] = open_domain(self.domains_directory / name)
            except (OSError, ValueError, KeyError) as error:
                self.missing.append(f"The domain '{name}' is missing: {error}")
        return found

    @cached_property
    def networks(self) -> dict:
        """StudyModel -> loaded model, for those that load."""
        from brainscore_vision import load_model
        loaded = {}
        for model in tqdm(self.models, desc='loading models', unit='model', leave=False, disable=None):
            try:
                loaded[model] = load_model(model.identifier)
            except Exception as error:  # plugins may raise anything
                self.missing.append(f"The model '{model.identifier}' is missing: {type(error).__name__}: {error}")
        return loaded

    @property
    def scored(self) -> tuple:
        """Cells and scores of all recordings, as of :func:`~study.scores.score_models`; LookupError without any."""
        cells, scores = self._scored
        if not len(cells):
            raise LookupError('no model could be scored on any recording')
        return cells, scores

    @cached_property
    def _scored(self) -> tuple:
        cells, scores = [pd.DataFrame()], [pd.DataFrame()]
        for recording in self.recordings if self.networks else []:
            of_recording = score_models(list(self.networks), recording, self.out / 'sweep' / recording.name)
            cells.append(of_recording[0])
            scores.append(of_recording[1])
            self.missing += of_recording[2]
        return pd.concat(cells, ignore_index=True), pd.concat(scores, ignore_index=True)

    @cached_property
    def exponents(self) -> pd.DataFrame:
        """Naturalness of the domains by both estimators, and as the paper prints it."""
        images = {name: domain.images for name, domain in self.domains.items()}
        measured = self.steps.table('naturalness', lambda: naturalness.describe_domains(images, SAMPLE, self.seed),
                                    SAMPLE, self.seed, *(domain.fingerprint for domain in self.domains.values()))
        printed = paper_numbers()
        rows = printed[printed.quantity == 'naturalness'][['domain', 'value']].rename(columns={'value': 'naturalness'})
        exponent = printed[printed.quantity == 'exponent'].set_index('domain')
        rows = rows.assign(estimator=PAPER, p_mean=rows.domain.map(exponent.value), p_sd=rows.domain.map(exponent.sd))
        return pd.concat([measured, rows], ignore_index=True)

    @cached_property
    def colours(self) -> dict:
        return figures.domain_colours(list(dict.fromkeys([*DOMAINS, *(
            model.label for model in self.models if model.group == TRAINED)])))

    def rests_on(self, *kinds: str) -> str:
        """What of 'images', 'models' and 'recordings' keeps a result from being a replication."""
        marks = {'images': self.stand_in_domains and 'stand-in images',
                 'models': self.stand_in_models and 'models trained on stand-in images, or for less than the paper',
                 'recordings': any(recording.simulated for recording in self.recordings) and 'simulated recordings'}
        return '; '.join(marks[kind] for kind in kinds if marks[kind])

    @cached_property
    def stand_in_domains(self) -> list:
        return [name for name, domain in self.domains.items() if not domain.metadata.get('official')]

    @cached_property
    def stand_in_models(self) -> list:
        """Trained models of whose training images nobody vouches that they are the official ones."""
        cards = {model: model_card(model.identifier) for model in self.networks if model.group == TRAINED}
        return [model.identifier for model, card in cards.items() if not (card and card['data'].get('official'))]


def paper_numbers() -> pd.DataFrame:
    """What Prasad, Manor & Pereira (2022) print: source, quantity, domain, value and sd."""
    return pd.read_csv(Path(__file__).with_name('paper_numbers.csv'))
