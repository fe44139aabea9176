"""Scores column by column."""
from brainscore_plugin.leaderboard_page.columns import as_columns


def test_columns_hold_what_the_scores_do():
    first = {'layers': [['a', .1234, .01], ['b', None, None]], 'layer': 'a', 'value': .1234, 'error': .01,
             'region': 'V1', 'n': 3, 'undefined': 0, 'ceiling': None, 'animals': {'x': [.1, -.2], 'y': [.3]},
             'neurons': {'x': [.5]}}
    second = {'layers': [['a', .2, 0.]], 'layer': None, 'value': None, 'error': None, 'region': None, 'n': None,
              'undefined': None, 'ceiling': .5}
    columns = as_columns([[0, 1, first], [2, 0, second]])
    assert (columns['model'], columns['benchmark'], columns['n']) == ([0, 2], [1, 0], [3, None])
    assert (columns['value'], columns['ceiling']) == ([1234, None], [None, 5000])
    named = [[columns['names'][layer] for layer in columns['layer_lists'][own]] for own in columns['layers']]
    assert named == [['a', 'b'], ['a']]
    assert columns['layer_values'] == [1234, None, 2000]
    assert columns['layer_errors'] == [100, None, 0]
    assert [columns['animal_lists'][own] for own in columns['animals']] == [(('x', 2), ('y', 1)), ()]
    assert columns['animal_values'] == [1000, -2000, 3000]
    assert [columns['animal_lists'][own] for own in columns['neurons']] == [(('x', 1),), ()]
    assert columns['neuron_values'] == [5000]
    assert columns['names'][columns['layer'][0]] == 'a'
    assert columns['layer'][1] is columns['region'][1] is None
