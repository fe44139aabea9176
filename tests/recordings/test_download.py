"""Downloads from a server on this machine: going on where they were stopped, verifying what has come."""
import hashlib
import subprocess
import sys
import time

import pytest
from fabricated.bucket import serve_bucket

from brainscore_plugin.recordings.download import Bucket, Remote, download, with_size

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
    ({'md5': '0' * 32}, 'with the MD5 .*; expected 00000000000000000000000000000000, as published. Fetch again'),
    ({'size': len(CONTENT) - 1}, f'with {len(CONTENT)} bytes; expected {len(CONTENT) - 1}, as published'),
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
