"""From a run, or a published checkpoint, to weights and a model card."""
import hashlib
import json
import re
from contextlib import ExitStack
from pathlib import Path

import torch
from safetensors.torch import save

from .atomic import replacing
from .authors_checkpoint import read_authors_checkpoint
from .backbone import checked
from .card import START, markdown, model_card
from .checkpoint import load_tensors
from .disk import naming_full_disk
from .eight_bits import from_eight_bits, to_eight_bits
from .network import exported_weights, trunk_to_train
from .recipes import Recipe
from .run_folder import read_description, read_history

IMPORTED = ('Read from a checkpoint in the layout of those that Prasad, Manor & Pereira (2022) published, of SimCLR '
            'training. What it was trained on, and how, is not known beyond what the file says.')


def export(run: Path, out: Path | None = None, name: str | None = None, cards: Path | None = None,
           description: str | None = None, probe_domains: tuple = (), replace: bool = False,
           eight_bits: bool = False) -> Path:
    """Write a run's backbone, and its model card.

    Parameters
    ----------
    run : pathlib.Path
        Folder of the run.
    out : pathlib.Path, optional
        Folder of ``<name>.safetensors``; by default the run's.
    name : str, optional
        By default the run folder's.
    cards : pathlib.Path, optional
        Folder of ``<name>.json`` and ``<name>.md``; by default beside the weights.
    description : str, optional
        What the images are, in words; by default what the domain says of itself.
    probe_domains : tuple of PreparedDomain
        Probe accuracies on them are measured and put into the card.
    replace : bool
        Whether to overwrite an earlier export.
    eight_bits : bool
        Whether to round the weights to eight bits, see :func:`~training.eight_bits.to_eight_bits`, instead of half
        precision.

    Returns
    -------
    pathlib.Path
        The weights.

    Raises
    ------
    FileNotFoundError
        If the folder is no run or has no checkpoint yet.
    FileExistsError
        If there is an export of that name, or anything else in its place.
    ValueError
        If a file of the run is damaged, the weights are not finite, or the name cannot be one of a file or is that of
        one of the run's.
    """
    run = Path(run)
    name = name or run.resolve().name
    if name == 'run' and run.resolve() in [(folder or run).resolve() for folder in (out, cards)]:
        raise ValueError(f"A card named 'run' would take the place of {run / 'run.json'}: choose another name "
                         "('--name NAME').")
    places = _free_places(name, out or run, cards, replace)
    weights, epochs = _backbone(run / 'checkpoints' / 'last.ckpt')
    described, history = read_description(run, for_card=True), read_history(run)
    history = history[history['epoch'] < epochs]  # it may be an epoch ahead of the checkpoint
    half = checked({key: tensor.half() for key, tensor in weights.items()}, run)
    written = to_eight_bits(weights) if eight_bits else half
    read = from_eight_bits(written)
    data = _data(described, description)
    training = {'method': 'SimCLR (Chen et al. 2020)', 'epochs': epochs, 'seed': described['seed'],
                'device': described['device'], 'precision': described['precision'],
                'seconds': round(history['seconds'].sum()), 'recipe': described['recipe'],
                'versions': described['versions'], 'loss': history['loss'].tolist()}
    probes = _probes(name, read, described, probe_domains) if probe_domains else []
    return publish(written, model_card(name, data, training, probes), places)


def import_checkpoint(file: Path, out: Path | None = None, name: str | None = None, replace: bool = False) -> Path:
    """Write the backbone of a checkpoint that the paper's authors published, bit by bit, and a card.

    Parameters
    ----------
    file : pathlib.Path
        See :func:`~training.authors_checkpoint.read_authors_checkpoint`.
    out, name, replace
        As for :func:`export`; by default the file's folder and its name without the ending; the card lies beside.

    Returns
    -------
    pathlib.Path
        The weights.

    Raises
    ------
    FileNotFoundError, FileExistsError, ValueError
        As :func:`export`, and if the file is no such checkpoint.
    """
    file = Path(file)
    name = name or file.stem
    places = _free_places(name, out or file.parent, None, replace)
    weights, facts = read_authors_checkpoint(file)
    training = {'method': IMPORTED, **facts, 'file': file.name, 'sha256': _sha256(file)}
    data = {'description': 'Not said by the checkpoint.'}
    return publish(weights, model_card(name, data, training), places)


def publish(weights: dict, card: dict, places: list) -> Path:
    """Write weights and card to the places of .safetensors, .json and .md: all of them or, if anything fails, none."""
    content = save({key: tensor.contiguous() for key, tensor in weights.items()})
    dtype = str(weights['conv1.weight'].dtype).removeprefix('torch.')
    card = {**card, 'weights': {'file': places[0].name, 'dtype': dtype, 'bytes': len(content),
                                'sha256': hashlib.sha256(content).hexdigest()}}
    contents = [content, json.dumps(card, indent=1).encode(), markdown(card).encode()]
    with naming_full_disk(places[0].parent, 'nothing was written', remedy='Make room and give the command again.'), \
            ExitStack() as stack:
        for place, content in zip(places, contents):
            place.parent.mkdir(parents=True, exist_ok=True)
            stack.enter_context(replacing(place)).write_bytes(content)
    return places[0]


def _free_places(name: str, out: Path, cards: Path | None, replace: bool) -> list:
    if not re.fullmatch(r'\w[\w.-]*', name):
        raise ValueError(f"'{name}' cannot be a model's name: use letters, digits and underscores ('--name NAME').")
    places = [out / f'{name}.safetensors', *((cards or out) / f'{name}.{ending}' for ending in ('json', 'md'))]
    taken = [place for place in places if place.exists() and not (replace and place.is_file())]
    if taken:
        raise FileExistsError(f"{taken[0]} exists: overwrite it with '--replace' or choose another '--name'.")
    return places


def _backbone(checkpoint: Path) -> tuple:
    """Weights and the number of epochs they were trained."""
    if not checkpoint.is_file():
        raise FileNotFoundError(f"No checkpoint at {checkpoint}: expected is the folder of a run of 'brainscore-mouse "
                                "train' that has finished an epoch.")
    saved = load_tensors(checkpoint)
    try:
        weights = exported_weights({name.removeprefix('backbone.'): tensor
                                    for name, tensor in saved['state_dict'].items() if name.startswith('backbone.')})
        epochs = int(saved['epoch']) + 1
    except (AttributeError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"{checkpoint} is damaged or no checkpoint of 'brainscore-mouse train' "
                         f'({_first_line(error)}). Restore the file or train again.') from error
    return checked(weights, checkpoint), epochs


def _data(described: dict, description: str | None) -> dict:
    """What the images were, by the run's account."""
    known = described['data']
    words = f"{described['count']:,} images of the domain '{described['domain']}': {known['title']}."
    return {'description': description or words,
            **{name: described[name] for name in ('domain', 'count', 'split', 'fingerprint')},
            **{name: known[name] for name in ('title', 'official', 'licence', 'citation', 'recipe')},
            'archives': {archive['name']: archive['sha256'] for archive in known['archives']}}


def _probes(name: str, weights: dict, described: dict, domains) -> list:
    """Accuracies of the network, of what it was before its training, and of random weights as torchvision has them."""
    from .probe import probe_models
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(described['seed'])
        start = exported_weights(trunk_to_train(Recipe().override(described['recipe'])).state_dict())
    return probe_models({START: start, name: weights}, domains).to_dict('records')


def _sha256(file: Path) -> str:
    with file.open('rb') as content:
        return hashlib.file_digest(content, 'sha256').hexdigest()


def _first_line(error: Exception) -> str:
    return str(error).partition('\n')[0][:200]
