"""What is said of places that cannot be written, are full or are not there."""
import errno
import os
import sys
from pathlib import Path

import pytest

from brainscore_plugin.command_line.places import sentence
from training.atomic import replacing, replacing_folder
from training.home import VARIABLE


def error(number, path):
    return OSError(number, os.strerror(number), str(path))


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path / 'mouse'))
    monkeypatch.setenv('BRAINIO_HOME', str(tmp_path / 'brainio'))
    monkeypatch.setenv('TMPDIR', str(tmp_path / 'elsewhere'))
    for name in ('mouse', 'brainio'):
        (tmp_path / name).mkdir()
    return tmp_path


@pytest.mark.parametrize('number', [errno.EACCES, errno.EROFS, errno.EPERM])
@pytest.mark.parametrize(('place', 'remedy'), [
    ('mouse/domains', 'set BRAINSCORE_MOUSE_HOME'), ('brainio/deVries2020', 'set BRAINIO_HOME'),
    ('runs/sketch', 'name another place')])
def test_a_place_that_cannot_be_written_has_a_remedy(home, number, place, remedy, monkeypatch):
    monkeypatch.setattr('tempfile.gettempdir', lambda: '/nowhere')
    said = sentence(error(number, home / place))
    assert said.startswith(f'{home / place} cannot be written ({os.strerror(number)}): make ')
    assert remedy in said


def test_the_installation_is_told_of_the_view():
    assert 'link --view DIR' in sentence(error(errno.EACCES, Path(sys.prefix, 'lib', 'link')))


def test_what_was_to_be_written_is_named_and_not_its_temporary_name(home):
    (home / 'file').touch()
    for folder in (home / 'nowhere', home / 'file'):
        with (pytest.raises((FileNotFoundError, NotADirectoryError)) as caught,
              replacing(folder / 'table.csv') as temporary):
            temporary.write_text('')
        assert '.table.csv.' not in sentence(caught.value)
        assert str(folder) in sentence(caught.value)
    with pytest.raises(NotADirectoryError) as caught, replacing_folder(home / 'file' / 'domain'):
        pass
    assert '.domain.' not in sentence(caught.value)


def test_a_full_disk_is_called_that_and_nothing_else(home):
    for number in (errno.ENOSPC, errno.EDQUOT):
        said = sentence(error(number, home / 'mouse' / 'domains' / 'images.npy'))
        assert said.startswith(f'The disk of {home / "mouse"} is full. Make room, or set BRAINSCORE_MOUSE_HOME')
    assert sentence(OSError(errno.ENOSPC, 'No space left on device')).startswith('The disk is full.')


def test_a_sentence_stays_as_it_is(home):
    assert sentence(OSError('The disk of /data has 3 MB left.')) == 'The disk of /data has 3 MB left.'
    missing = sentence(error(errno.ENOENT, home / 'nowhere' / 'weights.safetensors'))
    assert f'there is no folder {home / "nowhere"}' in missing
