"""Every layout is read as it is published; nothing leads outside of an archive or folder."""
import io
import stat
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor

import h5py
import numpy as np
import pytest
from PIL import Image

from training.domains import DOMAINS, open_source
from training.domains.cremi import TILE, origins
from training.domains.image_endings import FORMATS
from training.domains.source import decode, printable

LAYOUTS = {'imagenet': (12_000, 1_000, 200), 'real': (6_397, 2_747, 102), 'painting': (3_193, 1_371, 41),
           'clipart': (2_798, 1_175, 22), 'infograph': (4_999, 2_160, 1), 'sketch': (2_743, 1_186, 7),
           'quickdraw': (7_215, 3_102, 345), 'cremi': (3_200, 800, 2)}


def put(folder, *names, **settings):
    """Images below a folder."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(encoded(**settings))
    return folder


def encoded(colour=(200, 30, 90), size=(80, 64), format='PNG', mode='RGB'):
    content = io.BytesIO()
    Image.new(mode, size, colour).save(content, format)
    return content.getvalue()


def make_zip(path, members):
    with zipfile.ZipFile(path, 'w') as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize('name', LAYOUTS)
def test_reads_the_images_of_each_of_the_eight(domain_archives, name):
    train, test, classes = LAYOUTS[name]
    with open_source(name, domain_archives) as source:
        assert source.index.split.value_counts().to_dict() == {'train': train, 'test': test}
        assert source.index.label.nunique() == source.index.class_name.nunique() == classes
        assert source.index.source.is_unique
        assert not source.missing
        assert not source.left_out
        some = np.linspace(0, len(source) - 1, 6).astype(int)
        with ThreadPoolExecutor(4) as pool:
            together = [np.asarray(image) for image in pool.map(source.read, some)]
        for i, pixels in zip(some, together):
            image = source.read(i)
            assert image.mode == 'RGB'
            assert min(image.size) >= 60
            np.testing.assert_array_equal(pixels, np.asarray(image))
            assert pixels.std() > 1


@pytest.fixture
def little_domainnet(tmp_path):
    """A sketch.zip of three classes; an image that is not on the lists, a t-shirt on one list only."""
    members = {f'sketch/{kind}/sketch_{i}.png': encoded((i, 0, 0)) for i, kind in enumerate(['cat', 'dog', 't-shirt'])}
    make_zip(tmp_path / 'sketch.zip', {**members, 'sketch/dog/duplicate.png': encoded()})
    (tmp_path / 'sketch_train.txt').write_text('sketch/cat/sketch_0.png 0\nsketch/dog/sketch_1.png 1\n')
    (tmp_path / 'sketch_test.txt').write_text('sketch/t-shirt/sketch_2.png 327\nsketch/cat/gone.png 0\n')
    return tmp_path


def test_the_lists_define_a_domain_of_domainnet(little_domainnet):
    with open_source('sketch', little_domainnet) as source:
        assert source.index.values.tolist() == [
            ['sketch/cat/sketch_0.png', 'cat', 0, 'train'], ['sketch/dog/sketch_1.png', 'dog', 1, 'train'],
            ['sketch/t-shirt/sketch_2.png', 't-shirt', 327, 'test']]
        assert source.left_out == {'not on the lists': 1}
        assert source.missing == ['sketch/cat/gone.png']


@pytest.mark.parametrize('unpacked', ['sketch', 'deeper/sketch', '.'])
def test_an_unpacked_domain_is_the_same_as_its_archive(little_domainnet, tmp_path, unpacked):
    archive = little_domainnet / 'sketch.zip'
    folder = little_domainnet / unpacked
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder.parent if unpacked == 'sketch' else folder)
    with open_source('sketch', archive) as expected:
        index = expected.index
    archive.unlink()
    if unpacked.startswith('deeper'):
        for path in little_domainnet.glob('*.txt'):
            path.rename(folder / path.name)
    with open_source('sketch', folder) as source:
        assert source.index.equals(index)
        assert source.archives == []
        assert source.read(1).getpixel((0, 0)) == (1, 0, 0)


def test_says_which_lists_are_wanted(little_domainnet):
    (little_domainnet / 'sketch_train.txt').unlink()
    with pytest.raises(FileNotFoundError, match=r'http.*sketch_train.txt'):
        open_source('sketch', little_domainnet / 'sketch.zip')


def test_refuses_a_list_that_is_none(little_domainnet):
    (little_domainnet / 'sketch_test.txt').write_text('<html>not found</html>\n')
    with pytest.raises(ValueError, match='line 1'):
        open_source('sketch', little_domainnet)


def test_tiny_imagenet_unpacked_with_unlabelled_test_images(tmp_path):
    for name in ('train/n02/images/n02_0.JPEG', 'train/n01/images/n01_0.JPEG', 'val/images/val_0.JPEG',
                 'test/images/test_0.JPEG'):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(encoded(100, format='JPEG', mode='L'))
    (tmp_path / 'val/val_annotations.txt').write_text('val_0.JPEG\tn02\t0\t32\t44\t62\nval_1.JPEG\tn01\t0\t1\t2\t3\n')
    (tmp_path / 'words.txt').write_text('n01\tcrane\nn02\tcrane, Grus\n')
    with open_source('imagenet', tmp_path) as source:
        assert source.index.values.tolist() == [
            ['train/n01/images/n01_0.JPEG', 'n01 crane', 0, 'train'],
            ['train/n02/images/n02_0.JPEG', 'n02 crane', 1, 'train'], ['val/images/val_0.JPEG', 'n02 crane', 1, 'test']]
        assert source.left_out == {'test images without labels': 1}
        assert source.missing == ['val/images/val_1.JPEG']
        assert source.read(2).mode == 'RGB'


def tiny_imagenet(root, *names, annotations):
    put(root, 'train/n02/images/n02_0.JPEG', 'train/n01/images/n01_0.JPEG', *names, format='JPEG')
    (root / 'val').mkdir(exist_ok=True)
    (root / 'val/val_annotations.txt').write_text(annotations)
    return root


@pytest.mark.parametrize('folder', ['val/n02/images', 'val/n02'])
@pytest.mark.parametrize('annotations', ['a.JPEG\tn02\t0\t1\t2\t3\n', ''])
def test_tiny_imagenet_whose_validation_images_were_sorted_into_classes(tmp_path, folder, annotations):
    root = tiny_imagenet(tmp_path, f'{folder}/a.JPEG', 'val/n99/b.JPEG', annotations=annotations)
    with open_source('imagenet', root) as source:
        assert source.index.values.tolist()[2:] == [[f'{folder}/a.JPEG', 'n02', 1, 'test']]
        assert source.left_out == {'images of no known class': 1}
        assert source.missing == []


@pytest.mark.parametrize(('names', 'annotations', 'says'), [
    ((), 'a.JPEG\tn02\n', 'none of the labelled validation images'),
    (('val/n01/a.JPEG',), 'a.JPEG\tn02\n', r'val/n01/a.JPEG .* annotated as n02'),
    (('val/images/a.JPEG',), 'a.JPEG\tn02\na.JPEG\tn01\n', 'both n02 and n01'),
])
def test_tiny_imagenet_never_loses_or_mixes_up_its_test_split(tmp_path, names, annotations, says):
    with pytest.raises(ValueError, match=says):
        open_source('imagenet', tiny_imagenet(tmp_path, *names, annotations=annotations))


@pytest.mark.parametrize(('train', 'test', 'says'), [
    ('sketch/cat/sketch_0.png 0', 'sketch/cat/sketch_0.png 1', r'image .* label 0 \(sketch_train.txt, line 1\) and'),
    ('sketch/cat/sketch_0.png 0', 'sketch/cat/sketch_9.png 1', 'class cat has label 0 .* and label 1'),
    ('sketch/cat/sketch_0.png 0', 'sketch/dog/sketch_1.png 0', 'label 0 has class cat .* and class dog'),
    ('sketch/cat/sketch_0.png ²', '', 'line 1'),
])
def test_lists_that_contradict_themselves_are_refused(little_domainnet, train, test, says):
    (little_domainnet / 'sketch_train.txt').write_text(train + '\n')
    (little_domainnet / 'sketch_test.txt').write_text(test + '\n')
    with pytest.raises(ValueError, match=says):
        open_source('sketch', little_domainnet)


def test_an_image_on_both_lists_is_never_a_test_image(little_domainnet):
    lists = little_domainnet / 'sketch_train.txt', little_domainnet / 'sketch_test.txt'
    lists[0].write_text('sketch/cat/sketch_0.png 0\n' * 2)
    lists[1].write_text('sketch/cat/sketch_0.png 0\nsketch/dog/sketch_1.png 1\n')
    with open_source('sketch', little_domainnet) as source:
        assert list(source.index.split) == ['train', 'test']
        assert source.left_out['lines that are on a list twice'] == 1
        assert source.left_out['on the test list, as they are on the training list'] == 1
    lists[1].write_bytes(b'\xff\xfe')
    with pytest.raises(ValueError, match='sketch_test.txt .*UTF-8'):
        open_source('sketch', little_domainnet)


def test_tiles_of_official_slices_lie_side_by_side():
    assert origins(1250) == list(range(0, 1250, TILE))
    overlapping = origins(1024)
    assert (overlapping[0], overlapping[-1], len(overlapping)) == (0, 1024 - TILE, 10)


def make_volume(path, raw, **options):
    with h5py.File(path, 'w') as file:
        file.create_dataset('volumes/raw', data=raw, **options)
    return path


def test_cremi_cuts_every_pixel_of_a_slice_into_one_tile(tmp_path):
    raw = np.random.default_rng(0).integers(0, 256, (5, 1250, 1250), dtype=np.uint8)
    with open_source('cremi', make_volume(tmp_path / 'a.hdf', raw)) as source:
        assert len(source) == 500
        tiles = np.stack([np.asarray(source.read(i))[..., 0] for i in range(100, 200)])
        slices = source.index.source.str.split('/').str[1]
        assert not set(slices[source.index.split == 'train']) & set(slices[source.index.split == 'test'])
        assert (source.index.split == 'test').sum() == 100
    whole = tiles.reshape(10, 10, TILE, TILE).swapaxes(1, 2).reshape(1250, 1250)
    np.testing.assert_array_equal(whole, raw[1])


def test_cremi_leaves_out_volumes_that_repeat_the_training_samples(tmp_path):
    raw = np.zeros((1, TILE, TILE), np.uint8)
    for name in ('sample_A_20160501.hdf', 'sample_B_20160501.hdf', 'sample_A_padded_20160501.hdf',
                 'sample_A+_20160601.hdf'):
        make_volume(tmp_path / name, raw)
    with open_source('cremi', tmp_path) as source:
        assert set(source.index.class_name) == {'sample_A_20160501', 'sample_B_20160501'}
        assert sum(source.left_out.values()) == 2


def test_refuses_volumes_that_lead_to_other_files_or_are_none(tmp_path):
    secret = make_volume(tmp_path / 'secret.h5', np.zeros((1, TILE, TILE), np.uint8))
    linked = tmp_path / 'linked.hdf'
    with h5py.File(linked, 'w') as file:
        file.create_group('volumes')['raw'] = h5py.ExternalLink(secret, 'volumes/raw')
    external = tmp_path / 'external.hdf'
    with h5py.File(external, 'w') as file:
        file.create_dataset('volumes/raw', (1, TILE, TILE), np.uint8, external=[(str(secret), 0, TILE ** 2)])
    virtual = tmp_path / 'virtual.hdf'
    with h5py.File(virtual, 'w') as file:
        layout = h5py.VirtualLayout((1, TILE, TILE), np.uint8)
        layout[:] = h5py.VirtualSource(secret, 'volumes/raw', (1, TILE, TILE))
        file.create_virtual_dataset('volumes/raw', layout)
    huge = tmp_path / 'huge.hdf'
    with h5py.File(huge, 'w') as file:
        file.create_dataset('volumes/raw', (10, 10 ** 6, 10 ** 6), np.uint8, chunks=(1, 1000, 1000))
    small = make_volume(tmp_path / 'small.hdf', np.zeros((1, 50, 50), np.uint8))
    floats = make_volume(tmp_path / 'floats.hdf', np.zeros((1, TILE, TILE)))
    truncated = make_volume(tmp_path / 'truncated.hdf', np.zeros((2, 500, 500), np.uint8))
    truncated.write_bytes(truncated.read_bytes()[:100_000])
    for path, reason in [(linked, 'another file'), (external, 'another file'), (virtual, 'another file'),
                         (huge, 'shape'), (small, 'shape'), (floats, 'uint8'), (truncated, 'truncated')]:
        with pytest.raises(ValueError, match=reason):
            open_source('cremi', path)


def test_a_folder_of_images_flat_nested_or_zipped(tmp_path):
    folder = tmp_path / 'images'
    for name in ('b/deep/1.PNG', 'b/2.png', 'a/3.jpg', '4.png', '.hidden/5.png', '._6.png', 'notes.txt'):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(encoded())
    archive = make_zip(tmp_path / 'images.zip', {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob('*') if path.is_file()})
    for path in (folder, archive):
        with open_source('mine', path) as source:
            assert source.index.values.tolist() == [
                ['4.png', '', 0, 'all'], ['a/3.jpg', 'a', 1, 'all'], ['b/2.png', 'b', 2, 'all'],
                ['b/deep/1.PNG', 'b', 2, 'all']]
            assert source.read(3).size == (80, 64)


def test_a_folder_without_images_or_nothing_at_all(tmp_path):
    with pytest.raises(ValueError, match='no images'):
        open_source(None, tmp_path)
    with pytest.raises(FileNotFoundError, match='nothing at'):
        open_source(None, tmp_path / 'absent')


@pytest.mark.parametrize('name', ['../../evil.png', '/etc/evil.png', '..\\evil.png', 'C:\\evil.png', 'a/../../b.png'])
def test_refuses_an_archive_with_names_that_lead_outside(tmp_path, name):
    archive = make_zip(tmp_path / 'evil.zip', {'good.png': encoded(), name: encoded()})
    with pytest.raises(ValueError, match='leads outside'):
        open_source('mine', archive)


def test_refuses_links_in_archives_and_links_that_lead_out_of_folders(tmp_path):
    link = zipfile.ZipInfo('link.png')
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / 'links.zip', 'w') as archive:
        archive.writestr(link, '/etc/passwd')
    with pytest.raises(ValueError, match='is a link'):
        open_source('mine', tmp_path / 'links.zip')
    (tmp_path / 'outside.png').write_bytes(encoded())
    (tmp_path / 'folder').mkdir()
    (tmp_path / 'folder' / '1.png').symlink_to(tmp_path / 'outside.png')
    with pytest.raises(ValueError, match='leads out of'):
        open_source('mine', tmp_path / 'folder')


def test_refuses_truncated_archives(tmp_path):
    archive = make_zip(tmp_path / 'cut.zip', {f'{i}.png': encoded() for i in range(20)})
    archive.write_bytes(archive.read_bytes()[:-100])
    with pytest.raises(ValueError, match='truncated'):
        open_source('mine', archive)


def bomb(side):
    """A PNG of a few kilobytes that claims side x side pixels."""
    content = io.BytesIO()
    Image.new('1', (side, side)).save(content, 'PNG', optimize=True)
    return content.getvalue()


@pytest.mark.parametrize(('content', 'reason'), [
    (b'no image', 'known format'), (encoded(format='JPEG')[:-60], 'truncated'), (bomb(10_000), 'million'),
    (encoded(40_000, mode='I;16'), '8 bits'), (b'%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n', 'known format')])
def test_images_that_cannot_be_decoded_faithfully_are_refused(content, reason):
    with pytest.raises(ValueError, match=reason):
        decode(content)


def test_an_archive_made_on_windows_has_its_folders(tmp_path):
    archive = make_zip(tmp_path / 'leaves.zip', {'oak\\1.png': encoded(), 'maple\\deep\\2.png': encoded()})
    with zipfile.ZipFile(archive, 'a') as file:
        file.writestr('oak\\', b'')
    with open_source('mine', archive) as source:
        assert source.index.values.tolist() == [
            ['maple/deep/2.png', 'maple', 0, 'all'], ['oak/1.png', 'oak', 1, 'all']]
        assert source.read(1).size == (80, 64)


def test_what_pillow_reads_is_read_and_the_rest_is_counted_by_its_ending(tmp_path):
    for ending, format in [('jpg', 'JPEG'), ('JPE', 'JPEG'), ('jfif', 'JPEG'), ('avif', 'AVIF'), ('jp2', 'JPEG2000'),
                           ('webp', 'WEBP'), ('tif', 'TIFF'), ('', 'JPEG')]:
        put(tmp_path / 'phone', f'image_{format}' + (f'.{ending}' if ending else ''), format=format)
    for name in ('1.heic', '2.HEIC', 'notes.txt', 'raw.dng', 'LICENSE'):
        (tmp_path / 'phone' / name).write_bytes(b'something else')
    with open_source('mine', tmp_path / 'phone') as source:
        others = {reason.partition(':')[0]: number for reason, number in source.left_out.items()}
        heic = {} if 'HEIF' in FORMATS else {'.heic files': 2}
        assert others == {**heic, '.txt files': 1, '.dng files': 1, 'files without an ending': 1}
        assert heic == {} or 'pillow-heif' in next(reason for reason in source.left_out if '.heic' in reason)
        assert sum(source.read(i).size == (80, 64) for i in range(8)) == 8


def test_a_folder_without_images_says_what_it_holds(tmp_path):
    for i in range(3):
        (tmp_path / f'{i}.dng').write_bytes(b'raw')
    with pytest.raises(ValueError, match=r"3 \.dng files: a camera's raw images"):
        open_source(None, tmp_path)


def test_endless_kinds_of_endings_are_summed_up(tmp_path):
    put(tmp_path, '1.png')
    for i in range(60):
        (tmp_path / f'scan.{i:03}').write_bytes(b'')
    with open_source(None, tmp_path) as source:
        assert len(source.left_out) == 21
        assert source.left_out['files of other endings: not images'] == 40


def test_links_within_a_folder_are_followed_and_dead_ones_counted(tmp_path):
    root = put(tmp_path / 'images', 'store/oak/1.png', 'elm/2.png')
    (root / 'oak').symlink_to('store/oak')
    (root / 'elm' / '3.png').symlink_to('../store/oak/1.png')
    (root / 'elm' / 'gone.png').symlink_to('/nowhere/at/all.png')
    (root / 'elm' / 'loop').symlink_to('loop')
    (root / 'elm' / 'up').symlink_to('..')
    (root / 'store' / 'oak' / 'elm').symlink_to('../../elm')  # is followed once, but not by way of another link
    with open_source('mine', root) as source:
        assert list(source.index.source) == ['elm/2.png', 'elm/3.png', 'oak/1.png', 'store/oak/1.png',
                                             'store/oak/elm/2.png', 'store/oak/elm/3.png']
        assert source.left_out['links that lead nowhere'] == 4  # two, and again by way of the link
        assert sum(source.left_out.values()) == 7
        assert source.read(2).size == (80, 64)


def test_names_with_control_characters_are_spelled_out(tmp_path):
    put(tmp_path, 'Icon\r/1\n.png', 'oak/2\u2028.png')
    with open_source('mine', tmp_path) as source:
        assert list(source.index.class_name) == ['Icon\\r', 'oak']
        assert list(source.index.source) == ['Icon\\r/1\\n.png', 'oak/2\\u2028.png']
        assert source.read(0).size == (80, 64)
    assert printable('naïve\x00\x1b[31m\udcff') == 'naïve\\x00\\x1b[31m\\udcff'


@pytest.mark.parametrize('method', [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_member_is_skipped_whatever_compressed_it(tmp_path, method):
    archive = tmp_path / 'images.zip'
    noise = np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    content = io.BytesIO()
    Image.fromarray(noise).save(content, 'PNG')
    with zipfile.ZipFile(archive, 'w', method) as file:
        for i in range(2):
            file.writestr(f'{i}.png', content.getvalue())
    whole = archive.read_bytes()
    for place in (36, 44, 60, 500):  # header, properties and data of the first
        damaged = bytearray(whole)
        damaged[place:place + 3] = bytes(255 - byte for byte in whole[place:place + 3])  # some are 255 already
        archive.write_bytes(damaged)
        with open_source('mine', archive) as source:
            with pytest.raises(ValueError, match='damaged'):
                source.read(0)
            np.testing.assert_array_equal(np.asarray(source.read(1)), noise)


@pytest.mark.skipif(not sys.platform.startswith('linux'), reason='measures memory as Linux does')
@pytest.mark.parametrize('method', ['ZIP_DEFLATED', 'ZIP_BZIP2', 'ZIP_LZMA'])
def test_a_member_that_lies_about_its_size_takes_no_memory(tmp_path, method):
    script = f'''
import resource, sys, zipfile
from pathlib import Path
with zipfile.ZipFile('lies.zip', 'w', zipfile.{method}) as file, file.open('1.png', 'w') as member:
    for _ in range(600):
        member.write(bytes(1_000_000))
content = bytearray(Path('lies.zip').read_bytes())
directory = content.rindex(b'PK\\x01\\x02')
content[directory + 24:directory + 28] = (1000).to_bytes(4, 'little')
Path('lies.zip').write_bytes(content)
from training.domains import open_source
with open_source('mine', 'lies.zip') as source:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        source.read(0)
    except ValueError as error:
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, error)
'''
    done = subprocess.run([sys.executable, '-c', script], cwd=tmp_path, capture_output=True, text=True, check=True)
    kilobytes, _, said = done.stdout.partition(' ')
    assert int(kilobytes) < 100_000
    assert 'more than the 1,000 bytes that it claims' in said


def test_members_that_are_damaged_or_claim_to_be_huge_are_refused(tmp_path):
    archive = make_zip(tmp_path / 'images.zip', {'1.png': encoded(), '2.png': encoded()})
    content = bytearray(archive.read_bytes())
    content[60] ^= 255  # in the first image: its CRC no longer holds
    directory = content.rindex(b'PK\x01\x02')
    content[directory + 24:directory + 28] = (2 ** 31).to_bytes(4, 'little')  # size the second claims
    archive.write_bytes(content)
    with open_source('mine', archive) as source:
        with pytest.raises(ValueError, match='damaged'):
            source.read(0)
        with pytest.raises(ValueError, match='larger than'):
            source.read(1)


def test_grey_palette_and_transparent_images_become_rgb():
    for mode, colour in [('L', 90), ('1', 1), ('RGBA', (1, 2, 3, 4)), ('P', 3)]:
        assert decode(encoded(colour, mode=mode)).mode == 'RGB'
    assert decode(encoded((9, 9, 9, 9), format='JPEG', mode='CMYK')).mode == 'RGB'


def test_every_official_file_has_an_address_a_size_and_a_whole_checksum():
    lengths = {'md5': 32, 'sha256': 64}
    for domain in DOMAINS.values():
        assert domain.licence
        for file in domain.files:
            algorithm, digest = file.checksum.split(':')
            assert len(digest) == lengths[algorithm]
            assert set(digest) <= set('0123456789abcdef')
            assert file.url.endswith(f'/{file.name}')
            assert file.has_size(file.approximate_size)
    assert len({file.checksum for domain in DOMAINS.values() for file in domain.files}) == 22
