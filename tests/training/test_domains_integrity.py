"""A damaged prepared domain is never trained on: the error names the file, and preparing mends it."""
import json
import shutil

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from brainscore_plugin.command_line import app
from training.domains import integrity, open_domain, prepare


@pytest.fixture(scope='module')
def images(tmp_path_factory):
    """Folder of 200 images: the prepared array has three blocks."""
    folder = tmp_path_factory.mktemp('images')
    rng = np.random.default_rng(0)
    for i in range(200):
        Image.fromarray(rng.integers(0, 256, (64, 64, 3), dtype=np.uint8)).save(folder / f'{i:03}.png')
    (folder / 'bad.png').write_bytes(b'no image')
    return folder


@pytest.fixture(scope='module')
def whole(images, tmp_path_factory):
    return prepare('mine', images, tmp_path_factory.mktemp('whole'))


@pytest.fixture
def domain(whole, tmp_path, monkeypatch):
    """Folder of a prepared domain to break."""
    monkeypatch.setenv('BRAINSCORE_MOUSE_HOME', str(tmp_path / 'home'))
    return shutil.copytree(whole.directory, tmp_path / 'home' / 'domains' / 'mine')


def overwrite(path, place, content):
    with path.open('r+b') as file:
        file.seek(place)
        file.write(content)


def cut(path, size):
    path.write_bytes(path.read_bytes()[:size])


def change_json(path, **values):
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


DAMAGE = [
    ('domain.json', lambda path: cut(path, 100)),
    ('domain.json', lambda path: path.write_bytes(b'\xff\xfe\x00')),
    ('domain.json', lambda path: path.write_text('[]')),
    ('domain.json', lambda path: path.write_text('[' * 100_000)),
    ('domain.json', lambda path: path.write_text('{"name": "mine"}')),
    ('domain.json', lambda path: change_json(path, count='200')),
    ('domain.json', lambda path: change_json(path, skipped=[{'source': 3}])),
    ('domain.json', lambda path: change_json(path, left_out={'reason': 'many'})),
    ('domain.json', lambda path: change_json(path, fingerprint='0' * 64)),
    ('index.csv', lambda path: cut(path, 100)),
    ('index.csv', lambda path: path.write_bytes(b'')),
    ('index.csv', lambda path: path.write_bytes(b'\xff' * 100)),
    ('index.csv', lambda path: path.unlink()),
    ('index.csv', lambda path: path.write_text(path.read_text().replace('label', 'lable', 1))),
    ('index.csv', lambda path: path.write_text(path.read_text().replace('001.png', '0x1.png'))),
    ('images.npy', lambda path: cut(path, 1_000_000)),
    ('images.npy', lambda path: path.write_bytes(path.read_bytes() + b'\0')),
    ('images.npy', lambda path: path.write_bytes(b'')),
    ('images.npy', lambda path: path.unlink()),
    ('images.npy', lambda path: (path.unlink(), path.mkdir())),
    ('images.npy', lambda path: path.write_text('version https://git-lfs.github.com/spec/v1\n')),
    ('images.npy', lambda path: overwrite(path, 10, b'{"""')),
    ('images.npy', lambda path: overwrite(path, 6, b'\x09')),
    ('images.npy', lambda path: overwrite(path, 2_000_000, b'damage')),
    ('checksums.json', lambda path: cut(path, 100)),
    ('checksums.json', lambda path: path.write_text('{}')),
]


@pytest.mark.parametrize(('name', 'damage'), DAMAGE)
def test_damage_is_noticed_named_and_mended(domain, images, whole, name, damage, capsys):
    damage(domain / name)
    with pytest.raises(ValueError, match=r'domains prepare mine --from') as error:
        open_domain('mine')
    assert str(domain / name) in str(error.value)
    assert '\n' not in str(error.value)
    assert prepare('mine', images).fingerprint == whole.fingerprint
    assert name in capsys.readouterr().err
    np.testing.assert_array_equal(open_domain('mine', verify=True).images, whole.images)


def test_of_many_blocks_some_are_looked_at_and_all_on_demand(domain, monkeypatch):
    monkeypatch.setattr(integrity, 'BLOCK', 12_288)  # an image
    fingerprint = json.loads((domain / 'domain.json').read_text())['fingerprint']
    integrity.write_checksums(domain, fingerprint)
    overwrite(domain / 'images.npy', 1_000_000, b'damage')
    looks = []
    for _ in range(200):
        try:
            open_domain('mine')
            looks.append(True)
        except ValueError:
            looks.append(False)
    assert 0 < looks.count(False) < 60  # 8 of 201 blocks at a time: 8 are expected
    with pytest.raises(ValueError, match='images.npy is damaged'):
        open_domain('mine', verify=True)


def test_a_domain_from_before_there_were_checksums_is_opened_but_not_verified(domain, images, whole):
    (domain / 'checksums.json').unlink()
    assert open_domain('mine').fingerprint == whole.fingerprint
    with pytest.raises(ValueError, match='cannot be verified'):
        open_domain('mine', verify=True)


def test_a_damaged_domain_of_other_images_is_not_replaced(domain, images, tmp_path):
    overwrite(domain / 'images.npy', 2_000_000, b'damage')
    other = tmp_path / 'other'
    other.mkdir()
    shutil.copy(images / '000.png', other)
    with pytest.raises(ValueError, match='images.npy is damaged'):
        prepare('mine', other)
    assert len((domain / 'index.csv').read_text().splitlines()) == 201


def test_the_commands_verify_on_demand(domain):
    run = CliRunner(env={'COLUMNS': '200'}).invoke
    assert run(app, ['domains', 'list', '--verify']).exit_code == 0
    overwrite(domain / 'images.npy', 2_000_000, b'damage')
    listed = run(app, ['domains', 'list', '--verify'])
    assert listed.exit_code == 1
    assert 'images.npy is damaged' in listed.output
    trained = run(app, ['train', 'mine', '--verify'])
    assert trained.exit_code == 1
    assert 'images.npy is damaged' in trained.output


def test_a_damaged_journal_is_begun_anew(images, whole, tmp_path):
    for journal in (b'{', b'[]\n', b'{"key": 1}\n{}\n', b'\xff\n', b'[' * 100_000 + b'\n'):
        partial = tmp_path / 'domains' / '.mine.partial'
        (partial / 'domain').mkdir(parents=True)
        (partial / 'domain' / 'images.npy').write_bytes(b'')
        (partial / 'journal.jsonl').write_bytes(journal)
        assert prepare('mine', images, tmp_path, replace=True).fingerprint == whole.fingerprint
