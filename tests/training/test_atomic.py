"""Files and folders that are complete or absent."""
import os
import socket
import subprocess
import sys
import time

import pytest

from training.atomic import ABANDONED, remove_leftovers, replace_folder, replacing, replacing_folder


@pytest.mark.parametrize('scratch', [None, '.partial'])
def test_a_file_is_replaced_when_it_is_complete(tmp_path, scratch):
    path = tmp_path / 'run.json'
    path.write_text('old')
    with replacing(path, scratch and tmp_path / scratch) as temporary:
        temporary.write_text('new')
        assert path.read_text() == 'old'
    assert path.read_text() == 'new'
    assert [file for file in tmp_path.rglob('*') if file.is_file()] == [path]


@pytest.mark.parametrize('scratch', [None, '.partial'])
def test_what_fails_leaves_nothing_and_changes_nothing(tmp_path, scratch):
    path = tmp_path / 'run.json'
    path.write_text('old')
    with pytest.raises(KeyError), replacing(path, scratch and tmp_path / scratch) as temporary:  # noqa: PT012
        temporary.write_text('ne')
        raise KeyError
    assert path.read_text() == 'old'
    assert [file for file in tmp_path.rglob('*') if file.is_file()] == [path]


def test_a_scratch_file_has_the_suffix_by_which_libraries_choose_a_format(tmp_path):
    with replacing(tmp_path / 'heatmap.png', tmp_path / '.partial') as temporary:
        temporary.touch()
        assert temporary.suffix == '.png'


def test_two_writers_in_one_process_do_not_meet(tmp_path):
    with replacing(tmp_path / 'a') as first, replacing(tmp_path / 'a') as second:
        assert first != second
        first.touch()
        second.touch()


def test_leftovers_of_ended_processes_are_removed_and_what_living_ones_write_is_not(tmp_path):
    ended = subprocess.Popen([sys.executable, '-c', ''])
    ended.wait()
    host = socket.gethostname()
    kept, gone = [], []
    for name, age, files in ((f'{host}-{os.getpid()}-a', 0, kept), (f'{host}-{ended.pid}-b', 0, gone),
                             (f'elsewhere-{ended.pid}-c', 0, kept), ('elsewhere-1-d', 2 * ABANDONED, gone)):
        file = tmp_path / name
        file.touch()
        os.utime(file, (time.time() - age,) * 2)
        files.append(file)
    remove_leftovers(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted(kept)


def test_a_folder_is_replaced_when_it_is_complete(tmp_path):
    folder = tmp_path / 'above' / 'domain'
    for content in ('old', 'new'):
        with replacing_folder(folder) as temporary:
            (temporary / content).touch()
    assert [file.name for file in folder.iterdir()] == ['new']
    assert list(folder.parent.iterdir()) == [folder]


def test_a_folder_that_fails_leaves_the_former_one(tmp_path):
    folder = tmp_path / 'domain'
    folder.mkdir()
    (folder / 'old').touch()
    with pytest.raises(KeyError), replacing_folder(folder) as temporary:  # noqa: PT012
        (temporary / 'new').touch()
        raise KeyError
    with pytest.raises(FileNotFoundError):
        replace_folder(tmp_path / 'not there', folder)
    assert [file.name for file in folder.iterdir()] == ['old']
    assert list(tmp_path.iterdir()) == [folder]
