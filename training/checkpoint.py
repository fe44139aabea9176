"""The backbone in a PyTorch checkpoint: of a training run, or as published with the paper."""
import pickle
import warnings
from pathlib import Path

import torch

from .authors_checkpoint import read_authors_checkpoint
from .backbone import CONVOLUTIONS, SHAPES, checked

_LFS_POINTER = b'version https://git-lfs'


def load_tensors(path: Path) -> dict:
    """What a checkpoint of tensors and plain containers holds; nothing in it is run.

    Raises
    ------
    ValueError
        If it is damaged, holds anything else, or is not a dictionary.
    OSError
        If it cannot be read.
    """
    try:
        _refuse_pointer(path)
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')  # of a damaged file's odd version of pickle
            saved = torch.load(path, map_location='cpu', weights_only=True)
        if not isinstance(saved, dict):
            raise ValueError(f'it holds a {type(saved).__name__}')
    except OSError as error:
        if error.errno is not None:
            raise
        raise _damaged(path, error) from error
    except pickle.UnpicklingError as error:
        raise _damaged(path, 'it holds something else than tensors, or nothing that can be read') from error
    except MemoryError as error:
        raise _damaged(path, 'it claims to be larger than the memory') from error
    except Exception as error:  # PyTorch and pickle raise anything on damaged files
        raise _damaged(path, error) from error
    return saved


def _damaged(path: Path, why: object) -> ValueError:
    first_line = str(why).strip().partition('\n')[0][:200] or type(why).__name__
    return ValueError(f"{path} is damaged or no checkpoint of 'brainscore-mouse train': {first_line}. Restore the "
                      'file, or train again in another folder.')


def _refuse_pointer(path: Path) -> None:
    with path.open('rb') as file:
        if file.read(len(_LFS_POINTER)) == _LFS_POINTER:
            raise ValueError(f"{path} is only Git LFS's pointer to a file, which 'git lfs pull' fetches")


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
    _refuse_pointer(path)
    try:
        state = torch.load(path, map_location='cpu', weights_only=True)
    except pickle.UnpicklingError:  # holds more than tensors, as the published ones do
        return read_authors_checkpoint(path)[0]
    except Exception as error:  # PyTorch and pickle raise anything on damaged files
        if isinstance(error, OSError) and error.errno is not None:
            raise
        first_line = str(error).strip().partition('\n')[0] or type(error).__name__
        raise ValueError(f'{path} is not a complete PyTorch checkpoint ({first_line}): choose '
                         "'checkpoints/last.ckpt' of a training run.") from None
    state = state.get('state_dict', state) if isinstance(state, dict) else {}
    numbered = {key: f'{CONVOLUTIONS[layer]}.{part}' for key in SHAPES for layer, part in [key.split('.')]}
    for prefix in ('backbone.', 'backbone.0.', ''):
        names = {key: prefix + name for key, name in numbered.items()}
        if all(name in state for name in names.values()):
            return checked({key: state[name] for key, name in names.items()}, path)
    raise ValueError(f"{path} does not hold a backbone of AlexNet ('backbone.0.weight', …) but "
                     f"{', '.join(list(state)[:4]) or 'nothing'}: choose 'checkpoints/last.ckpt' of a training run.")
