"""Fetching session by session: each is reduced before the next, and room is made sure of first."""
import pytest
from fabricated.bucket import serve_bucket

from brainscore_plugin.recordings import fetch
from brainscore_plugin.recordings.fetch import bytes_needed
from brainscore_plugin.recordings.published_recording import PublishedRecording

CONTENT = bytes(range(256)) * 40


@pytest.fixture
def server(tmp_path, monkeypatch):
    published = tmp_path / 'published'
    (published / 'data').mkdir(parents=True)
    for name in ('index.json', 'data/a.nwb', 'data/d.nwb'):
        (published / name).write_bytes(CONTENT)
    with serve_bucket(published, 'recordings/', monkeypatch) as server:
        yield server


class Toy(PublishedRecording):
    """Two sessions of one file each; reducing the one whose name is `fails` fails."""
    identifier, name, identifiers, title, kinds = 'Toy2020', 'toy', ('Toy2020',), 'Toy', ('dff',)
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
    with pytest.raises(RuntimeError, match='1 of 2 sessions failed, all others are reduced. Session a: it is damaged'):
        fetch.fetch('toy', tmp_path / 'cache')
    assert names(tmp_path / 'cache') == {'index.json', 'a.nwb', 'd.h5'}


def test_no_room_is_found_out_before_anything_large_is_fetched(toy, server, tmp_path, monkeypatch):
    monkeypatch.setattr(Toy, 'reduced_bytes', 10 ** 18)
    server.requests.clear()
    with pytest.raises(OSError, match=r'Fetching 2 of 2 sessions of toy needs 2,000,000,000,\d+ MB'):
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
