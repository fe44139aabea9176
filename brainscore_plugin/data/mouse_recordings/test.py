import numpy as np
import pandas as pd
import pytest
from brainscore_vision.data.mouse_recordings.layout import packaged, recordings_home
from brainscore_vision.data.mouse_recordings.neuron_selection import (
    in_well_sampled_animals,
    not_modulated_by_running,
    summary,
)

NEURONS = pd.DataFrame({'region': ['VISp'] * 7 + ['VISl'] * 2, 'animal': list('aaaabbc') + list('ab')})


def test_recordings_lie_in_brainscores_data_home():
    assert '.brainio' in recordings_home().parts
    assert packaged('Any2020').assembly == recordings_home() / 'Any2020' / 'assy_Any2020.nc'


def test_neurons_that_were_not_tested_count_as_not_modulated():
    assert not_modulated_by_running(pd.Series([.01, .05, .06, np.nan])).tolist() == [False, False, True, True]


def test_animals_with_few_neurons_are_left_out_area_by_area():
    # VISp: 4, 2, 1 neurons, the upper quartile is 3; VISl: 1 and 1
    assert in_well_sampled_animals(NEURONS, np.ones(9, bool)).tolist() == [True] * 4 + [False] * 3 + [True] * 2
    # of the neurons in the mask VISp has 1, 2, 1: the upper quartile is 1.5, rounded up 2
    mask = np.array([1, 0, 0, 0, 1, 1, 1, 0, 1], bool)
    assert np.flatnonzero(in_well_sampled_animals(NEURONS, mask)).tolist() == [4, 5, 8]


def test_no_neurons_are_left_of_none():
    assert not in_well_sampled_animals(NEURONS, np.zeros(9, bool)).any()


def test_summary_counts_neurons_and_animals_of_all_areas():
    table = summary(NEURONS, NEURONS['region'].to_numpy() == 'VISp')
    assert table.loc['VISp'].tolist() == [7, 3, 7, 3]
    assert table.loc['VISl'].tolist() == [0, 0, 2, 2]


@pytest.mark.parametrize('damaged', ['{', '{}', '{"sha1": []}'])
def test_a_damaged_sidecar_is_named(damaged, tmp_path):
    layout = packaged('Any2020', tmp_path)
    layout.directory.mkdir()
    layout.sidecar.write_text(damaged)
    with pytest.raises(ValueError, match='Any2020.json is damaged'):
        layout.damage()
