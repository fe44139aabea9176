"""Read the checkpoints that Prasad, Manor & Pereira (2022) published, without running anything they hold.

They are PyTorch Lightning 1.5 checkpoints with a whole AlexNet module among the hyper-parameters, which
``torch.load(weights_only=True)`` refuses. A pickle is a program for a small interpreter whose only ways out are to look
up names and call them. Here every name but those of PyTorch's tensors stands for an inert object, so nothing is looked
up and nothing is called; of tensors, only a record of where their values lie in the file is made.
"""
import io
import math
import pickle
import pickletools
import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path

import torch

from .backbone import CONVOLUTIONS, checked

DTYPES = {'FloatStorage': torch.float32, 'DoubleStorage': torch.float64, 'HalfStorage': torch.float16,
          'BFloat16Storage': torch.bfloat16, 'LongStorage': torch.int64, 'IntStorage': torch.int32,
          'ShortStorage': torch.int16, 'CharStorage': torch.int8, 'ByteStorage': torch.uint8,
          'BoolStorage': torch.bool}
MAX_PICKLE = 4 * 2**20  # bytes; tens of kB are needed to say where the tensors are and what else was saved
_ZIP_ERRORS = (zipfile.BadZipFile, struct.error, EOFError, OSError, RuntimeError, ValueError)
FACTS = ('epoch', 'global_step', 'pytorch-lightning_version')


class _Inert:
    """Stands for whatever a pickle names: can be called, filled and given a state, and does nothing of it."""
    __slots__ = ()

    def __new__(cls, *_, **__):
        return object.__new__(cls)

    def _nothing(*_, **__):
        return _INERT

    __call__ = __setstate__ = __setitem__ = append = extend = add = _nothing


_INERT = _Inert()


class _Dict(dict):
    """A dictionary that takes no state; stands for dict's subclasses."""
    __slots__ = ()

    def __setstate__(*_):
        pass


@dataclass(frozen=True, slots=True)
class _StorageType:
    dtype: torch.dtype

    def __setstate__(*_):
        pass


@dataclass(frozen=True, slots=True)
class _Storage:
    """Values of one type in the archive's file `key`."""
    dtype: torch.dtype
    key: str

    def __setstate__(*_):
        pass


@dataclass(frozen=True, slots=True)
class _Tensor:
    """A tensor's place in a storage, as the pickle claims it; checked when it is read."""
    storage: _Storage
    offset: int
    size: tuple[int, ...]
    stride: tuple[int, ...]

    def __setstate__(*_):
        pass


class _TensorMaker:
    """Stands for ``torch._utils._rebuild_tensor_v2``."""
    __slots__ = ()

    def __call__(self, storage, offset, size, stride, *_):
        return _Tensor(storage, offset, size, stride)

    def __setstate__(*_):
        pass


class _ParameterMaker:
    """Stands for ``torch._utils._rebuild_parameter``."""
    __slots__ = ()

    def __call__(self, data, *_):
        return data

    def __setstate__(*_):
        pass


class _Unpickler(pickle.Unpickler):
    def find_class(self, module, name):
        if module == 'collections' and name == 'OrderedDict':
            return _Dict
        if module == 'torch._utils' and name == '_rebuild_tensor_v2':
            return _TensorMaker()
        if module == 'torch._utils' and name == '_rebuild_parameter':
            return _ParameterMaker()
        if module == 'torch' and name in DTYPES:
            return _StorageType(DTYPES[name])
        return _Inert

    def persistent_load(self, pid):
        match pid:
            case ('storage', _StorageType(dtype), str(key), str(), int()):
                return _Storage(dtype, key)
        raise pickle.UnpicklingError('it refers to something that is not the storage of a tensor')


