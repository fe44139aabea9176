"""Published checkpoints are read bit by bit, and nothing that a file holds is ever run."""
import collections
import io
import os
import pickle
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchvision.models import alexnet

from training.authors_checkpoint import (
    Checkpoint,
    _Dict,
    _Inert,
    _Storage,
    _StorageType,
    _Tensor,
    read_authors_checkpoint,
)
from training.backbone import CONVOLUTIONS, SHAPES


@pytest.fixture(scope='module')
def network():
    network = alexnet(num_classes=2)
    network.classifier = torch.nn.Sequential(torch.nn.Linear(4, 2))  # the real one has 200 MB
    return network


def lightning_checkpoint(network) -> dict:
    """What PyTorch Lightning 1.5 saved of the authors' SimCLR module: all of it, with a network as an argument."""
    backbone = torch.nn.Sequential(network.features, network.avgpool)
    optimizer = torch.optim.SGD(backbone.parameters(), lr=.1, momentum=.9)
    return {'epoch': 599, 'global_step': 12000, 'pytorch-lightning_version': '1.5.10',
            'state_dict': collections.OrderedDict(
                [(f'backbone.{key}', value) for key, value in backbone.state_dict().items()]
                + [('projection_head.layers.0.weight', torch.zeros(3, 4))]),
            'callbacks': {type(optimizer): {'best_model_score': torch.tensor(1.5)}},
            'optimizer_states': [optimizer.state_dict()], 'lr_schedulers': [{'mode': 'min'}], 'loops': None,
            'hparams_name': 'kwargs', 'hyper_parameters': {'model': network, 'lr': 4.8, 'batch_size': 4096}}


@pytest.fixture(scope='module')
def published(network, tmp_path_factory):
    path = tmp_path_factory.mktemp('published') / 'sketch.ckpt'
    torch.save(lightning_checkpoint(network), path)
    return path


def archive(path, program: bytes, storages=None, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, 'w', compression) as file:
        file.writestr('archive/data.pkl', program)
        for key, content in (storages or {}).items():
            file.writestr(f'archive/data/{key}', content)
    return path


def test_published_weights_are_read_bit_by_bit(published, network):
    with pytest.raises(pickle.UnpicklingError):  # else there would be no need of a reader of our own
        torch.load(published, weights_only=True)
    weights, facts = read_authors_checkpoint(published)
    assert list(weights) == list(SHAPES)
    for layer, index in CONVOLUTIONS.items():
        for part in ('weight', 'bias'):
            assert torch.equal(weights[f'{layer}.{part}'], getattr(network.features[index], part))
    assert facts == {'epoch': 599, 'global_step': 12000, 'pytorch-lightning_version': '1.5.10',
                     'hyper_parameters': {'lr': 4.8, 'batch_size': 4096}}


def test_views_of_a_storage_and_half_precision_are_read_as_saved(tmp_path):
    whole = torch.arange(24, dtype=torch.float16).reshape(4, 6)
    torch.save({'state_dict': {'part': whole[1:3, ::2], 'turned': whole.T}}, tmp_path / 'views.ckpt')
    with Checkpoint(tmp_path / 'views.ckpt') as checkpoint:
        saved = checkpoint.content['state_dict']
        assert torch.equal(checkpoint.tensor(saved['part']), whole[1:3, ::2])
        assert torch.equal(checkpoint.tensor(saved['turned']), whole.T)


@pytest.mark.parametrize(('change', 'says'), [
    (lambda saved: saved.pop('state_dict'), "no 'state_dict'"),
    (lambda saved: saved['state_dict'].pop('backbone.0.3.bias'), r"no 'backbone\.0\.3\.bias' in its state_dict"),
    (lambda saved: saved['state_dict'].update({'backbone.0.0.weight': torch.zeros(64, 3, 7, 7)}),
     r"'conv1\.weight' is float32 of shape \(64, 3, 7, 7\); AlexNet's is floating point of shape \(64, 3, 11, 11\)"),
    (lambda saved: saved['state_dict'].update({'backbone.0.0.weight': 'text'}), 'where a tensor is expected'),
    (lambda saved: saved['state_dict']['backbone.0.0.bias'].fill_(float('nan')), 'not finite'),
], ids=['no state_dict', 'missing', 'shape', 'no tensor', 'NaN'])
def test_other_contents_are_refused_with_what_was_expected(network, tmp_path, change, says):
    saved = lightning_checkpoint(network)
    saved['state_dict'] = collections.OrderedDict((key, value.clone()) for key, value in saved['state_dict'].items())
    change(saved)
    torch.save(saved, tmp_path / 'other.ckpt')
    with pytest.raises(ValueError, match=says):
        read_authors_checkpoint(tmp_path / 'other.ckpt')


