"""Results side by side."""
import io

import numpy as np
from rich.console import Console

from brainscore_plugin.sweep.leaderboard import _markdown, heatmap, leaderboard, print_leaderboard
from brainscore_plugin.sweep.tasks import Task


def test_the_heat_map_writes_every_value():
    summaries = {Task('m', layer, 'b'): {'value': value, 'committed': False}
                 for layer, value in (('one', .25), ('two', -.5), ('three', np.nan))}
    texts = {text.get_text() for text in heatmap(summaries).axes[0].texts}
    assert texts == {'0.25', '-0.50', 'nan', 'one', 'two', 'three'}


def test_a_value_within_two_errors_of_chance_is_not_above_it():
    def summary(value):
        return {'value': value, 'error': .1, 'committed': True, 'mapped': True, 'region': 'VISp', 'n_neurons': 9,
                'n_nan': 2}
    table = leaderboard(['low', 'high', 'random_features'], ['X.VISp-pls'], {
        Task('low', 'l', 'X.VISp-pls'): summary(.29), Task('high', 'l', 'X.VISp-pls'): summary(.31),
        Task('random_features', 'l', 'X.VISp-pls'): summary(.1)})
    assert list(table.model) == ['high', 'low', 'random_features']
    assert ['chance' in note for note in table.note] == [False, True, True]


def test_a_value_stands_beside_what_other_mice_get_where_they_can_be_asked():
    summary = {'value': .3, 'error': .1, 'committed': True, 'mapped': True, 'region': 'VISp', 'n_neurons': 9,
               'n_nan': 0}
    table = leaderboard(['m'], ['X.VISp-pls', 'X.VISp-rdm'], {
        Task('m', 'l', 'X.VISp-pls'): {**summary, 'consistency': .6, 'n_animals': 3},
        Task('m', 'l', 'X.VISp-rdm'): summary}).set_index('benchmark')
    assert table.of_consistency['X.VISp-pls'] == .5
    assert table.n_animals['X.VISp-pls'] == 3
    assert np.isnan(table.of_consistency['X.VISp-rdm'])
    assert '0.50 of 0.600' in _markdown(table.reset_index())


def test_a_model_that_commits_to_no_layer_is_marked():
    middle = {'value': .3, 'error': .1, 'committed': True, 'mapped': False, 'region': 'VISp', 'n_neurons': 9,
              'n_nan': 0}
    best = {**middle, 'value': .4, 'committed': False}
    row = leaderboard(['m'], ['X.VISp-pls'], {Task('m', 'a', 'X.VISp-pls'): best, Task('m', 'b', 'X.VISp-pls'): middle})
    assert (row.layer.item(), row.best_layer.item()) == ('b', 'a')
    assert row.note.item() == 'no layer committed: the middle one'
    without = leaderboard(['m'], ['X.VISp-pls'], {Task('m', 'a', 'X.VISp-pls'): best})
    assert without.note.item() == 'no layer committed: the middle one, which failed'


def test_names_are_printed_whole():
    names = [f'alexnet64_simclr_of_a_domain_with_a_long_name_{i}' for i in range(2)]
    console = Console(width=60, file=io.StringIO())
    print_leaderboard(leaderboard(names, ['X.VISp-pls'], {}), console)
    printed = ''.join(part for line in console.file.getvalue().splitlines() for part in line.split('│')[1:2])
    printed = printed.replace(' ', '')
    assert all(name in printed for name in names)


def test_neurons_that_no_mouse_has_are_marked_wherever_values_are_shown():
    summary = {'value': .3, 'error': .1, 'committed': True, 'mapped': True, 'region': 'VISp', 'n_neurons': 9,
               'n_nan': 0}
    summaries = {Task('m', 'l', name): summary for name in (
        'Antolik2016.VISp-pls', 'SimulatedMouse.VISp-pls', 'TwinMouse.VISp-pls')}
    table = leaderboard(['m'], [task.benchmark for task in summaries], summaries)
    titles = [axis.get_title() for axis in heatmap(summaries).axes][:3]
    assert titles == ['Antolik2016.VISp-pls', 'SimulatedMouse.VISp-pls (simulated)', 'TwinMouse.VISp-pls (twin)']
    console = Console(file=io.StringIO(), width=120)
    print_leaderboard(table, console)
    for text in (_markdown(table), console.file.getvalue()):
        assert all(title in text for title in titles)