class Checkpoint:
    """A Lightning checkpoint of PyTorch's zip format, of which only tensors and plain containers are read.

    Parameters
    ----------
    path : pathlib.Path
        The file; open as long as the object is used as a context.

    Attributes
    ----------
    content : dict
        What was saved; tensors as records, everything else that is not plain inert.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not such a checkpoint, or is damaged.
    """

    def __init__(self, path: Path):
        self.path = Path(path)
        if not self.path.is_file():
            raise FileNotFoundError(f'No checkpoint at {path}: expected is a file that PyTorch Lightning saved.')
        try:
            self._zip = zipfile.ZipFile(self.path)
        except _ZIP_ERRORS as error:
            raise self._refusal(f'not a complete zip archive, as PyTorch has written since 1.6 ({error})') from error
        try:
            self._files = {self._inner_name(info): info for info in self._zip.infolist() if not info.is_dir()}
            self.content = self._unpickle()
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._zip.close()

    def tensor(self, record) -> torch.Tensor:
        """The tensor of a record in :attr:`content`, its values as they were saved."""
        match record:
            case _Tensor(_Storage(dtype, key), int(offset), tuple(size), tuple(stride)):
                pass
            case _:
                raise self._refusal('one that holds something else where a tensor is expected')
        numbers = (offset, *size, *stride)
        if len(size) != len(stride) or not all(type(n) is int and 0 <= n < 2**63 for n in numbers):
            raise self._refusal('damaged: a tensor has an impossible shape')
        values = self._values(dtype, key)
        last = offset + sum((n - 1) * step for n, step in zip(size, stride))
        # as many elements as the storage has, too: steps of 0 would make any size of a few bytes
        if math.prod(size) > len(values) or math.prod(size) and last >= len(values):
            raise self._refusal(f'damaged: a tensor of shape {size} is larger than its {len(values)} saved values')
        return torch.as_strided(values, size, stride, offset).clone()

    def _values(self, dtype: torch.dtype, key: str) -> torch.Tensor:
        content = bytearray(self._read(f'data/{key}'))
        if not content or len(content) % dtype.itemsize:
            raise self._refusal(f"damaged: 'data/{key}' holds {len(content)} bytes, not a whole number of {dtype}")
        return torch.frombuffer(content, dtype=dtype)

    def _unpickle(self):
        if self._files.get('byteorder') and self._read('byteorder').strip() != b'little':
            raise self._refusal('one from a big-endian computer: save it again on another')
        program = self._read('data.pkl', MAX_PICKLE)
        try:
            _refuse_large_memo(program)
            content = _Unpickler(io.BytesIO(program)).load()
        # a damaged program may fail in any way; none of them is more than damage
        except Exception as error:
            raise self._refusal(f'damaged or not a checkpoint ({error})') from error
        if not isinstance(content, dict):
            raise self._refusal('one that does not hold a dictionary, as Lightning saves')
        return content

    def _read(self, name: str, limit: float = math.inf) -> bytes:
        info = self._files.get(name)
        if info is None:
            raise self._refusal(f"one without its file '{name}'")
        # uncompressed, as PyTorch writes it, nothing can be larger than the file itself
        if info.compress_type != zipfile.ZIP_STORED or info.compress_size != info.file_size:
            raise self._refusal(f"packed: '{name}' is compressed, which PyTorch never does")
        limit = min(limit, self.path.stat().st_size)
        if info.file_size > limit:
            raise self._refusal(f"one whose '{name}' has {info.file_size} bytes; at most {limit} are read")
        try:
            return self._zip.read(info)
        except _ZIP_ERRORS as error:
            raise self._refusal(f"damaged at '{name}' ({error})") from error

    @staticmethod
    def _inner_name(info: zipfile.ZipInfo) -> str:
        return info.filename.partition('/')[2]  # all lie in one folder, of any name

    def _refusal(self, found: str) -> ValueError:
        return ValueError(f'{self.path} is {found}. Expected is a complete checkpoint of PyTorch Lightning, as it '
                          'was published.')


def read_authors_checkpoint(path: Path) -> tuple[dict[str, torch.Tensor], dict]:
    """Read the convolutions of a published checkpoint.

    Parameters
    ----------
    path : pathlib.Path
        PyTorch Lightning checkpoint whose ``state_dict`` has ``backbone.0.<n>.weight`` and ``.bias`` for n = 0, 3, 6,
        8, 10, the indices of torchvision's ``alexnet().features``.

    Returns
    -------
    (dict, dict)
        Weights ``conv1.weight`` … ``conv5.bias`` as they were saved, bit by bit; and what else is plain: epoch, global
        step, Lightning's version and the hyper-parameters that are numbers or text.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not such a checkpoint, is damaged, or its tensors are not those of AlexNet.
    """
    with Checkpoint(path) as checkpoint:
        saved = checkpoint.content.get('state_dict')
        if not isinstance(saved, dict):
            raise ValueError(f"{path} has no 'state_dict': expected is a checkpoint that PyTorch Lightning saved.")
        names = {f'{layer}.{part}': f'backbone.0.{index}.{part}' for layer, index in CONVOLUTIONS.items()
                 for part in ('weight', 'bias')}
        missing = [name for name in names.values() if name not in saved]
        if missing:
            found = ', '.join(str(key)[:80] for key in list(saved)[:12]) or 'nothing'
            raise ValueError(f"{path} has no '{missing[0]}' in its state_dict: expected are "
                             f"{', '.join(names.values())}; found {found}.")
        weights = {key: checkpoint.tensor(saved[name]) for key, name in names.items()}
        return checked(weights, path), _facts(checkpoint.content)


def _facts(content: dict) -> dict:
    hyper_parameters = content.get('hyper_parameters')
    hyper_parameters = hyper_parameters if isinstance(hyper_parameters, dict) else {}
    return {**{name: content[name] for name in FACTS if _is_plain(content.get(name))},
            'hyper_parameters': {name: value for name, value in hyper_parameters.items()
                                 if isinstance(name, str) and _is_plain(value)}}


def _is_plain(value) -> bool:
    return isinstance(value, (bool, int, str)) or isinstance(value, float) and math.isfinite(value)


def _refuse_large_memo(program: bytes) -> None:
    """The unpickler's memo is an array as long as its largest index, which a few bytes can make gigantic."""
    for opcode, argument, _ in pickletools.genops(program):
        if opcode.name in ('PUT', 'BINPUT', 'LONG_BINPUT') and argument > len(program):
            raise pickle.UnpicklingError(f'memo index {argument}')
