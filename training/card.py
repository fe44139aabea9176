"""The model card: what a network was trained on, how, and how well it does, for machines (JSON) and for people."""
import hashlib
import json
from pathlib import Path

from .backbone import IMAGENET_MEAN, IMAGENET_STD

NETWORK = "the five convolutions of torchvision's AlexNet"
START = 'its start'  # in the table of probes
SHOWN_EPOCHS = 10  # of the loss curve, for people; machines get all


def model_card(name: str, data: dict, training: dict, probes: list | None = None) -> dict:
    """A model card as a dictionary that JSON can hold.

    Parameters
    ----------
    name : str
        Of the model.
    data : dict
        What the images were: 'description', and what else is known.
    training : dict
        How it was trained: 'method', and what else is known, such as 'loss', one value an epoch.
    probes : list of dict, optional
        Rows of :func:`~training.probe.probe_models`.
    """
    return {'name': name, 'network': NETWORK,
            'input': {'size': [64, 64], 'mean': list(IMAGENET_MEAN), 'std': list(IMAGENET_STD)},
            'data': data, 'training': training, 'probes': probes or []}


def check_weights(weights: Path, card: Path) -> None:
    """Check that a card tells of these very weights, if there is a card and it has their SHA-256.

    Parameters
    ----------
    weights : pathlib.Path
        Safetensors file.
    card : pathlib.Path
        JSON file.

    Raises
    ------
    ValueError
        If it is of other weights, or cannot be read.
    """
    if not card.is_file():
        return
    try:
        content = json.loads(card.read_text(encoding='utf-8'))
        said = content.get('weights', {}).get('sha256')
    except (ValueError, AttributeError, RecursionError) as error:
        raise ValueError(f"{card} is damaged: {error}. Restore it, or write it anew with 'brainscore-mouse export "
                         "RUN --replace'.") from error
    found = hashlib.sha256(weights.read_bytes()).hexdigest()
    if said is not None and said != found:
        raise ValueError(f'{card} is the card of other weights: it has the SHA-256 {str(said)[:64]}, {weights} has '
                         f"{found}. Write both anew with 'brainscore-mouse export RUN --replace', or move the card "
                         'away.')


def markdown(card: dict) -> str:
    """The card as people read it."""
    weights = card['weights']
    sections = [
        f"# {card['name']}",
        f"Weights of {card['network']}, for RGB images of 64 x 64 pixels, normalised with ImageNet's mean and standard "
        f"deviation. `{weights['file']}`: {weights['dtype']}, {weights['bytes']:,} bytes, SHA-256 "
        f"`{weights['sha256']}`.",
        '## Images', _facts(card['data']),
        '## Training', _facts(card['training']), _loss_curve(card['training'].get('loss', [])),
        _probes(card['probes']),
    ]
    return '\n\n'.join(section for section in sections if section) + '\n'


def _facts(facts: dict) -> str:
    lines = [facts[name] for name in ('description', 'method') if name in facts]
    rows = _flat({name: value for name, value in facts.items() if name not in ('description', 'method', 'loss')})
    table = _table(('', ''), rows) if rows else ''
    return '\n\n'.join(part for part in (*lines, table) if part)


def _flat(facts: dict) -> list:
    """Name and value of each fact; those within others by 'outer.inner'."""
    rows = []
    for name, value in facts.items():
        inner = _flat(value) if isinstance(value, dict) else [('', value)]
        rows += [(f'{name}.{within}' if within else name, innermost) for within, innermost in inner]
    return rows


def _loss_curve(loss: list) -> str:
    if not loss:
        return ''
    step = max(1, (len(loss) - 1) // (SHOWN_EPOCHS - 1))
    shown = sorted({*range(0, len(loss), step), len(loss) - 1})
    return 'Mean NT-Xent loss of an epoch:\n\n' + _table(('epoch', 'loss'), [(i + 1, f'{loss[i]:.4f}') for i in shown])


def _probes(rows: list) -> str:
    if not rows:
        return ''
    names = list(rows[0])
    return ('## Probes\n\nShare of test images whose class is told from the features, by weighted k-nearest neighbours '
            f'and by a linear classifier; `{START}` is the network before its training, `untrained` has random weights '
            "as torchvision draws them, `chance` is always answering the commonest class.\n\n"
            + _table(names, [[f'{v:.3f}' if isinstance(v, float) else v for v in row.values()] for row in rows]))


def _table(header, rows) -> str:
    lines = [header, ['---'] * len(header), *rows]
    return '\n'.join('| ' + ' | '.join(str(cell).replace('|', r'\|').replace('\n', ' ') for cell in line) + ' |'
                     for line in lines)
