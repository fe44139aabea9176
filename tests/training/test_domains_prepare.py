"""Preparing is exact, faithful, the same however it went, and never leaves a half-made domain."""
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from torchvision.transforms import CenterCrop, Compose, Resize

from training.domains import DOMAINS, building, open_domain, prepare, prepared_domains
from training.domains.registry import RemoteFile
from training.domains.thumbnail import thumbnail


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv('BRAINSCORE_MOUSE_HOME', str(tmp_path / 'home'))
    return tmp_path / 'home'


@pytest.fixture
def images(tmp_path):
    """Forty images of two classes."""
    rng = np.random.default_rng(0)
    for i in range(40):
        path = tmp_path / 'images' / f'class{i % 2}' / f'{i:02}.png'
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 256, (rng.integers(40, 90), 70, 3), dtype=np.uint8)).save(path)
    return tmp_path / 'images'


def leftovers(home):
    return [path.name for path in (home / 'domains').iterdir() if path.name.endswith('.partial')]


@settings(max_examples=60, deadline=None)
@given(width=st.integers(1, 600), height=st.integers(1, 600), seed=st.integers(0, 9))
def test_thumbnails_are_those_of_torchvision(width, height, seed):
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    image = Image.fromarray(pixels)
    small = thumbnail(image)
    if max(width, height) < 100 * min(width, height):  # torchvision would need gigabytes for narrower ones
        expected = np.asarray(Compose([Resize(64), CenterCrop(64)])(image))
        assert np.abs(small.astype(int) - expected).max() <= 1  # rounding of the crop's corners
    assert small.shape == (64, 64, 3)


def test_a_thumbnail_of_an_extremely_narrow_image_takes_no_memory():
    assert thumbnail(Image.new('RGB', (1, 10_000_000), 'white')).min() == 255


def test_prepares_sketch_in_whole(domain_archives, home):
    domain = prepare('sketch', domain_archives)
    assert domain.images.shape == (3_929, 64, 64, 3)
    assert isinstance(domain.images, np.memmap)
    assert not domain.images.flags.writeable
    assert domain.index.split.value_counts().to_dict() == {'train': 2_743, 'test': 1_186}
    assert domain.metadata['skipped'] == []
    assert domain.metadata['official'] is False  # a stand-in, as cards must say
    digest = sha256((domain_archives / 'sketch.zip').read_bytes()).hexdigest()
    assert domain.metadata['archives'][0] == {'name': 'sketch.zip', 'bytes': 8_215_823, 'sha256': digest,
                                              'official': False}
    with zipfile.ZipFile(domain_archives / 'sketch.zip') as archive:
        for i in (0, 1_000, 3_928):
            image = Image.open(archive.open(domain.index.source[i])).convert('RGB')
            np.testing.assert_array_equal(domain.images[i], thumbnail(image))
    assert prepared_domains() == ['sketch']
    assert leftovers(home) == []


def test_the_result_does_not_depend_on_workers_or_chunks(images, tmp_path, monkeypatch):
    once = prepare('mine', images, tmp_path / 'one', workers=1)
    monkeypatch.setattr(building, 'CHUNK', 7)
    again = prepare('mine', images, tmp_path / 'two', workers=5)
    assert once.fingerprint == again.fingerprint
    np.testing.assert_array_equal(once.images, again.images)
    assert once.index.equals(again.index)


def test_the_fingerprint_follows_content_and_recipe(images, home):
    first = prepare('mine', images).fingerprint
    fewer = prepare('fewer', images, count=30).fingerprint
    Image.new('RGB', (64, 64)).save(images / 'class0' / '00.png')
    changed = prepare('mine', images, replace=True).fingerprint
    assert len({first, fewer, changed}) == 3


def test_preparing_again_gives_what_is_there_and_other_images_need_replace(images, home, tmp_path):
    first = prepare('mine', images)
    written = (first.directory / 'images.npy').stat().st_mtime_ns
    assert prepare('mine', images).fingerprint == first.fingerprint
    assert (first.directory / 'images.npy').stat().st_mtime_ns == written
    with pytest.raises(FileExistsError, match='--replace'):
        prepare('mine', images, count=5)
    assert len(open_domain('mine')) == 40
    assert len(prepare('mine', images, count=5, replace=True)) == 5


def test_a_count_is_drawn_by_the_seed_and_recorded(images, home):
    draws = {seed: prepare(f'draw{seed}', images, count=10, seed=seed) for seed in (0, 1)}
    assert draws[0].recipe['count'] == 10
    assert draws[1].recipe['seed'] == 1
    assert list(draws[0].index.source) == sorted(draws[0].index.source)
    assert set(draws[0].index.source) != set(draws[1].index.source)
    with pytest.raises(ValueError, match='41 images were asked for; the source has 40'):
        prepare('toomany', images, count=41)


