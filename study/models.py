"""Which models the study compares: one trained on each domain, and the controls."""
import json
from dataclasses import dataclass
from pathlib import Path

from training.domains import DOMAINS

TRAINED, UNTRAINED, BASELINE = 'trained', 'untrained', 'baseline'
ORACLE = 'gabor_oracle'  # knows the truth of simulated recordings, and nothing of others
FIRST_LAYER = 'conv1'


@dataclass(frozen=True)
class StudyModel:
    """A model of the study.

    Parameters
    ----------
    identifier : str
        As Brain-Score knows it.
    label : str
        What figures call it: the domain, or what kind of control it is.
    group : {'trained', 'untrained', 'baseline'}
    """
    identifier: str
    label: str
    group: str


UNTRAINED_MODELS = [StudyModel('alexnet64_untrained', 'untrained', UNTRAINED), *(
    StudyModel(f'alexnet64_untrained_seed{seed}', f'untrained, seed {seed}', UNTRAINED) for seed in range(1, 5))]
CONTROLS = [*UNTRAINED_MODELS, *(StudyModel(name, name, BASELINE) for name in ('pixels64', 'random_features', ORACLE))]
DEFAULT = [*(StudyModel(f'alexnet64_simclr_{domain}', domain, TRAINED) for domain in DOMAINS), *CONTROLS]


def choose_models(names: list | None = None) -> list:
    """The models of those names, or the eight trained ones and all controls.

    Parameters
    ----------
    names : list of str, optional
        Identifiers of the default models, or 'IDENTIFIER:DOMAIN' for any other that was trained on a prepared domain.

    Raises
    ------
    ValueError
        If a domain has two models, or of an unknown model the domain is not said.
    """
    known = {model.identifier: model for model in DEFAULT}
    chosen = []
    for name in dict.fromkeys(names or known):
        identifier, _, domain = name.partition(':')
        if domain:
            chosen.append(StudyModel(identifier, domain, TRAINED))
        elif name in known:
            chosen.append(known[name])
        else:
            raise ValueError(f"What was '{name}' trained on? Say it as '{name}:DOMAIN', where DOMAIN is prepared, or "
                             f"choose among {', '.join(known)}.")
    labels = [model.label for model in chosen]
    twice = sorted({label for label in labels if labels.count(label) > 1})
    if twice:
        raise ValueError(f"Two models were given for {', '.join(twice)}: the study compares one model a domain.")
    return chosen


def model_card(identifier: str) -> dict | None:
    """What a trained model of this project says of its images, from its card; None where it has none."""
    from brainscore_vision.models.alexnet64 import model
    card = Path(model.__file__).parent / 'cards' / f'{identifier}.json'
    return json.loads(card.read_text(encoding='utf-8')) if card.is_file() else None
