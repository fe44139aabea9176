"""What a run's folder says is read, or named where it cannot be."""
import json

import pytest

from training.run_folder import check_places, locked, read_description, read_history

DESCRIBED = {'domain': 'leaves', 'fingerprint': 'abc', 'seed': 3, 'split': 'all', 'count': 9, 'precision': '32-true',
             'recipe': {}, 'device': 'CPU', 'versions': {}, 'data': {
                 'title': 'leaves', 'official': False, 'licence': '', 'citation': '', 'recipe': {},
                 'archives': [{'name': 'leaves.zip', 'sha256': 'def'}]}}


def test_a_description_is_read(tmp_path):
    (tmp_path / 'run.json').write_text(json.dumps(DESCRIBED))
    assert read_description(tmp_path, for_card=True) == DESCRIBED
    (tmp_path / 'run.json').write_text(json.dumps({**DESCRIBED, 'data': {}}))
    assert read_description(tmp_path)['domain'] == 'leaves'
    with pytest.raises(ValueError, match=r"run\.json is damaged: it has no 'title'"):
        read_description(tmp_path, for_card=True)


@pytest.mark.parametrize(('content', 'says'), [
    ('{', 'Expecting'), ('[]', 'expected names and values'), ('{}', "no 'domain'"), ('\0', 'Expecting'),
    ('[' * 100_000, 'recursion'), (json.dumps({**DESCRIBED, 'seed': 'three'}), "its 'seed' is 'three'")])
def test_a_damaged_description_is_named(tmp_path, content, says):
    (tmp_path / 'run.json').write_text(content)
    with pytest.raises(ValueError, match=rf'run\.json is damaged: .*{says}'):
        read_description(tmp_path)


@pytest.mark.parametrize('content', [b'', b'\xff\xfe', b'epoch,loss\n0,1\n', b'epoch,loss,seconds\n0,high,1\n',
                                     b'epoch,loss,seconds\n0,1,2,3,4\n"', b'epoch,loss,seconds\n,1,2\n'])
def test_a_damaged_history_is_named(tmp_path, content):
    (tmp_path / 'metrics.csv').write_bytes(content)
    with pytest.raises(ValueError, match=r'metrics\.csv is damaged: .*') as error:
        read_history(tmp_path)
    assert '\n' not in str(error.value)


def test_what_is_not_there_or_something_else_is_named(tmp_path):
    for read, name in ((read_history, 'metrics.csv'), (read_description, 'run.json')):
        with pytest.raises(FileNotFoundError, match=f'has no {name}'):
            read(tmp_path)
        (tmp_path / name).mkdir()
        with pytest.raises(ValueError, match=f'{name} is damaged'):
            read(tmp_path)
        with pytest.raises(ValueError, match='is not a file'):
            check_places(tmp_path)


def test_one_process_at_a_time_trains_in_a_folder(tmp_path):
    with locked(tmp_path / 'run'), pytest.raises(RuntimeError, match='Another process is training'), \
            locked(tmp_path / 'run'):
        pass
    with locked(tmp_path / 'run'):
        pass
