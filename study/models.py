"""Which models the study compares: one trained on each domain, and the controls."""
from dataclasses import dataclass

from brainscore_vision.model_interface import BrainModel
from tqdm import tqdm

from brainscore_plugin.check import check_identifier
from brainscore_plugin.link import installed_brainscore
from brainscore_plugin.own_start import model_card, start_of
from brainscore_plugin.recordings.kinds import ORACLES
from training.domains import DOMAINS

TRAINED, UNTRAINED, BASELINE = 'trained', 'untrained', 'baseline'
FIRST_LAYER = 'conv1'


@dataclass(frozen=True)
class StudyModel:
    """A model of the study.

    Parameters
    ----------
    identifier : str
        Brain-Score's.
    label : str
        What figures call it: the domain with the seed if that is not 0, or what kind of control it is.
    group : {'trained', 'untrained', 'baseline'}
    domain : str, optional
        That it was trained on.
    seed : int
        Of its training.
    """
    identifier: str
    label: str
    group: str
    domain: str | None = None
    seed: int = 0

    @property
    def start(self) -> str | None:
        """Identifier of the untrained model that its training started from; None where that is not known."""
        card = model_card(self.identifier) if self.group == TRAINED else None
        return start_of(card) if card else None


def trained_model(identifier: str, domain: str, seed: int = 0) -> StudyModel:
    """A model that was trained on a domain with a seed."""
    return StudyModel(identifier, f'{domain}, seed {seed}' if seed else domain, TRAINED, domain, seed)


SEEDS = range(3)
UNTRAINED_MODELS = [StudyModel('alexnet64_untrained', 'untrained', UNTRAINED), *(
    StudyModel(f'alexnet64_untrained_seed{seed}', f'untrained, seed {seed}', UNTRAINED, seed=seed)
    for seed in range(1, 5))]
BASELINES = [StudyModel(name, name, BASELINE) for name in ('pixels64', 'random_features', *ORACLES.values())]
FIRST_SEED = [*(trained_model(f'alexnet64_simclr_{domain}', domain) for domain in DOMAINS), *UNTRAINED_MODELS,
              *BASELINES]
# Models of more seeds, and the initial weights that a recipe gave them: part of the study where they are registered.
MORE_SEEDS = [*(trained_model(f'alexnet64_simclr_{domain}_seed{seed}', domain, seed)
                for domain in DOMAINS for seed in SEEDS[1:]),
              *(StudyModel(f'alexnet64_kaiming_seed{seed}' if seed else 'alexnet64_kaiming',
                           f'untrained (He), seed {seed}', UNTRAINED, seed=seed) for seed in SEEDS)]


def choose_models(names: list[str] | None = None) -> list[StudyModel]:
    """The models of those names, or the trained ones of all seeds and all controls.

    Parameters
    ----------
    names : list of str, optional
        Identifiers of the study's own models, or 'IDENTIFIER:DOMAIN' for any other that was trained on a prepared
        domain; several of one domain are its seeds, in their order.

    Raises
    ------
    ValueError
        If an unknown model is given without its domain.
    """
    if names is None:
        more = [model for model in MORE_SEEDS if _registered(model.identifier)]
        return [*FIRST_SEED[:len(DOMAINS)], *(model for model in more if model.group == TRAINED), *UNTRAINED_MODELS,
                *(model for model in more if model.group == UNTRAINED), *BASELINES]
    known = {model.identifier: model for model in [*FIRST_SEED, *MORE_SEEDS]}
    chosen: list[StudyModel] = []
    for name in dict.fromkeys(names):
        identifier, _, domain = name.partition(':')
        if not domain and name not in known:
            raise ValueError(f"'{name}' is not among the study's own models: give the prepared domain that it was "
                             f"trained on, as '{name}:DOMAIN', or choose among {', '.join(known)}.")
        model = known.get(name) or trained_model(identifier, domain)
        taken = {other.seed for other in chosen if other.domain == model.domain}
        if model.domain and model.seed in taken:
            model = trained_model(model.identifier, model.domain, min(set(range(len(taken) + 1)) - taken))
        chosen.append(model)
    return chosen


def _registered(identifier: str) -> bool:
    try:
        check_identifier(installed_brainscore(), 'models', identifier)
    except LookupError:
        return False
    return True


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
