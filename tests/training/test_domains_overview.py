"""What domains there are and what a prepared one holds."""
import numpy as np
import pytest
from PIL import Image

from training.domains import DOMAINS, prepare
from training.domains.overview import description, domain_table


@pytest.fixture
def leaves(tmp_path, monkeypatch):
    """A prepared domain of the user's own, of three images and one that cannot be read."""
    monkeypatch.setenv('BRAINSCORE_MOUSE_HOME', str(tmp_path / 'home'))
    (tmp_path / 'leaves').mkdir()
    rng = np.random.default_rng(0)
    for i in range(3):
        Image.fromarray(rng.integers(0, 256, (70, 70, 3), dtype=np.uint8)).save(tmp_path / 'leaves' / f'{i}.png')
    (tmp_path / 'leaves' / '3.png').write_bytes(b'not an image')
    return prepare('leaves', tmp_path / 'leaves')


def test_a_description_says_where_the_domain_is_and_what_was_skipped(leaves):
    first, second, third = description(leaves).splitlines()
    assert first == f'leaves: 3 images in {leaves.directory}'
    assert second.endswith(leaves.fingerprint[:12])
    assert third == '1 skipped, listed in domain.json; the first: 3.png: not an image of a known format'


def test_the_table_has_the_eight_and_the_users_own(leaves):
    name, images, prepared, *_, source = ([*column.cells] for column in domain_table()[0].columns)
    assert name == [*DOMAINS, 'leaves']
    assert images[name.index('sketch')] == '69,128'
    assert prepared == ['no'] * len(DOMAINS) + ['3']
    assert source[-1] == 'your own'


def test_a_damaged_domain_does_not_hide_the_others(leaves, tmp_path):
    prepare('twigs', tmp_path / 'leaves')
    (leaves.directory / 'index.csv').write_bytes(b'source,class_name,label,split\na\r,b,0,all\n')
    table, damage = domain_table()
    prepared = [*table.columns[2].cells]
    assert prepared[-2:] == ['see below', '3']
    assert len(damage) == 1
    assert str(leaves.directory / 'index.csv') in damage[0]
    assert 'domains prepare leaves' in damage[0]