class Reduced:
    """Pickles as a call."""

    def __init__(self, *call):
        self.call = call

    def __reduce__(self):
        return self.call

    def __call__(self):
        """The pickler wants what is called to be callable."""


class WithState:
    def __init__(self, mark):
        self.mark = str(mark)

    def __setstate__(self, state):
        open(state['mark'], 'w').close()


def touch(mark):
    return Reduced(os.system, (f'touch {mark}',))


def short_text(text):
    return b'\x8c' + bytes([len(text)]) + text.encode()


# programs that make the file `mark` when pickle runs them
RUNNING = {
    'call': lambda mark: pickle.dumps(touch(mark), 2),
    'eval through getattr': lambda mark: pickle.dumps(
        Reduced(Reduced(getattr, (Reduced(__import__, ('builtins',)), 'eval')), (f"open('{mark}', 'w')",)), 4),
    'stack global': lambda mark: b'\x80\x04\x8c\x02os\x8c\x06system\x93' + short_text(f'touch {mark}') + b'\x85R.',
    'nested': lambda mark: pickle.dumps({'state_dict': {'backbone.0.0.weight': [touch(mark)]}}, 2),
    'key': lambda mark: pickle.dumps({touch(mark): 1}, 2),
    '__setstate__': lambda mark: pickle.dumps({'state_dict': WithState(mark)}, 2),
    'old-style instance': lambda mark: b'(S"touch %s"\nios\nsystem\n.' % str(mark).encode(),
    'old-style object': lambda mark: b'(cos\nsystem\nS"touch %s"\no.' % str(mark).encode(),
}


@pytest.mark.parametrize('program', RUNNING.values(), ids=RUNNING)
def test_programs_are_not_run(tmp_path, program):
    mark = tmp_path / 'ran'
    with pytest.raises(ValueError, match='xpected'):
        read_authors_checkpoint(archive(tmp_path / 'hostile.ckpt', program(mark)))
    assert not mark.exists()
    (tmp_path / 'program').write_bytes(program(mark))
    subprocess.run([sys.executable, '-m', 'pickle', tmp_path / 'program'], capture_output=True, timeout=60,
                   env={**os.environ, 'PYTHONPATH': str(Path(__file__).parent)})
    assert mark.exists()  # the program is one that runs, where files are trusted


@pytest.mark.parametrize('program', [
    b'\x80\x02cos\nenviron\n}X\x01\x00\x00\x00aX\x01\x00\x00\x00bsb.',
    b'\x80\x02ctorch._utils\n_rebuild_tensor_v2\n}X\x0c\x00\x00\x00__defaults__Nsb.',
    b'\x80\x02ccollections\nOrderedDict\n}X\x01\x00\x00\x00aX\x01\x00\x00\x00bsb.',
    b'\x80\x02cos\nsystem\nQ.',
    b'\x80\x02csubprocess\nPopen\n]\x85\x81.',
    b'\x80\x02Nr\xff\xff\xff\xff.',
    b'\x80\x05\x96' + struct.pack('<Q', 2**60) + b'.',
    b'\x80\x02}',
    b'',
], ids=['state of a name', 'state of the maker of tensors', 'state of a dict', 'persistent id', 'new object',
        'gigantic memo', 'gigantic bytes', 'no end', 'nothing'])
def test_programs_out_of_the_ordinary_are_refused(tmp_path, program):
    environment = dict(os.environ)
    with pytest.raises(ValueError, match='Expected is a complete checkpoint'):
        read_authors_checkpoint(archive(tmp_path / 'odd.ckpt', program))
    assert dict(os.environ) == environment


