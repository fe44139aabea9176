"""Which models the study compares: one trained on each domain, and the controls."""
import json
from dataclasses import dataclass
from pathlib import Path

from brainscore_vision.model_interface import BrainModel
from tqdm import tqdm

from training.domains import DOMAINS

TRAINED, UNTRAINED, BASELINE = 'trained', 'untrained', 'baseline'
ORACLE = 'gabor_oracle'  # the model that simulated neurons follow; meaningless for other recordings
FIRST_LAYER = 'conv1'


@dataclass(frozen=True)
class StudyModel:
    """A model of the study.

    Parameters
    ----------
    identifier : str
        Brain-Score's.
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


def choose_models(names: list[str] | None = None) -> list[StudyModel]:
    """The models of those names, or the eight trained ones and all controls.

    Parameters
    ----------
    names : list of str, optional
        Identifiers of the default models, or 'IDENTIFIER:DOMAIN' for any other that was trained on a prepared domain.

    Raises
    ------
    ValueError
        If two models of one domain are given, or an unknown model without its domain.
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
            raise ValueError(f"'{name}' is not among the study's own models: give the prepared domain that it was "
                             f"trained on, as '{name}:DOMAIN', or choose among {', '.join(known)}.")
    labels = [model.label for model in chosen]
    twice = sorted({label for label in labels if labels.count(label) > 1})
    if twice:
        raise ValueError(f"Two models were given for {', '.join(twice)}: the study compares one model for each domain.")
    return chosen


def load_models(models: list[StudyModel]) -> tuple[dict[StudyModel, BrainModel], list[str]]:
    """Load models from Brain-Score.

    Parameters
    ----------
    models : list of StudyModel

    Returns
    -------
    networks : dict of StudyModel to BrainModel
        Those that load.
    missing : list of str
        One sentence for each of the others.
    """
    from brainscore_vision import load_model
    networks, missing = {}, []
    for model in tqdm(models, desc='loading models', unit='model', leave=False, disable=None):
        try:
            networks[model] = load_model(model.identifier)
        except Exception as error:  # plugins may raise anything
            missing.append(f"The model '{model.identifier}' is missing: {type(error).__name__}: {error}")
    return networks, missing


def model_card(identifier: str) -> dict | None:
    """The card of a trained model of this project, which describes its training images; None where it has none."""
    from brainscore_vision.models.alexnet64 import model
    card = Path(model.__file__).parent / 'cards' / f'{identifier}.json'
    return json.loads(card.read_text(encoding='utf-8')) if card.is_file() else None
