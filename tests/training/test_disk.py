"""Is there room on the disk?"""
import errno
import shutil

import pytest

from training.disk import SPARE, check_space, free_space


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
