"""Downloads from a server on this machine: going on, verifying, running out of room."""
import hashlib
import subprocess
import sys
import time

import pytest
from fabricated.bucket import serve_bucket

from brainscore_plugin.recordings import catalogue, fetch
from brainscore_plugin.recordings.download import Bucket, Remote, download, with_size
from brainscore_plugin.recordings.fetch import bytes_needed

CONTENT = bytes(range(256)) * 40


@pytest.fixture
def server(tmp_path, monkeypatch):
    published = tmp_path / 'published'
    (published / 'data').mkdir(parents=True)
    for name in ('index.json', 'data/a.nwb', 'data/b c.nwb', 'data/d.nwb'):
        (published / name).write_bytes(CONTENT)
    with serve_bucket(published, 'recordings/', monkeypatch) as server:
        yield server


def remote(server, **changes):
    return Remote(**{'path': 'data/a.nwb', 'url': f'{server.bucket.url}/recordings/data/a.nwb', 'size': len(CONTENT),
                     'md5': hashlib.md5(CONTENT).hexdigest(), **changes})


def test_a_bucket_lists_the_files_of_a_folder_with_sizes_and_checksums(server):
    files = server.bucket.files('data/')
    assert list(files) == ['data/a.nwb', 'data/b c.nwb', 'data/d.nwb']
    assert files['data/a.nwb'] == remote(server)
    assert list(server.bucket.files()) == ['index.json']


def test_a_file_comes_whole_and_is_not_asked_for_again(server, tmp_path):
    came = []
    path = download(server.bucket.files('data/')['data/b c.nwb'], tmp_path, came.append)
    assert path.read_bytes() == CONTENT
    assert sum(came) == len(CONTENT)
    server.requests.clear()
    download(server.bucket.files('data/')['data/b c.nwb'], tmp_path)
    assert server.requests == []


def test_a_part_is_gone_on_with(server, tmp_path):
    came = []
    (tmp_path / 'data').mkdir()
    (tmp_path / 'data' / 'a.nwb.part').write_bytes(CONTENT[:4000])
    assert remote(server).bytes_left(tmp_path) == len(CONTENT) - 4000
    assert download(remote(server), tmp_path, came.append).read_bytes() == CONTENT
    assert sum(came) == len(CONTENT) - 4000


def test_a_server_that_cannot_go_on_sends_all(server, tmp_path):
    server.ranges = False
    (tmp_path / 'data').mkdir()
    (tmp_path / 'data' / 'a.nwb.part').write_bytes(CONTENT[:4000])
    assert download(remote(server), tmp_path).read_bytes() == CONTENT


def test_a_connection_that_breaks_is_taken_up_again(server, tmp_path):
    server.cut = len(CONTENT) // 2
    assert download(remote(server), tmp_path).read_bytes() == CONTENT
    assert server.requests == ['data/a.nwb'] * 2


@pytest.mark.parametrize(('changes', 'message'), [
    ({'md5': '0' * 32}, 'came with the MD5 .*; 00000000000000000000000000000000 is published. Fetch again'),
    ({'size': len(CONTENT) - 1}, f'came with {len(CONTENT)} bytes; {len(CONTENT) - 1} are published'),
])
def test_what_is_not_as_published_is_not_kept(changes, message, server, tmp_path):
    with pytest.raises(OSError, match=message):
        download(remote(server, **changes), tmp_path)
    assert list((tmp_path / 'data').iterdir()) == []


def test_a_file_that_is_not_published(server, tmp_path):
    with pytest.raises(OSError, match='x.nwb cannot be fetched: Not Found'):
        download(remote(server, url=f'{server.bucket.url}/recordings/data/x.nwb'), tmp_path)


def test_a_server_that_is_away(server, tmp_path):
    with pytest.raises(OSError, match='run the same command again'):
        download(remote(server, url='http://127.0.0.1:9/x'), tmp_path)
    with pytest.raises(OSError, match='http://127.0.0.1:9 cannot be reached'):
        Bucket('http://127.0.0.1:9', '').files()


def test_sizes_that_are_not_known_are_asked_for(server):
    assert with_size(remote(server, size=None)).size == len(CONTENT)


SLOW_DOWNLOAD = """
import sys, time
from pathlib import Path
from brainscore_plugin.recordings.download import Remote, download
download(Remote('data/a.nwb', sys.argv[1], int(sys.argv[2])), Path(sys.argv[3]), lambda n: time.sleep(60))
"""


