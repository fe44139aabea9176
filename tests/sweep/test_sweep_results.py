"""The files that tasks leave."""
import json

import pandas as pd
import pyarrow.parquet as pq
import pytest

from brainscore_plugin.sweep.results import load_results, read_summary, write_result
from brainscore_plugin.sweep.tasks import Task

TASK = Task('some/model', 'layer 1', 'Mine2026.VISp-pls')
ROWS = pd.DataFrame({'animal': ['a', 'b'], 'split': [0, 0], 'value': [.1, .2], 'animal_value': [.1, .2], 'raw': .1,
                     'ceiling': .9, 'n_neurons': 3, 'n_nan': 0, 'seed': 0, 'protocol': 'quick', 'versions': ''})


def test_a_result_is_read_as_it_was_written(tmp_path):
    write_result(TASK, tmp_path, ROWS, {'value': .15}, 'digest')
    assert read_summary(TASK, tmp_path) == ({'value': .15}, 'digest')
    found = load_results(tmp_path)
    assert found[['animal', 'value']].values.tolist() == [['a', .1], ['b', .2]]
    assert set(found.model) == {'some/model'}
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob('*') if path.is_file()] == [
        'cells/Mine2026.VISp-pls/some%2Fmodel/layer 1.parquet']


def test_values_of_neurons_stand_beside_the_rows(tmp_path):
    write_result(TASK, tmp_path, ROWS, {'value': .15}, 'digest', {'a': [.5, None], 'b': []})
    metadata = pq.read_schema(TASK.result_path(tmp_path)).metadata
    assert json.loads(metadata[b'neurons']) == {'a': [.5, None], 'b': []}
    assert read_summary(TASK, tmp_path) == ({'value': .15}, 'digest')
    assert len(load_results(tmp_path)) == 2


def test_the_same_content_gives_the_same_bytes(tmp_path):
    for folder in ('one', 'two'):
        write_result(TASK, tmp_path / folder, ROWS, {'b': 1, 'a': 2}, 'digest')
    assert TASK.result_path(tmp_path / 'one').read_bytes() == TASK.result_path(tmp_path / 'two').read_bytes()


@pytest.mark.parametrize('content', [None, b'', b'PAR1'], ids=['absent', 'empty', 'cut short'])
def test_a_damaged_file_has_no_summary(tmp_path, content):
    if content is not None:
        path = TASK.result_path(tmp_path)
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
    assert read_summary(TASK, tmp_path) == (None, None)


def test_an_empty_folder_has_no_results(tmp_path):
    with pytest.raises(FileNotFoundError, match='holds no results of a sweep'):
        load_results(tmp_path)
