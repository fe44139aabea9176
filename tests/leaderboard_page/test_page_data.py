"""What the page shows of sweeps' files."""
import json

import pandas as pd
import pytest
from typer.testing import CliRunner

from brainscore_plugin.command_line import app
from brainscore_plugin.leaderboard_page.page_data import page_data
from brainscore_plugin.sweep.results import write_result
from brainscore_plugin.sweep.tasks import Task

BENCHMARK = 'Mouse.VISp-pls'


def write(out, model, layer, value, committed=False, depth=None, animals=('a', 'b'), neurons=None):
    rows = pd.DataFrame([{'animal': animal, 'split': split, 'value': value + .1 * split, 'animal_value': value,
                          'raw': value, 'ceiling': .6,
                          'n_neurons': 5, 'n_nan': 0, 'seed': 0, 'protocol': 'p', 'versions': 'v'}
                         for animal in animals for split in range(2)])
    summary = {'value': value, 'error': .01, 'region': 'VISp', 'committed': committed, 'n_neurons': 5, 'n_nan': 0}
    if depth is not None:
        summary |= {'depth': depth, 'parameters': 1000}
    write_result(Task(model, layer, BENCHMARK), out, rows, summary, 'fingerprint', neurons)


@pytest.fixture
def sweep(tmp_path):
    write(tmp_path / 'sweep', 'net', 'late', .2, depth=7)
    write(tmp_path / 'sweep', 'net', 'zero', .3, committed=True, depth=0, neurons={'a': [.1, None], 'b': [.25]})
    write(tmp_path / 'sweep', 'random_features', 'features', .01, committed=True)
    write(tmp_path / 'sweep', 'alexnet64_untrained', 'conv1', float('nan'), committed=True)
    return tmp_path / 'sweep'


def scores(data):
    return {data['models'][model]: score for model, _, score in data['scores']}


def test_layers_stand_in_the_order_of_the_model_and_the_committed_one_is_the_value(sweep):
    data = page_data([sweep])
    net = scores(data)['net']
    assert net['layers'] == [['zero', .3, .01], ['late', .2, .01]]
    assert (net['layer'], net['value'], net['error'], net['ceiling'], net['n']) == ('zero', .3, .01, .6, 5)
    assert net['animals'] == {'a': [.3, .4], 'b': [.3, .4]}
    assert net['neurons'] == {'a': [.1], 'b': [.25]}  # one has no value
    assert scores(data)['random_features']['neurons'] == {}  # written before they were kept
    assert data['facts']['net'] == {'parameters': 1000}
    assert data['references'] == {BENCHMARK: {'chance': .01, 'untrained': None, 'ceiling': .6}}
    json.dumps(data, allow_nan=False)


def test_of_several_sweeps_the_last_one_counts_and_damage_is_passed_over(sweep, tmp_path):
    write(tmp_path / 'other', 'net', 'zero', .5, committed=True, depth=0)
    damaged = next((tmp_path / 'sweep').glob('cells/*/random_features/*.parquet'))
    damaged.write_bytes(damaged.read_bytes()[:50])
    data = page_data([sweep, tmp_path / 'other'])
    assert scores(data)['net']['layers'] == [['zero', .5, .01], ['late', .2, .01]]
    assert 'random_features' not in data['models']


def test_a_model_without_a_committed_layer_has_layers_and_no_value(tmp_path):
    write(tmp_path / 'sweep', 'net', 'a', .2)
    net = scores(page_data([tmp_path / 'sweep']))['net']
    assert (net['value'], net['layer'], net['layers']) == (None, None, [['a', .2, .01]])


def test_facts_are_of_cards_and_of_a_table(sweep, tmp_path):
    write(sweep, 'alexnet64_simclr_sketch', 'conv1', .3, committed=True)
    (tmp_path / 'facts.csv').write_text('model,naturalness,note\nnet,1.5,x\nabsent,2,y\n')
    facts = page_data([sweep], tmp_path / 'facts.csv')['facts']
    assert facts['net'] == {'parameters': 1000, 'naturalness': 1.5}
    assert any(name.startswith('linear probe, ') for name in facts['alexnet64_simclr_sketch'])


def test_what_is_no_sweep_or_no_table_of_facts_is_said(sweep, tmp_path):
    with pytest.raises(FileNotFoundError, match='holds no results of a sweep'):
        page_data([tmp_path])
    (tmp_path / 'facts.csv').write_text('name,naturalness\nnet,1.5\n')
    with pytest.raises(ValueError, match="no column 'model'; it has name, naturalness"):
        page_data([sweep], tmp_path / 'facts.csv')


def test_the_command_writes_a_page_of_one_file(sweep, tmp_path):
    pytest.importorskip('plotly')
    result = CliRunner().invoke(app, ['leaderboard', str(sweep), '--out', str(tmp_path / 'page.html')])
    assert result.exit_code == 0, result.output
    document = (tmp_path / 'page.html').read_text(encoding='utf-8')
    assert BENCHMARK in document
    assert '<link rel="stylesheet"' not in document
    assert 'src=' not in document.partition('<script')[0]
