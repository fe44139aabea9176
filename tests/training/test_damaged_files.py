"""Whatever becomes of a file, its reader reads what was written or names the file in one line; nothing else is raised.

BRAINSCORE_MOUSE_DAMAGED_FILES sets how many variants are tried of each reader; a few by default.
"""
import json
import os
import random
import shutil
import zipfile

import numpy as np
import pandas as pd
import pytest
import torch
from fabricated.damage import damaged
from PIL import Image

from training.card import check_weights
from training.checkpoint import load_tensors, read_checkpoint
from training.domains import open_domain, open_source, prepare
from training.run_folder import read_description, read_history
from training.train import AtomicCheckpointIO

VARIANTS = int(os.environ.get('BRAINSCORE_MOUSE_DAMAGED_FILES', '12'))
ONE_LINE = (OSError, ValueError)


@pytest.fixture(scope='module')
def files(tmp_path_factory):
    """A whole file of every kind."""
    root = tmp_path_factory.mktemp('whole')
    rng = np.random.default_rng(0)
    for kind in ('oak', 'elm'):
        (root / 'leaves' / kind).mkdir(parents=True)
        for i in range(3):
            Image.fromarray(rng.integers(0, 256, (64, 64, 3), dtype=np.uint8)).save(root / 'leaves' / kind / f'{i}.png')
    for name, method in (('deflate', 8), ('bzip2', 12), ('lzma', 14)):
        with zipfile.ZipFile(root / f'{name}.zip', 'w', method) as archive:
            for path in sorted((root / 'leaves').rglob('*.png')):
                archive.write(path, path.relative_to(root / 'leaves'))
    domain = prepare('leaves', root / 'leaves', root / 'home').directory
    torch.save({'state_dict': {'backbone.0.weight': torch.zeros(64, 3)}, 'epoch': 1, 'callbacks': {'rows': [1.5]}},
               root / 'last.ckpt')
    (root / 'run').mkdir()
    (root / 'run' / 'run.json').write_text(json.dumps({
        'domain': 'leaves', 'fingerprint': 'abc', 'seed': 3, 'split': 'all', 'count': 9, 'precision': '32-true',
        'recipe': {'epochs': 3}}))
    pd.DataFrame({'epoch': [0, 1], 'loss': [4., 3.], 'seconds': [1., 1.]}).to_csv(root / 'run' / 'metrics.csv')
    (root / 'card.json').write_text(json.dumps({'weights': {'sha256': None, 'bytes': 3}}))
    return root, domain


def read_all(path):
    with open_source('leaves', path) as source:
        for i in range(len(source)):
            try:
                assert source.read(i).mode == 'RGB'
            except ValueError:  # of one image, which is skipped and listed under its name
                continue


def lists(path):
    with open_source('sketch', path.parent) as source:
        source.read(0)


def annotations(path):
    with open_source('imagenet', path.parent.parent) as source:
        source.read(0)


READERS = {
    'deflate.zip': read_all, 'bzip2.zip': read_all, 'lzma.zip': read_all,
    'domain.json': lambda path: open_domain(path.parent), 'index.csv': lambda path: open_domain(path.parent),
    'images.npy': lambda path: open_domain(path.parent), 'checksums.json': lambda path: open_domain(path.parent),
    'last.ckpt': load_tensors, 'run.json': lambda path: read_description(path.parent),
    'metrics.csv': lambda path: read_history(path.parent),
    'card.json': lambda path: check_weights(path, path),
    'sketch_train.txt': lists, 'val_annotations.txt': annotations,
}


def place(files, name, folder):
    """A copy of the whole file, with what belongs to it."""
    root, domain = files
    if name in ('domain.json', 'index.csv', 'images.npy', 'checksums.json'):
        return shutil.copytree(domain, folder / 'leaves') / name
    if name in ('run.json', 'metrics.csv'):
        return shutil.copytree(root / 'run', folder / 'run') / name
    if name == 'sketch_train.txt':
        shutil.copytree(root / 'leaves', folder / 'sketch')
        (folder / 'sketch_test.txt').write_text(''.join(f'sketch/elm/{i}.png 1\n' for i in range(3)))
        (folder / name).write_text(''.join(f'sketch/oak/{i}.png 0\n' for i in range(3)))
        return folder / name
    if name == 'val_annotations.txt':
        for part in ('train/n01/images', 'val/images'):
            (folder / part).mkdir(parents=True)
            Image.new('RGB', (64, 64)).save(folder / part / 'a.JPEG')
        (folder / 'wnids.txt').write_text('n01\n')
        (folder / 'val' / name).write_text('a.JPEG\tn01\t0\t1\t2\t3\n')
        return folder / 'val' / name
    return shutil.copy(root / name, folder / name)


@pytest.mark.parametrize('name', READERS)
def test_a_damaged_file_is_read_or_named_in_one_line(files, name, tmp_path):
    rng = random.Random(name)
    path = place(files, name, tmp_path)
    whole = path.read_bytes()
    READERS[name](path)
    refused = 0
    for _ in range(VARIANTS):
        content, how = damaged(whole, rng)
        path.write_bytes(content)
        try:
            READERS[name](path)
        except ONE_LINE as error:
            refused += 1
            said = str(error)
            assert '\n' not in said, (how, said)
            assert name in said or path.parent.name in said, (how, said)
        except Exception as error:
            raise AssertionError(f'{how}: {type(error).__name__}: {error}') from error
    print(f'{name}: {refused} of {VARIANTS} refused')
    assert refused


def test_a_checkpoint_that_is_taken_up_has_what_lightning_needs(files, tmp_path):
    path = place(files, 'last.ckpt', tmp_path)
    with pytest.raises(ValueError, match="has no 'global_step'"):
        AtomicCheckpointIO().load_checkpoint(path)
    with pytest.raises(ValueError, match='does not hold a backbone'):
        read_checkpoint(path)