def test_corrupt_images_are_skipped_and_listed(images, home):
    (images / 'class0' / '00.png').write_bytes(b'no image')
    damaged = images / 'class1' / '03.png'
    damaged.write_bytes(damaged.read_bytes()[:500])
    os.mkfifo(images / 'class1' / 'pipe.png')
    domain = prepare('mine', images)
    assert len(domain) == len(domain.index) == 38
    assert {row['source'] for row in domain.metadata['skipped']} == {'class0/00.png', 'class1/03.png',
                                                                     'class1/pipe.png'}
    assert all(row['reason'] for row in domain.metadata['skipped'])
    for i in (0, 37):  # rows and index still belong together
        expected = thumbnail(Image.open(images / domain.index.source[i]))
        np.testing.assert_array_equal(domain.images[i], expected)


def test_a_folder_of_nothing_but_corrupt_images_is_refused(tmp_path, home):
    (tmp_path / 'bad').mkdir()
    (tmp_path / 'bad' / '1.png').write_bytes(b'no image')
    with pytest.raises(ValueError, match='None of the 1 images'):
        prepare('bad', tmp_path / 'bad')
    assert leftovers(home) == []
    assert prepared_domains() == []


@pytest.mark.parametrize('name', ['two words', '../up', '', 'Real', 'naïve', '1st'])
def test_names_that_are_none_are_refused(images, home, name):
    with pytest.raises(ValueError, match='name'):
        prepare(name, images)


def test_one_of_the_eight_must_have_its_layout(images, home):
    with pytest.raises(OSError, match='real_train.txt'):
        prepare('real', images)


def official_sketch(monkeypatch, folder, archive):
    """Let the three files of `folder` be the official ones; the zip's checksum is that of `archive`."""
    names = ('sketch.zip', 'sketch_train.txt', 'sketch_test.txt')
    contents = [archive.read_bytes(), *((folder / name).read_bytes() for name in names[1:])]
    files = tuple(RemoteFile(name, f'http://localhost/{name}', len(content), f'sha256:{sha256(content).hexdigest()}')
                  for name, content in zip(names, contents))
    monkeypatch.setitem(DOMAINS, 'sketch', replace(DOMAINS['sketch'], files=files))


@pytest.fixture
def sketches(images, tmp_path):
    folder = tmp_path / 'sketches'
    folder.mkdir()
    sources = sorted(path.relative_to(images).as_posix() for path in images.rglob('*.png'))
    with zipfile.ZipFile(folder / 'sketch.zip', 'w') as archive:
        for source in sources:
            archive.write(images / source, source)
    lines = [f'sketch/{source} {source[5]}\n' for source in sources]  # class0 and class1
    (folder / 'sketch_train.txt').write_text(''.join(lines[:30]))
    (folder / 'sketch_test.txt').write_text(''.join(lines[30:]))
    return folder


def test_official_archives_are_verified(sketches, home, monkeypatch):
    official_sketch(monkeypatch, sketches, sketches / 'sketch.zip')
    metadata = prepare('sketch', sketches, verify=True).metadata
    assert metadata['official'] is True
    assert metadata['licence'] == DOMAINS['sketch'].licence


def test_an_archive_of_the_official_size_with_another_checksum_is_refused(sketches, home, monkeypatch):
    official_sketch(monkeypatch, sketches, sketches / 'sketch.zip')
    content = bytearray((sketches / 'sketch.zip').read_bytes())
    content[2_000] ^= 1
    (sketches / 'sketch.zip').write_bytes(content)
    with pytest.raises(ValueError, match='sha256 .* download it again'):
        prepare('sketch', sketches)
    assert prepared_domains() == []


def test_stand_ins_are_refused_where_verification_is_asked_for(sketches, images, home):
    with pytest.raises(ValueError, match='the official file has'):
        prepare('sketch', sketches, verify=True)
    with pytest.raises(ValueError, match='cannot be verified'):
        prepare('mine', images, verify=True)


