"""Results side by side."""
import numpy as np

from brainscore_plugin.sweep.leaderboard import heatmap, leaderboard
from brainscore_plugin.sweep.tasks import Task


def test_the_heat_map_writes_every_value():
    summaries = {Task('m', layer, 'b'): {'value': value, 'committed': False}
                 for layer, value in (('one', .25), ('two', -.5), ('three', np.nan))}
    texts = {text.get_text() for text in heatmap(summaries).axes[0].texts}
    assert texts == {'0.25', '-0.50', 'nan', 'one', 'two', 'three'}


def test_a_value_within_two_errors_of_chance_is_not_above_it():
    def summary(value):
        return {'value': value, 'error': .1, 'committed': True, 'region': 'VISp', 'n_neurons': 9, 'n_nan': 2}
    table = leaderboard(['low', 'high', 'random_features'], ['X.VISp-pls'], {
        Task('low', 'l', 'X.VISp-pls'): summary(.29), Task('high', 'l', 'X.VISp-pls'): summary(.31),
        Task('random_features', 'l', 'X.VISp-pls'): summary(.1)})
    assert list(table.model) == ['high', 'low', 'random_features']
    assert ['chance' in note for note in table.note] == [False, True, True]
    assert all('2 of 9 neurons undefined' in note for note in table.note)
