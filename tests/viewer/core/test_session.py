"""The file of the last session."""
import json

import pytest

from napari_viewer.core.session import Session, read_session, session_file, write_session


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv('BRAINSCORE_MOUSE_HOME', str(tmp_path / 'home'))


def test_a_session_is_read_as_it_was_written():
    assert read_session() is None
    session = Session(['browser', 'filters'], 'filters', ['alexnet64_untrained'], ['conv1', 3], ['real', 7],
                      {'filters': {'sort': 'strength', 'colour': False}})
    write_session(Session())
    assert write_session(session) == session_file()
    assert read_session() == session
    assert [path.name for path in session_file().parent.iterdir()] == ['viewer-session.json']


GOOD = {'version': 1, 'views': [], 'front': '', 'models': [], 'chosen': [], 'images': [], 'docks': {}}


@pytest.mark.parametrize('content', [
    b'{"version": 1, "views": ["fil', b'\x80\x04K\x01.', b'[]', b'[' * 100_000, b'null',
    json.dumps({**GOOD, 'version': 2}).encode(), json.dumps({**GOOD, 'views': 'filters'}).encode(),
    json.dumps({**GOOD, 'models': [1]}).encode(), json.dumps({**GOOD, 'docks': {'filters': 3}}).encode(),
    json.dumps({**GOOD, 'chosen': ['conv1', 'x']}).encode(), json.dumps({**GOOD, 'unknown': 1}).encode(),
    json.dumps({name: value for name, value in GOOD.items() if name != 'docks'}).encode()])
def test_what_is_damaged_or_of_another_version_is_said(content):
    session_file().parent.mkdir(parents=True)
    session_file().write_bytes(content)
    with pytest.raises(ValueError, match=r'viewer-session.json does not hold a session .* is ignored') as error:
        read_session()
    assert '\n' not in str(error.value)


def test_a_session_without_anything_to_see_is_not_opened():
    assert not Session(['filters', 'browser'], docks={'browser': {'sets': []}}).has_content
    assert Session(['browser'], docks={'browser': {'sets': [['real (domain)']]}}).has_content
    assert Session(['filters'], models=['a']).has_content