def test_an_archive_that_was_cut_short_is_refused(sketches, home):
    content = (sketches / 'sketch.zip').read_bytes()
    (sketches / 'sketch.zip').write_bytes(content[:len(content) // 2])
    with pytest.raises(ValueError, match='truncated'):
        prepare('sketch', sketches)


def test_an_unpacked_archive_gives_the_same_fingerprint(sketches, home):
    packed = prepare('sketch', sketches)
    with zipfile.ZipFile(sketches / 'sketch.zip') as archive:
        archive.extractall(sketches / 'sketch')
    (sketches / 'sketch.zip').unlink()
    unpacked = prepare('sketch', sketches, replace=True)
    assert unpacked.fingerprint == packed.fingerprint
    assert unpacked.metadata['archives'] == []


def test_a_full_disk_is_noticed_before(images, home, monkeypatch):
    usage = namedtuple('usage', 'total used free')
    monkeypatch.setattr(shutil, 'disk_usage', lambda _: usage(10 ** 9, 10 ** 9 - 1000, 1000))
    with pytest.raises(OSError, match='BRAINSCORE_MOUSE_HOME'):
        prepare('mine', images)
    assert prepared_domains() == []


SLOWLY = '''
import sys, time
from pathlib import Path
from training.domains import building, prepare, source
building.CHUNK = 4
decode = source.decode
source.decode = lambda content: (time.sleep(.02), decode(content))[1]
print('begin', flush=True)
print(prepare('mine', Path(sys.argv[1]), workers=1).fingerprint)
'''


def start_slowly(images, home):
    return subprocess.Popen([sys.executable, '-c', SLOWLY, str(images)], text=True, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, cwd=Path(__file__).parents[2],
                            env={**os.environ, 'BRAINSCORE_MOUSE_HOME': str(home)})


def wait_for_lines(journal, number):
    for _ in range(1_000):
        if journal.exists() and journal.read_bytes().count(b'\n') >= number:
            return
        time.sleep(.01)
    raise TimeoutError(journal)


def test_killed_it_goes_on_and_loses_one_chunk_at_most(images, home, tmp_path, monkeypatch):
    (images / 'class0' / '00.png').write_bytes(b'no image')
    whole = prepare('mine', images, tmp_path / 'other')
    journal = home / 'domains' / '.mine.partial' / 'journal.jsonl'
    with start_slowly(images, home) as process:
        wait_for_lines(journal, 4)
        os.kill(process.pid, signal.SIGKILL)
    done = 4 * (journal.read_bytes().count(b'\n') - 1)
    assert done >= 12
    assert prepared_domains() == []
    with pytest.raises(FileNotFoundError, match='domains prepare mine --from'):
        open_domain('mine')
    journal.write_bytes(journal.read_bytes() + b'{"images": 4, "ski')  # as a write that was cut short leaves it
    read = []
    render = building._render
    monkeypatch.setattr(building, '_render', lambda images, i: (read.append(i), render(images, i))[1])
    resumed = prepare('mine', images)
    assert sorted(read) == list(range(done, 40))
    assert resumed.fingerprint == whole.fingerprint
    assert resumed.metadata['skipped'] == whole.metadata['skipped']
    assert leftovers(home) == []


def test_what_was_left_of_other_images_is_not_taken_up(images, home, tmp_path, monkeypatch):
    monkeypatch.setattr(building, 'CHUNK', 4)
    finish = building.Build.finish
    monkeypatch.setattr(building.Build, 'finish', lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        prepare('mine', images)
    assert leftovers(home) == ['.mine.partial']
    monkeypatch.setattr(building.Build, 'finish', finish)
    Image.new('RGB', (64, 64)).save(images / 'class0' / '00.png')
    assert prepare('mine', images).fingerprint == prepare('mine', images, tmp_path / 'other').fingerprint


def test_of_two_at_once_one_waits_and_both_get_the_same(images, home):
    processes = [start_slowly(images, home) for _ in range(2)]
    for process in processes:
        process.stdout.readline()
    with ThreadPoolExecutor(2) as pool:
        # not communicate(), which would miss what readline() has read beyond its line
        results = list(pool.map(lambda process: (process.stdout.read(), process.stderr.read()), processes))
    assert len({fingerprint for fingerprint, _ in results}) == 1, [messages[-2000:] for _, messages in results]
    assert [process.wait() for process in processes] == [0, 0]
    assert sum('waiting' in messages for _, messages in results) == 1
    assert len(open_domain('mine')) == 40


def test_files_that_do_not_belong_together_are_noticed(images, home):
    domain = prepare('mine', images)
    lines = (domain.directory / 'index.csv').read_text().splitlines()
    (domain.directory / 'index.csv').write_text('\n'.join(lines[:-1]) + '\n')
    with pytest.raises(ValueError, match='do not belong together'):
        open_domain(domain.directory)


def test_class_names_that_look_like_missing_values_are_kept(home, tmp_path):
    for name in ('NA', 'null', '1,5'):
        (tmp_path / 'odd' / name).mkdir(parents=True)
        Image.new('RGB', (64, 64)).save(tmp_path / 'odd' / name / '1.png')
    assert list(prepare('odd', tmp_path / 'odd').index.class_name) == ['1,5', 'NA', 'null']


def test_the_commands_list_and_prepare(sketches, home):
    from typer.testing import CliRunner

    from brainscore_plugin.command_line import app
    run = CliRunner(env={'COLUMNS': '200'}).invoke
    result = run(app, ['domains', 'prepare', 'sketch', '--from', str(sketches)])
    assert result.exit_code == 0, result.output
    assert '40 images' in result.output
    table = run(app, ['domains', 'list']).output
    assert re.search(r'sketch\W+69,128\W+40 not official', table)
    assert re.search(r'real\W+172,947\W+no ', table)
    assert all(name in table for name in DOMAINS)
    assert run(app, ['domains', 'prepare', 'real', '--from', str(sketches)]).exit_code == 1
