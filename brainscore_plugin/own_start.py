"""What a trained model of this project started from: the fair baseline of what its training has added."""
from __future__ import annotations

import json
from pathlib import Path


def model_card(identifier: str) -> dict | None:
    """The card of a trained model of this project, which describes its training images; None where it has none."""
    from brainscore_vision.models.alexnet64 import model
    card = Path(model.__file__).parent / 'cards' / f'{identifier}.json'
    return json.loads(card.read_text(encoding='utf-8')) if card.is_file() else None


def start_of(card: dict) -> str | None:
    """Identifier of the untrained model that a trained one started from, as its card tells it.

    Parameters
    ----------
    card : dict
        Its training has 'start', or else the seed and the initial weights of the recipe, from which that follows:
        torchvision's own, if it names none.

    Returns
    -------
    str, optional
        None where the card does not tell.
    """
    training = card.get('training', {})
    if 'start' in training or 'seed' not in training:
        return training.get('start')
    seed = training['seed']
    if training.get('recipe', {}).get('initial_weights', 'torchvision') == 'kaiming':
        return f'alexnet64_kaiming_seed{seed}' if seed else 'alexnet64_kaiming'
    return f'alexnet64_untrained_seed{seed}' if seed else 'alexnet64_untrained'