@pytest.mark.parametrize('record', [_Tensor, _Storage, _StorageType, _Dict, _Inert])
def test_records_take_no_state(record):
    fields = getattr(record, '__slots__', ())
    instance = record(*range(len(fields)))
    instance.__setstate__([99] * len(fields))
    assert [getattr(instance, field) for field in fields] == list(range(len(fields)))


def claim(offset, size, stride, storage='FloatStorage', key='0'):
    """Program of a checkpoint whose first weight claims a place in a storage."""
    class Pickler(pickle.Pickler):
        def persistent_id(self, value):
            return value.pid if isinstance(value, Claimed) else None

    class Claimed:
        pid = ('storage', getattr(torch, storage), key, 'cpu', 10**12)
    program = io.BytesIO()
    tensor = Reduced(torch._utils._rebuild_tensor_v2, (Claimed(), offset, size, stride, False, {}))
    Pickler(program, 2).dump({'state_dict': {f'backbone.0.{n}.{part}': tensor
                                             for n in CONVOLUTIONS.values() for part in ('weight', 'bias')}})
    return program.getvalue()


@pytest.mark.parametrize(('arguments', 'says'), [
    ((0, (10**6, 10**6), (10**6, 1)), 'larger than its 4 saved values'),
    ((0, (10**9,), (0,)), 'larger than its 4 saved values'),
    ((3, (4,), (1,)), 'larger than its 4 saved values'),
    ((-1, (2,), (1,)), 'impossible shape'),
    ((0, (2, 2), (1,)), 'impossible shape'),
    ((0, (10**30,), (1,)), 'impossible shape'),
    ((0, [4], (1,)), 'where a tensor is expected'),
    ((0, (4,), (1,), 'FloatStorage', '7'), "without its file 'data/7'"),
    ((0, (4,), (1,), 'FloatStorage', '../../etc/passwd'), 'without its file'),
    ((0, (4,), (1,), 'DoubleStorage', '1'), 'not a whole number'),
])
def test_claims_of_tensors_are_checked_against_what_the_file_holds(tmp_path, arguments, says):
    path = archive(tmp_path / 'claim.ckpt', claim(*arguments), {'0': bytes(16), '1': bytes(17)})
    with pytest.raises(ValueError, match=says):
        read_authors_checkpoint(path)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    bomb = archive(tmp_path / 'bomb.ckpt', bytes(2**22), compression=zipfile.ZIP_DEFLATED)
    assert bomb.stat().st_size < 10_000
    with pytest.raises(ValueError, match='compressed, which PyTorch never does'):
        read_authors_checkpoint(bomb)
    inside = archive(tmp_path / 'inside.ckpt', claim(0, (4,), (1,)))
    with zipfile.ZipFile(inside, 'a', zipfile.ZIP_DEFLATED) as file:
        file.writestr('archive/data/0', bytes(2**22))
    with pytest.raises(ValueError, match='compressed'):
        read_authors_checkpoint(inside)


def test_a_program_of_many_megabytes_is_not_read(tmp_path):
    with pytest.raises(ValueError, match='at most'):
        read_authors_checkpoint(archive(tmp_path / 'long.ckpt', b'N' * 2**23))


def test_other_files_are_refused(tmp_path):
    torch.save({'state_dict': {}}, tmp_path / 'legacy.ckpt', _use_new_zipfile_serialization=False)
    with pytest.raises(ValueError, match='not a complete zip archive'):
        read_authors_checkpoint(tmp_path / 'legacy.ckpt')
    with pytest.raises(FileNotFoundError, match='No checkpoint'):
        read_authors_checkpoint(tmp_path / 'absent.ckpt')


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_damage_is_told_or_harmless(published, network, tmp_path_factory, data):
    content = bytearray(published.read_bytes())
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content) - 1)):]
    else:
        # where the directory and the program are, not among the weights, whose checksums catch everything
        place = data.draw(st.one_of(st.integers(0, 9000), st.integers(len(content) - 9000, len(content) - 1)))
        content[place] ^= data.draw(st.integers(1, 255))
    path = tmp_path_factory.mktemp('damaged') / 'damaged.ckpt'
    path.write_bytes(content)
    try:
        weights, _ = read_authors_checkpoint(path)
    except ValueError as error:
        assert 'xpected' in str(error)  # noqa: PT017
    else:
        assert torch.equal(weights['conv1.weight'], network.features[0].weight)
