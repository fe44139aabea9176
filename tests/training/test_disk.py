"""Is there room on the disk?"""
import errno
import shutil
from pathlib import Path

import pytest

from training.disk import SPARE, check_space, free_space, naming_full_disk


@pytest.fixture
def free(monkeypatch):
    monkeypatch.setattr(shutil, 'disk_usage', lambda folder: shutil._ntuple_diskusage(10 ** 12, 0, 10 ** 9))
    return 10 ** 9


def test_room_is_looked_for_where_a_folder_will_be(tmp_path, free):
    assert free_space(tmp_path / 'not' / 'there') == free
    check_space(tmp_path / 'not' / 'there', free - SPARE)


def test_too_little_room_is_said_with_what_needs_it_and_what_to_do(tmp_path, free):
    with pytest.raises(OSError, match='MB left; Packaging all needs .* MB. Set BRAINIO_HOME.') as raised:
        check_space(tmp_path, free, 'Packaging all', 'Set BRAINIO_HOME.')
    assert raised.value.errno == errno.ENOSPC
    with pytest.raises(OSError, match=r'^The disk of .* MB are needed. Make room, or set BRAINSCORE_MOUSE_HOME'):
        check_space(tmp_path, free)


@pytest.mark.skipif(not Path('/dev/full').exists(), reason='no /dev/full')
def test_a_full_disk_is_called_one_once(tmp_path):
    with pytest.raises(OSError, match=rf'^The disk of {tmp_path} is full: nothing was written\. Make room') as error, \
            naming_full_disk(tmp_path / 'outer', 'never said'), naming_full_disk(tmp_path, 'nothing was written'):
        Path('/dev/full').write_bytes(b'more')
    assert error.value.errno == errno.ENOSPC


def test_other_errors_are_not_taken_for_a_full_disk(tmp_path):
    with pytest.raises(FileNotFoundError), naming_full_disk(tmp_path, 'nothing was written'):
        (tmp_path / 'absent').read_bytes()
