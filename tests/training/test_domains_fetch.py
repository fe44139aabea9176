"""Downloads are verified, go on where they stopped, and leave nothing that could be taken for a whole file."""
import re
import shutil
import threading
from collections import namedtuple
from dataclasses import replace
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer

import numpy as np
import pytest
import requests

from training.domains import DOMAINS, fetch
from training.domains import fetch as fetch_function
from training.domains.registry import RemoteFile

CONTENT = np.random.default_rng(0).bytes(3_000_000)


class Handler(BaseHTTPRequestHandler):
    """Serves CONTENT, breaking off after each of `breaks` bytes in turn."""

    def do_GET(self):
        server = self.server
        asked = re.match(r'bytes=(\d+)-', self.headers.get('Range', ''))
        server.requests.append(self.headers.get('Range'))
        start = int(asked[1]) if asked and server.ranges else 0
        if start >= len(server.content):
            self.send_error(416)
            return
        self.send_response(206 if asked and server.ranges else 200)
        self.send_header('Content-Length', str(len(server.content) - start))
        self.end_headers()
        length = server.breaks.pop(0) if server.breaks else len(server.content)
        self.wfile.write(server.content[start:start + length])

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    def server_bind(self):
        TCPServer.server_bind(self)  # HTTPServer's looks up the machine's name, which can take seconds
        self.server_port = self.server_address[1]

    def handle_error(self, *_):
        pass  # the client hangs up on what it refuses


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setitem(fetch_function.__globals__, '_PAUSE', 0.)
    with Server(('127.0.0.1', 0), Handler) as server:
        server.content, server.breaks, server.ranges, server.requests = CONTENT, [], True, []
        thread = threading.Thread(target=server.serve_forever, kwargs={'poll_interval': .01})
        thread.start()
        file = RemoteFile('sketch.zip', f'http://127.0.0.1:{server.server_port}/sketch.zip', len(CONTENT),
                          f'sha256:{sha256(CONTENT).hexdigest()}')
        monkeypatch.setitem(DOMAINS, 'sketch', replace(DOMAINS['sketch'], files=(file,)))
        yield server
        server.shutdown()
        thread.join()


def files(home):
    return sorted(path.name for path in (home / 'archives' / 'sketch').iterdir() if path.name != '.lock')


def test_downloads_and_verifies_once(server, tmp_path):
    folder = fetch('sketch', tmp_path)
    assert (folder / 'sketch.zip').read_bytes() == CONTENT
    assert files(tmp_path) == ['sketch.zip']
    fetch('sketch', tmp_path)
    assert server.requests == [None]


def test_goes_on_after_interruptions(server, tmp_path):
    server.breaks = [1_000_000, 500_000]
    folder = fetch('sketch', tmp_path)
    assert (folder / 'sketch.zip').read_bytes() == CONTENT
    first, second = (int(asked[6:-1]) for asked in server.requests[1:])
    assert 900_000 < first <= 1_000_000  # of the last piece, nothing is kept
    assert first + 400_000 < second <= first + 500_000


def test_goes_on_in_another_process_after_being_stopped(server, tmp_path):
    server.breaks = [400_000] * 5
    with pytest.raises(OSError, match=r'broke off after 2\.0 of 3\.0 MB .* fetch again'):
        fetch('sketch', tmp_path)
    assert files(tmp_path) == ['sketch.zip.part']
    got = (tmp_path / 'archives' / 'sketch' / 'sketch.zip.part').stat().st_size
    (tmp_path / 'archives' / 'sketch' / 'tmpabc').touch()  # as pooch leaves it when it is killed
    fetch('sketch', tmp_path)
    assert server.requests[-1] == f'bytes={got}-'
    assert files(tmp_path) == ['sketch.zip']


def test_begins_again_where_the_server_cannot_go_on(server, tmp_path):
    server.breaks, server.ranges = [1_000_000], False
    folder = fetch('sketch', tmp_path)
    assert (folder / 'sketch.zip').read_bytes() == CONTENT


@pytest.mark.parametrize('size', [len(CONTENT), len(CONTENT) + 5])
def test_a_whole_or_too_long_part_is_told_apart(server, tmp_path, size):
    part = tmp_path / 'archives' / 'sketch' / 'sketch.zip.part'
    part.parent.mkdir(parents=True)
    part.write_bytes((CONTENT + b'12345')[:size])
    folder = fetch('sketch', tmp_path)
    assert (folder / 'sketch.zip').read_bytes() == CONTENT


def test_a_wrong_checksum_is_refused_and_not_kept(server, tmp_path):
    server.content = bytes(reversed(CONTENT))
    with pytest.raises(ValueError, match='hash'):
        fetch('sketch', tmp_path)
    assert files(tmp_path) == []
    server.content = CONTENT
    fetch('sketch', tmp_path)


def test_a_file_of_another_size_is_refused_before_it_is_downloaded(server, tmp_path):
    server.content = CONTENT + b'more'
    with pytest.raises(ValueError, match='3,000,004 bytes, not 3,000,000'):
        fetch('sketch', tmp_path)
    assert files(tmp_path) == []


def test_a_damaged_file_is_downloaded_again(server, tmp_path):
    folder = fetch('sketch', tmp_path)
    (folder / 'sketch.zip').write_bytes(CONTENT[:-1] + b'?')
    fetch('sketch', tmp_path)
    assert (folder / 'sketch.zip').read_bytes() == CONTENT


def test_a_full_disk_is_noticed_before(server, tmp_path, monkeypatch):
    usage = namedtuple('usage', 'total used free')
    monkeypatch.setattr(shutil, 'disk_usage', lambda _: usage(10 ** 9, 10 ** 9 - 10 ** 6, 10 ** 6))
    with pytest.raises(OSError, match='1 MB left; 53 MB are needed'):
        fetch('sketch', tmp_path)
    assert server.requests == []


def test_an_expired_certificate_is_done_without_only_if_a_sha256_vouches(server, tmp_path, monkeypatch, capsys):
    get = requests.get

    def get_or_refuse(*arguments, verify, **options):
        if verify:
            raise requests.exceptions.SSLError('certificate has expired')
        return get(*arguments, **options)

    monkeypatch.setattr(requests, 'get', get_or_refuse)
    fetch('sketch', tmp_path)
    assert 'certificate' in capsys.readouterr().err
    file = replace(DOMAINS['sketch'].files[0], checksum='md5:' + '0' * 32)
    monkeypatch.setitem(DOMAINS, 'sketch', replace(DOMAINS['sketch'], files=(file,)))
    with pytest.raises(requests.exceptions.SSLError):
        fetch('sketch', tmp_path / 'other')


def test_only_the_eight_can_be_fetched(tmp_path):
    with pytest.raises(ValueError, match='imagenet, real'):
        fetch('mine', tmp_path)