def test_a_download_that_is_killed_goes_on(server, tmp_path):
    part = tmp_path / 'data' / 'a.nwb.part'
    process = subprocess.Popen([sys.executable, '-c', SLOW_DOWNLOAD, remote(server).url, str(len(CONTENT)), tmp_path])
    end = time.monotonic() + 60
    while not part.exists() and time.monotonic() < end:
        time.sleep(.05)
    process.kill()
    process.wait()
    assert part.exists()
    assert not (tmp_path / 'data' / 'a.nwb').exists()
    assert download(remote(server), tmp_path).read_bytes() == CONTENT


class Toy(catalogue.Published):
    """Two sessions of one file each; reducing the one whose name is `fails` fails."""
    name, identifiers, title, licence, homepage, kinds = 'toy', ('Toy2020',), 'Toy', 'CC0', 'https://toy', ('dff',)
    n_sessions, download_bytes, packaged_bytes, reduced_bytes = 2, 1, 1, 1000
    fails = None

    def __init__(self, server):
        self.bucket = server.bucket

    def index(self):
        return list(self.bucket.files().values())

    def sessions(self, cache):
        assert (cache / 'index.json').is_file()
        return ['a', 'd']

    def files(self, session):
        return [self.bucket.files('data/')[f'data/{session}.nwb']]

    def is_reduced(self, cache, session):
        return (cache / f'{session}.h5').is_file()

    def reduce(self, cache, sessions):
        for session in sessions:
            if session == self.fails:
                yield {'session': session, 'error': 'it is damaged'}
            else:
                (cache / f'{session}.h5').write_bytes((cache / 'data' / f'{session}.nwb').read_bytes()[:10])
                yield {'session': session}

    def package(self, cache, home=None, partial=False, kind=None):
        return []


@pytest.fixture
def toy(server, monkeypatch):
    toy = Toy(server)
    monkeypatch.setattr(fetch, 'published', lambda name: toy)
    return toy


def names(folder):
    return {path.name for path in folder.rglob('*') if path.is_file() and path.suffix != '.lock'}


def test_sessions_are_reduced_and_their_files_deleted(toy, tmp_path):
    fetch.fetch('toy', tmp_path / 'cache')
    assert names(tmp_path / 'cache') == {'index.json', 'a.h5', 'd.h5'}


def test_files_are_kept_when_asked_or_needed(toy, tmp_path, monkeypatch):
    fetch.fetch('toy', tmp_path / 'cache')
    fetch.fetch('toy', tmp_path / 'cache', keep_nwb=True)
    assert names(tmp_path / 'cache') == {'index.json', 'a.h5', 'd.h5', 'a.nwb', 'd.nwb'}
    monkeypatch.setattr(Toy, 'keeps_files', True)
    fetch.fetch('toy', tmp_path / 'other')
    assert names(tmp_path / 'other') == {'index.json', 'a.h5', 'd.h5', 'a.nwb', 'd.nwb'}


def test_a_session_that_fails_does_not_keep_the_others(toy, tmp_path):
    toy.fails = 'a'
    with pytest.raises(RuntimeError, match='1 of 2 sessions failed, the others are done. Session a: it is damaged'):
        fetch.fetch('toy', tmp_path / 'cache')
    assert names(tmp_path / 'cache') == {'index.json', 'a.nwb', 'd.h5'}


def test_no_room_is_found_out_before_anything_large_is_fetched(toy, server, tmp_path, monkeypatch):
    monkeypatch.setattr(Toy, 'reduced_bytes', 10 ** 18)
    server.requests.clear()
    with pytest.raises(OSError, match=r'Fetching 2 of 2 sessions of toy needs 2000000000\.0 GB, and .* has .* GB free'):
        fetch.fetch('toy', tmp_path / 'cache')
    assert server.requests == ['index.json']


def test_room_needed(toy, tmp_path):
    sessions = [toy.files('a'), toy.files('d')]
    assert bytes_needed(toy, tmp_path, sessions, keep=True) == 2 * 1000 + 2 * len(CONTENT)
    assert bytes_needed(toy, tmp_path, sessions, keep=False) == 2 * 1000 + len(CONTENT)


def test_two_fetches_at_once(toy, tmp_path):
    from filelock import FileLock
    (tmp_path / 'cache').mkdir()
    with FileLock(tmp_path / 'cache' / '.fetch.lock'), pytest.raises(RuntimeError, match='Another process is fetching'):
        fetch.fetch('toy', tmp_path / 'cache')


def test_unknown_recordings():
    with pytest.raises(ValueError, match="no recordings 'allen': choose one of allen-calcium, allen-neuropixels, sen"):
        catalogue.published('allen')
