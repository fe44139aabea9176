"""The backbone in a PyTorch checkpoint: of a training run, or as published with the paper."""
import pickle
from pathlib import Path

import torch

from .authors_checkpoint import read_authors_checkpoint
from .backbone import CONVOLUTIONS, SHAPES, checked


def read_checkpoint(path: Path) -> dict[str, torch.Tensor]:
    """Read and check the backbone in a checkpoint, without running anything it holds.

    Parameters
    ----------
    path : pathlib.Path
        Checkpoint of a run of 'brainscore-mouse train', a published one, or a ``state_dict`` of torchvision's
        ``alexnet().features``.

    Returns
    -------
    dict of str to torch.Tensor
        ``conv1.weight`` … ``conv5.bias``, see :func:`~training.backbone.checked`.

    Raises
    ------
    ValueError
        If it is damaged or holds no backbone of AlexNet.
    """
    try:
        state = torch.load(path, map_location='cpu', weights_only=True)
    except pickle.UnpicklingError:  # holds more than tensors, as the published ones do
        return read_authors_checkpoint(path)[0]
    except (RuntimeError, EOFError, KeyError) as error:
        raise ValueError(f'{path} is not a complete PyTorch checkpoint ({str(error).splitlines()[0]}): choose '
                         "'checkpoints/last.ckpt' of a training run.") from None
    state = state.get('state_dict', state) if isinstance(state, dict) else {}
    numbered = {key: f'{CONVOLUTIONS[layer]}.{part}' for key in SHAPES for layer, part in [key.split('.')]}
    for prefix in ('backbone.', 'backbone.0.', ''):
        names = {key: prefix + name for key, name in numbered.items()}
        if all(name in state for name in names.values()):
            return checked({key: state[name] for key, name in names.items()}, path)
    raise ValueError(f"{path} does not hold a backbone of AlexNet ('backbone.0.weight', …) but "
                     f"{', '.join(list(state)[:4]) or 'nothing'}: choose 'checkpoints/last.ckpt' of a training run.")
